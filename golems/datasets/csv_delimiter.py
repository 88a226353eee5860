"""What separates the cells of a CSV."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from itertools import islice

from golems.datasets.csv_dialect import (
    Blanks,
    Dialect,
    Escape,
    LineEnd,
    guess_line_end,
    has_spaced_quotes,
)
from golems.datasets.csv_quote import DOUBLE
from golems.datasets.csv_records import NO_DELIMITER, Record, read_records
from golems.errors import BadInput

_CANDIDATES = (",", ";", "\t", "|")
_SPELLINGS = {
    "tab": "\t",
    r"\t": "\t",
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
    "none": NO_DELIMITER,
}
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_NAMED = re.compile(r"""("?)sep=([^"\r\n])\1(\r\n|\r|\n|$)""", re.IGNORECASE)
_SAMPLE_RECORDS = 300
_SAMPLE_CELL_MB = 16
_SAMPLE_CHARS = 200_000


def sample_records(sample: str, dialect: Dialect, *, whole: bool) -> list[Record]:
    """Parse the first few hundred records of a text that aren't blank.

    Args:
        sample: The text's beginning.
        dialect: How it is written.
        whole: Whether the sample is all of the text; if not, its last record may be cut in two.
    """
    data = sample.encode("utf-8", "surrogatepass")
    found = read_records(
        lambda: TextIOWrapper(BytesIO(data), "utf-8", "surrogatepass", newline=dialect.newline),
        dialect,
        max_cell_mb=_SAMPLE_CELL_MB,
    )
    records = list(islice((record for record in found if record.cells), _SAMPLE_RECORDS))
    all_read = len(records) < _SAMPLE_RECORDS
    return records[:-1] if all_read and not whole and len(records) > 1 else records


def named_delimiter(sample: str) -> tuple[str | None, str]:
    """Take off the first line if it only names the delimiter, as Excel writes it: ``sep=;``.

    Returns:
        The delimiter, if one is named, and the text without that line.
    """
    found = _NAMED.match(sample)
    return (found[2], sample[found.end() :]) if found else (None, sample)


def guess_dialect(
    sample: str,
    *,
    whole: bool,
    delimiter: str | None = None,
    quote: str = DOUBLE,
    escape: Escape | None = None,
    blanks: Blanks | None = None,
    line_end: LineEnd | None = None,
) -> Dialect:
    """Guess how a CSV is written: what cuts most records into as many cells as the header.

    Texts full of commas don't mislead it, as their number differs from row to row.

    Args:
        sample: The text's beginning.
        whole: Whether the sample is all of the text.
        delimiter: A comma, semicolon, tab or vertical bar when None, or ``NO_DELIMITER`` for a
            file of one column.
        quote: One character, or ``NO_QUOTE``.
        escape: Found when None, as the others are.
        blanks: Whether those behind a delimiter are part of the cell.
        line_end: What ends a record.
    """
    line_end = line_end or guess_line_end(sample)

    def of(candidate: str) -> tuple[Dialect, list[Record]]:
        spaced = quote == DOUBLE and has_spaced_quotes(sample[:_SAMPLE_CHARS], candidate)
        first = Dialect(
            candidate, quote, escape or "doubled", blanks or ("skip" if spaced else "keep"),
            line_end,
        )  # fmt: skip
        records = sample_records(sample, first, whole=whole)
        if escape is None and "\\" + quote in sample:
            other = replace(first, escape="backslash")
            others = sample_records(sample, other, whole=whole)
            fewer = _misfits(others) < _misfits(records)
            if fewer or (not _misfits(others) and has_escaped_quotes(records, quote)):
                return other, others
        return first, records

    if delimiter is not None:
        return of(delimiter)[0]
    best, best_score = of(NO_DELIMITER)[0], (0.0, 0)
    for candidate in _CANDIDATES:
        dialect, records = of(candidate)
        width = len(records[0].cells) if records else 0
        if width < 2:
            continue
        same = sum(len(cells) == width for _, cells, _ in records) / len(records)
        enough = sum(len(cells) >= width for _, cells, _ in records) / len(records)
        # Rows with too many cells are a CSV with unquoted commas in its texts. Rows with too few
        # are prose, if the commas in its first line are followed by spaces as prose has them.
        tight = not any(cell.startswith(" ") for cell in records[0].cells)
        if (same >= 0.5 or enough >= 0.9 or tight) and (same, width) > best_score:
            best, best_score = dialect, (same, width)
    return best


def has_escaped_quotes(records: list[Record], quote: str) -> bool:
    """Whether cells have quotes in them, and each has a backslash before it.

    Where quotes are doubled, a cell with some in it stands between quotes, and they lose theirs.
    """
    alone = re.compile(rf"(?<!\\)(?:\\\\)*{re.escape(quote)}")
    texts = [cell for _, cells, _ in records for cell in cells if quote in cell]
    return bool(texts) and not any(alone.search(text) for text in texts)


def _misfits(records: list[Record]) -> float:
    """The share of records that the dialect doesn't fit, or that are of another width."""
    width = len(records[0].cells) if records else 0
    odd = sum(one.error is not None or len(one.cells) != width for one in records)
    return odd / max(1, len(records))


def check_delimiter(delimiter: str) -> str:
    """Return the character that a person means by a delimiter.

    Raises:
        BadInput: It isn't one character, or one that has another meaning in CSV.
    """
    char = _SPELLINGS.get(delimiter.lower(), delimiter)
    if len(char) != 1 or char in '"\r\n':
        raise BadInput(
            f"{delimiter!r} can't separate cells; use one character, such as , ; | or tab, or "
            "none for a file of one column."
        )
    return char


def describe_delimiter(delimiter: str) -> str:
    """Say in words what separates the cells, to follow the encoding in a sentence."""
    if delimiter == NO_DELIMITER:
        return "in one column"
    return f"separated by {_NAMES.get(delimiter, repr(delimiter))}"
