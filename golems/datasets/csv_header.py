"""The first row of a CSV: names of columns, or data already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from golems.datasets.csv_columns import TEXT_NAMES, unique_names
from golems.datasets.csv_records import Record
from golems.datasets.text_encoding import without_bad_bytes
from golems.errors import BadInput

HeaderChoice = Literal["auto", "yes", "no"]

_PLAIN_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")
_LONGEST_NAME = 100
_SENTENCE_WORDS = 4
_SHOWN_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Header:
    """What the first row tells.

    Attributes:
        present: Whether the first row holds names rather than data.
        columns: A name for every column, each once.
        notes: What was guessed or changed, in sentences.
    """

    present: bool
    columns: tuple[str, ...]
    notes: tuple[str, ...]


def read_header(first: Record, choice: HeaderChoice, file_name: str) -> Header:
    """Take the names of the columns from a file's first record, or make them up.

    Raises:
        BadInput: The first row is a header and can't be read.
    """
    if choice == "no" or (choice == "auto" and _looks_like_data(first.cells)):
        columns = tuple(f"column_{place}" for place in range(1, len(first.cells) + 1))
        return Header(False, columns, (_note_without_header(columns, choice),))
    if first.error:
        raise BadInput(f"The header of {file_name} can't be read. {first.error}")
    columns, notes = unique_names([without_bad_bytes(cell) for cell in first.cells])
    if choice == "auto" and len(columns) == 1 and columns[0].lower() not in TEXT_NAMES:
        notes += (
            f"The first row, {columns[0]!r}, was taken for the column's name; "
            "if it is data, choose header: no.",
        )
    return Header(True, columns, notes)


def _looks_like_data(cells: list[str]) -> bool:
    """Whether a first row is more likely data than names of columns.

    It is when it has a plain number or a cell of more than 100 characters, or is a single cell with
    a sentence. Questions don't count: surveys have them as names of columns.
    """
    if any(_PLAIN_NUMBER.fullmatch(cell) or len(cell) > _LONGEST_NAME for cell in cells):
        return True
    return (
        len(cells) == 1
        and len(cells[0].split()) >= _SENTENCE_WORDS
        and cells[0].rstrip().endswith((".", "!", "…", "。"))
    )


def _note_without_header(columns: tuple[str, ...], choice: HeaderChoice) -> str:
    shown = ", ".join(columns[:_SHOWN_COLUMNS]) + ", …" * (len(columns) > _SHOWN_COLUMNS)
    if choice == "no":
        return f"Without a header, the columns are called {shown}."
    return (
        f"The first row looks like data, so the columns are called {shown}; "
        "if it holds their names, choose header: yes."
    )
