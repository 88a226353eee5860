"""Names of columns: made unique, found again, and which of them holds the texts."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import count

from golems.errors import BadInput

# Most telling first; compared without regard to case and spaces around them.
TEXT_NAMES = (
    "text", "review", "sentence", "content", "comment", "prompt", "body", "message",
    "review_text", "comment_text", "tweet", "post", "question", "description", "summary", "title",
)  # fmt: skip


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give every column of a header a name of its own.

    An empty name becomes ``column_2`` after its place, and a name that appears again gets a number
    as pandas gives it: ``text``, ``text.1``, ``text.2``.

    Returns:
        The names in order, and a sentence on each that isn't as in the file.
    """
    taken = {name for name in header if name}
    names: list[str] = []
    notes: list[str] = []
    seen: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        if not name:
            new = f"column_{place}"
            new = _numbered(new, taken) if new in taken else new
            notes.append(f"Column {place} has no name; it is called {new!r}.")
        elif name in seen:
            new = _numbered(name, taken)
            notes.append(
                f"Column {name!r} appears {'twice' if seen[name] == 1 else 'again'}; "
                f"the {_ordinal(seen[name] + 1)} is called {new!r}."
            )
        else:
            new = name
        if name:
            seen[name] = seen.get(name, 0) + 1
        taken.add(new)
        names.append(new)
    return tuple(names), tuple(notes)


def find_column(name: str, columns: Sequence[str], file_name: str) -> str:
    """Return a column's name if there is such a column.

    Raises:
        BadInput: There is none; names the columns there are, and the one that may be meant.
    """
    if name in columns:
        return name
    plain = {column.strip().casefold(): column for column in reversed(columns)}
    close = get_close_matches(name.strip().casefold(), plain, n=1)
    hint = f" Did you mean {plain[close[0]]!r}?" if close else ""
    raise BadInput(
        f"Column {name!r} is not in {file_name}; columns are: {', '.join(columns)}.{hint}"
    )


def guess_column(columns: Sequence[str], sample: Sequence[Sequence[str]]) -> str:
    """Guess which column holds the texts.

    Args:
        columns: The columns' names, at least one.
        sample: Cells of some rows, in the order of the columns.

    Returns:
        The column with a telling name, such as ``text`` or ``review``; if there is none, the one
        with the longest texts on average, the first of them when several are equal.
    """
    plain = {column.strip().casefold(): column for column in reversed(columns)}
    for name in TEXT_NAMES:
        if name in plain:
            return plain[name]
    characters = [0] * len(columns)
    for cells in sample:
        for place, cell in enumerate(cells[: len(columns)]):
            characters[place] += len(cell)
    return columns[characters.index(max(characters))]


def _numbered(name: str, taken: set[str]) -> str:
    """Return the name with the first number under which it isn't taken."""
    return next(new for number in count(1) if (new := f"{name}.{number}") not in taken)


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth")
    return words[number - 1] if number <= len(words) else f"{number}th"
