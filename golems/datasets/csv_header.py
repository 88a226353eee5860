"""The first row of a CSV: names of columns, or data already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from golems.datasets.csv_columns import TEXT_NAMES, is_text_name, unique_names
from golems.datasets.csv_records import Record
from golems.datasets.text_encoding import without_bad_bytes
from golems.errors import BadInput

HeaderChoice = Literal["auto", "yes", "no"]

# Names that tables have and texts or labels hardly are.
_USUAL_NAMES = frozenset(
    {*TEXT_NAMES, "id", "index", "label", "sentiment", "rating", "score", "stars", "category"}
    | {"date", "time", "timestamp", "author", "user", "username", "url", "email address"}
)
_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")
_DATE = re.compile(r"\s*(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3\d{2,4})([T\s].*)?")
# What surveys have as names of columns, with the part of the question that is meant behind it.
_QUESTION = re.compile(r"[?？]\W*([\[(].*[\])])?\W*$")
_LONGEST_NAME = 100
_SENTENCE_WORDS = 4
_SHOWN_COLUMNS = 5
_SHOWN_CHARS = 60


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


def read_header(
    first: Record,
    below: Sequence[Sequence[str]],
    choice: HeaderChoice,
    file_name: str,
    *,
    column: str | None = None,
) -> Header:
    """Take the names of the columns from a file's first record, or make them up.

    Args:
        first: The first record.
        below: Cells of some records below it.
        choice: Whether it is a header; ``auto`` to guess.
        file_name: For the message.
        column: A column that was asked for.

    Raises:
        BadInput: The first row is a header and can't be read.
    """
    asked = column is not None and column in first.cells
    guessed = choice == "auto" and not asked
    if choice == "no" or (guessed and _looks_like_data(first.cells, below)):
        columns = tuple(f"column_{place}" for place in range(1, len(first.cells) + 1))
        return Header(False, columns, (_note_without_header(columns, choice),))
    if first.error:
        raise BadInput(f"The header of {file_name} can't be read. {first.error}")
    columns, notes = unique_names([without_bad_bytes(cell) for cell in first.cells])
    if guessed and not any(map(is_text_name, columns)):
        notes += (_note_on_names(columns),)
    return Header(True, columns, notes)


def _looks_like_data(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first row is more likely data than names of columns.

    It never is with a usual name in it that isn't a value of its column as well. Else it is when at
    least half of it are numbers or dates, or when one cell shows it: by what it says, or by what
    is below it.
    """
    # A row that is the first one again is a header of files put together.
    others = [row for row in below if list(row) != list(cells)]
    columns = [[row[place] for row in others if place < len(row)] for place in range(len(cells))]
    pairs = list(zip(cells, columns, strict=True))
    if any(cell.strip().casefold() in _USUAL_NAMES and cell not in under for cell, under in pairs):
        return False
    values = sum(bool(_NUMBER.fullmatch(cell) or _is_date(cell, under)) for cell, under in pairs)
    return 2 * values >= len(cells) or any(_is_value(cell, under) for cell, under in pairs)


def _is_value(cell: str, under: Sequence[str]) -> bool:
    """Whether a cell of a first row, with what is under it, shows that the row is data."""
    if not cell.strip():
        return False
    return (
        cell in under
        or _is_sentence(cell)
        or (len(cell) > _LONGEST_NAME and not _QUESTION.search(cell))
        or (bool(under) and (_is_date(cell, under) or _counts_on(cell, under[0])))
    )


def _is_sentence(cell: str) -> bool:
    """Whether a cell reads as a sentence; "Serial No." doesn't, and questions don't count."""
    text = cell.rstrip(" \"'”»)")
    words = len(text.split())
    return text.endswith(("。", "！")) or (
        text.endswith((".", "!", "…")) and words >= (2 if text.endswith("!") else _SENTENCE_WORDS)
    )


def _is_date(cell: str, under: Sequence[str]) -> bool:
    """Whether a cell is a date and no name of a column of something else, such as numbers."""
    return bool(_DATE.fullmatch(cell)) and (not under or bool(_DATE.fullmatch(under[0])))


def _counts_on(cell: str, after: str) -> bool:
    """Whether the number of a row is followed by that of the next row."""
    # Years are names of columns too.
    return (
        re.fullmatch(r"\d{1,3}", cell) is not None
        and re.fullmatch(r"\d{1,4}", after) is not None
        and int(after) == int(cell) + 1
    )


def _note_on_names(columns: tuple[str, ...]) -> str:
    shown = ", ".join(
        repr(name if len(name) <= _SHOWN_CHARS else name[: _SHOWN_CHARS - 1] + "…")
        for name in columns[:_SHOWN_COLUMNS]
    )
    more = ", …" * (len(columns) > _SHOWN_COLUMNS)
    what = "the column's name" if len(columns) == 1 else "the names of the columns"
    return f"The first row, {shown}{more}, was taken for {what}; if it is data, choose header: no."


def _note_without_header(columns: tuple[str, ...], choice: HeaderChoice) -> str:
    shown = ", ".join(columns[:_SHOWN_COLUMNS]) + ", …" * (len(columns) > _SHOWN_COLUMNS)
    if choice == "no":
        return f"Without a header, the columns are called {shown}."
    return (
        f"The first row looks like data, so the columns are called {shown}; "
        "if it holds their names, choose header: yes."
    )
