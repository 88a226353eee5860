"""What separates the cells of a CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from golems.datasets.csv_quote import DOUBLE
from golems.datasets.csv_records import NO_DELIMITER, read_records
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


def sample_records(
    sample: str, delimiter: str, *, whole: bool, quote: str = DOUBLE
) -> list[list[str]]:
    """Parse the first few hundred records of a text that aren't blank.

    Args:
        sample: The text's beginning.
        delimiter: One character.
        whole: Whether the sample is all of the text; if not, its last record may be cut in two.
        quote: One character, or ``NO_QUOTE``.
    """

    def cells() -> Iterator[list[str]]:
        for record in read_records(
            lambda: StringIO(sample, newline=""),
            delimiter=delimiter,
            max_cell_mb=_SAMPLE_CELL_MB,
            quote=quote,
        ):
            if record.cells:
                yield record.cells

    records = list(islice(cells(), _SAMPLE_RECORDS))
    all_read = len(records) < _SAMPLE_RECORDS
    return records[:-1] if all_read and not whole and len(records) > 1 else records


def named_delimiter(sample: str) -> tuple[str | None, str]:
    """Take off the first line if it only names the delimiter, as Excel writes it: ``sep=;``.

    Returns:
        The delimiter, if one is named, and the text without that line.
    """
    found = _NAMED.match(sample)
    return (found[2], sample[found.end() :]) if found else (None, sample)


def guess_delimiter(sample: str, *, whole: bool, quote: str = DOUBLE) -> str:
    """Guess what separates the cells: what cuts most records into as many cells as the header.

    Texts full of commas don't mislead it, as their number differs from row to row.

    Args:
        sample: The text's beginning.
        whole: Whether the sample is all of the text.
        quote: One character, or ``NO_QUOTE``.

    Returns:
        A comma, semicolon, tab or vertical bar; ``NO_DELIMITER`` for a file of one column.
    """
    best, best_score = NO_DELIMITER, (0.0, 0)
    for candidate in _CANDIDATES:
        records = sample_records(sample, candidate, whole=whole, quote=quote)
        width = len(records[0]) if records else 0
        if width < 2:
            continue
        same = sum(len(cells) == width for cells in records) / len(records)
        enough = sum(len(cells) >= width for cells in records) / len(records)
        # Rows with too many cells are a CSV with unquoted commas in its texts. Rows with too few
        # are prose, if the commas in its first line are followed by spaces as prose has them.
        tight = not any(cell.startswith(" ") for cell in records[0])
        if (same >= 0.5 or enough >= 0.9 or tight) and (same, width) > best_score:
            best, best_score = candidate, (same, width)
    return best


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
