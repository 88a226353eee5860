"""What every kind of dataset offers, whatever it is read from."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from golems.base import Row
from golems.datasets.names import printable
from golems.errors import BadInput


class Doubt(str):
    """A note on a guess that is likely enough to be wrong for a person to look at it first."""


class Dataset(ABC):
    """Rows in a fixed order, read as a stream as often as asked.

    Attributes:
        kind: Which reader it is, as ``open_dataset`` takes it: ``csv``, ``parquet``, ``zip``, ...
        path: Where it is read from.
        name: Its file or folder name.
        columns: Names of the original columns in their order, each one once.
        column: The column that holds the content; None for files of pictures.
        notes: What was found or guessed on opening, in plain sentences; some are a ``Doubt``.
        classes: Column of numbers -> the names that the dataset has for them, from 0.
        types: Column -> what its values are in the source, as ``column_types`` names it; a column
            without one holds texts.
        limit: Only the first ``limit`` rows are read; None for all.
    """

    kind: str
    _first: tuple[int, list[Row]] = (0, [])  # how many were asked for, and those there are

    def __init__(self, path: Path, *, limit: int | None = None) -> None:
        if limit is not None and limit < 1:
            raise BadInput(f"A limit of {limit} rows leaves nothing; use 1 or more.")
        self.path = path
        self.name = printable(path.name or str(path))
        self.limit = None if limit is None else min(limit, sys.maxsize)
        self.columns: tuple[str, ...] = ()
        self.column: str | None = None
        self.notes: tuple[str, ...] = ()
        self.classes: dict[str, tuple[str, ...]] = {}
        self.types: dict[str, str] = {}

    def rows(self) -> Iterator[Row]:
        """Stream the rows from the first one, with memory that doesn't grow with their number.

        Returns:
            The rows in file order. One that can't be read has no content and says why in ``error``.

        Raises:
            BadInput: The file as a whole can't be read any more.
        """
        return islice(self._stream(), self.limit)

    def preview(self, n: int) -> list[Row]:
        """Read the first n rows, or all if there are fewer; they are kept for the next time."""
        asked, rows = self._first
        if asked < n:
            rows = list(islice(self.rows(), min(n, sys.maxsize)))
            self._first = (n, rows)
        return rows[:n]

    @abstractmethod
    def count(self) -> int:
        """Count the rows that ``rows`` gives, exactly."""

    def spec(self) -> dict[str, Any]:
        """Say how to open the same rows again: ``open_dataset(**spec, task_kind=...)``.

        Returns:
            Plain JSON values. What was guessed on opening is fixed, such as a delimiter.
        """
        return {
            "path": self.address,
            "kind": self.kind,
            "column": self.column,
            "limit": self.limit,
            **self._options(),
        }

    @property
    def address(self) -> str:
        """Where it is read from, so that it is found from anywhere on this machine."""
        return str(self.path.absolute())

    @property
    def extent(self) -> Path:
        """All that has to be there to read it: its path, or a folder around that."""
        return self.path

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the rows at some places alone, whatever the limit.

        Args:
            places: Ascending, each below the number of rows.
        """
        wanted = iter(places)
        place = next(wanted, None)
        for index, row in enumerate(self._stream()):
            if place is None:
                return
            if index == place:
                yield row
                place = next(wanted, None)

    def _options(self) -> dict[str, Any]:
        """Return what else ``open_dataset`` needs for this kind."""
        return {}

    @abstractmethod
    def _stream(self) -> Iterator[Row]:
        """Stream all the rows, whatever the limit."""
