"""One record of a CSV as a row: its cells under their columns, or why it can't be used."""

from __future__ import annotations

from collections.abc import Sequence

from golems.base import Row
from golems.datasets.csv_records import Block, Record
from golems.datasets.text_encoding import bad_bytes, without_bad_bytes
from golems.words import counted

_SHOWN_CHARS = 60
_SHOWN_CELLS = 5
_SHOWN_BYTES = 4


def to_rows(
    first: int, records: Sequence[Record], columns: Sequence[str], column: str, *, encoding: str
) -> list[Row]:
    """Turn records that follow on each other into rows, as ``to_row`` does each.

    Args:
        first: Place of the first one in the dataset.
    """
    if isinstance(records, Block) and records.is_clean and _widths(records) == {len(columns)}:
        # Most of them, in the shortest way.
        at = columns.index(column)
        return [
            Row(index, cells[at], dict(zip(columns, cells, strict=False)))
            for index, cells in enumerate(records.cells, start=first)
        ]
    return [
        to_row(index, record, columns, column, encoding=encoding)
        for index, record in enumerate(records, start=first)
    ]


def _widths(block: Block) -> set[int]:
    return set(map(len, block.cells))


def to_row(
    index: int, record: Record, columns: Sequence[str], column: str, *, encoding: str
) -> Row:
    """Turn a record into a row.

    Args:
        index: The row's place in the dataset.
        record: As read; bytes that don't fit the encoding are still in its cells.
        columns: Names of the columns.
        column: The one that holds the content.
        encoding: The file's encoding in words, for the reason.

    Returns:
        The row. Too many cells, no cell for the content, and bytes that don't fit the encoding make
        it an error row; columns that only lack a cell at the end are None.
    """
    cells = _writable(record.cells)
    fields: dict[str, str | None] = dict(zip(columns, cells, strict=False))
    if len(fields) < len(columns):
        fields = dict.fromkeys(columns) | fields
    content = fields[column]
    error = (
        record.error
        or _too_many(record, len(columns))
        or (_undecodable(record, columns, encoding) if cells is not record.cells else None)
        or (_missing(record, len(columns), column) if content is None else None)
    )
    return Row(index, None if error else content, fields, error)


def _too_many(record: Record, width: int) -> str | None:
    extra = record.cells[width:]
    if not extra:
        return None
    shown = [repr(_shortened(without_bad_bytes(cell))) for cell in extra[:_SHOWN_CELLS]]
    more = f" and {len(extra) - _SHOWN_CELLS:,} more" * (len(extra) > _SHOWN_CELLS)
    return (
        f"Line {record.line} has {counted(len(record.cells), 'cell')} where the header has "
        f"{width}; left over: {', '.join(shown)}{more}. A text with the delimiter in it needs "
        "quotes."
    )


def _writable(cells: list[str]) -> list[str]:
    """Return the cells without bad bytes: the very same list if there are none."""
    clean = [without_bad_bytes(cell) for cell in cells]
    return cells if clean == cells else clean


def _undecodable(record: Record, columns: Sequence[str], encoding: str) -> str | None:
    for name, cell in zip(columns, record.cells, strict=False):
        if bad := bad_bytes(cell):
            shown = " ".join(f"0x{byte:02X}" for byte in bad[:_SHOWN_BYTES])
            more = " …" * (len(bad) > _SHOWN_BYTES)
            what = f"byte {shown}" if len(bad) == 1 else f"bytes {shown}{more}"
            verb = "is" if len(bad) == 1 else "are"
            return f"The {what} in column {name!r} {verb} not valid {encoding}."
    return None


def _missing(record: Record, width: int, column: str) -> str:
    return (
        f"Line {record.line} has {counted(len(record.cells), 'cell')} where the header has "
        f"{width}; column {column!r} is missing."
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
