"""What a passport is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from golems.reports.charts import Chart
from golems.reports.view import View


@dataclass(frozen=True)
class Table:
    """A table of plain cells: texts, numbers, None.

    Attributes:
        title: What it holds.
        note: A sentence on how to read it; may be empty.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a passport under a heading of its own.

    Attributes:
        text: Paragraphs of plain words.
        charts, tables: Drawn below them, in this order.
    """

    title: str
    text: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


# None where there is nothing to say of this run.
Build = Callable[[View], Section | None]
