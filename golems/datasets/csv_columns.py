"""Names of columns: made unique, found again, and which of them holds the texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import count

from golems.datasets.contract import Doubt
from golems.errors import BadInput

# Most telling first; compared without regard to case and spaces around them.
TEXT_NAMES = (
    "text", "review", "sentence", "content", "comment", "prompt", "body", "message",
    "review_text", "comment_text", "tweet", "post", "question", "description", "summary", "title",
)  # fmt: skip
# Names of texts too, but short ones: they say less than longer texts beside them.
_SHORT_TEXT_NAMES = frozenset({"description", "summary", "title"})
# A name of several words is telling with one of these, and without any of those.
_TEXT_WORDS = frozenset(
    {"review", "reviews", "text", "texts", "body", "comment", "comments", "content", "contents"}
)
_OTHER_WORDS = frozenset(
    {"id", "ids", "key", "date", "time", "timestamp", "year", "at", "by", "count", "number", "num"}
    | {"length", "len", "size", "type", "kind", "format", "score", "scores", "rating", "stars"}
    | {"label", "sentiment", "url", "link", "lang", "language", "author", "user", "name", "title"}
    | {"headline", "likes", "votes", "status", "color", "colour", "class", "category"}
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


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


def is_text_name(name: str) -> bool:
    """Whether a column's name tells that it may hold texts."""
    return name.strip().casefold() in TEXT_NAMES or _has_text_word(name)


def guess_column(columns: Sequence[str], sample: Sequence[Sequence[str]]) -> str:
    """Guess which column holds the texts.

    Args:
        columns: The columns' names, at least one.
        sample: Cells of some rows, in the order of the columns.

    Returns:
        The column with a telling name, such as ``text`` or ``review``; else, of those with a
        telling word in their name, such as ``review_body`` or ``reviewText``, and if there is none,
        of all, the one with the longest texts on average, the first of them when several are equal.
    """
    plain = {column.strip().casefold(): column for column in reversed(columns)}
    for name in TEXT_NAMES:
        if name in plain and name not in _SHORT_TEXT_NAMES:
            return plain[name]
    places = [place for place, column in enumerate(columns) if _has_text_word(column)]
    places = places or list(range(len(columns)))
    # What has no spaces may be an address or a hash, which are longer than many texts.
    texts = dict.fromkeys(places, 0)
    characters = dict.fromkeys(places, 0)
    for cells in sample:
        for place in places:
            cell = cells[place] if place < len(cells) else ""
            characters[place] += len(cell)
            if " " in cell or not cell.isascii():
                texts[place] += len(cell)
    return columns[max(places, key=lambda place: (texts[place], characters[place]))]


def describe_guess(column: str, cells: Iterable[str], *, is_alone: bool) -> tuple[str, ...]:
    """What to say of a column that ``guess_column`` chose.

    Args:
        cells: Some of the column's.
        is_alone: There is no other column.

    Returns:
        A ``Doubt`` where the cells have no letter, and so hardly hold texts; nothing of a column
        without which there is none.
    """
    filled = "".join(cells)
    if filled and not any(map(str.isalpha, filled)):
        said = f"Column {column!r} was guessed to hold the texts, but its first cells have no "
        said += "letter. Look at them, and choose another column if they are no texts."
        return (Doubt(said),)
    return () if is_alone else (f"Column {column!r} was guessed to hold the texts.",)


def _has_text_word(name: str) -> bool:
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & _TEXT_WORDS) and not words & _OTHER_WORDS


def _numbered(name: str, taken: set[str]) -> str:
    """Return the name with the first number under which it isn't taken."""
    return next(new for number in count(1) if (new := f"{name}.{number}") not in taken)


def _ordinal(number: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth")
    return words[number - 1] if number <= len(words) else f"{number}th"
