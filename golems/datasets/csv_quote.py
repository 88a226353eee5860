"""What stands around the cells of a CSV that hold a delimiter or a line end."""

from __future__ import annotations

import re

from golems.errors import BadInput

DOUBLE, SINGLE = '"', "'"
# Stands for "no quotes": a noncharacter, which no text contains.
NO_QUOTE = "\ufffe"
NAMES = {"double": DOUBLE, "single": SINGLE, "none": NO_QUOTE}
_SPELLINGS = {**NAMES, DOUBLE: DOUBLE, SINGLE: SINGLE}
_IN_WORDS = {SINGLE: "single quotes around cells", NO_QUOTE: "quotes as part of the cells"}
# A whole cell between single quotes, each one inside it doubled.
_QUOTED_CELL = re.compile(r"(?:^|[,;\t|])'(?:[^']|'')*'(?:$|[,;\t|])")
_SAMPLE_LINES = 300
_MOST_LINES = 0.9


def check_quote(quote: str) -> str:
    """Return the character that a person means by a quote.

    Raises:
        BadInput: It is none of those that are read.
    """
    if (char := _SPELLINGS.get(quote.lower())) is None:
        raise BadInput(f"Quotes can't be {quote!r}; choose double, single or none.")
    return char


def guess_quote(sample: str) -> str:
    """Guess the quote: single ones only where nearly each line has a cell in them.

    Args:
        sample: The text's beginning; its first line may be a header and isn't looked at.
    """
    if DOUBLE in sample:
        return DOUBLE
    lines = [line for line in sample.splitlines()[1 : _SAMPLE_LINES + 1] if line]
    quoted = sum(_QUOTED_CELL.search(line) is not None for line in lines)
    return SINGLE if lines and quoted >= _MOST_LINES * len(lines) else DOUBLE


def name_of(quote: str) -> str:
    """The name that ``check_quote`` takes."""
    return next(name for name, char in NAMES.items() if char == quote)


def describe_quote(quote: str) -> str:
    """Say what the quotes are, to follow the delimiter in a sentence; nothing of the usual ones."""
    return f", with {_IN_WORDS[quote]}" if quote in _IN_WORDS else ""
