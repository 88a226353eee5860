"""A selection as the words of an address, so that a view of the rows can be shared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, asdict, fields
from functools import cache
from typing import Any, get_type_hints

from golems.errors import BadInput
from golems.reports.selection import ALL, Selection, Slice

# What reads oddly in an address; a filter of another name goes by its own.
NAMES = {"labels": "label", "truths": "truth", "slices": "slice", "places": "rows"}
MOST_CHARS = 6_000  # longer addresses are refused on the way

Query = dict[str, list[str]]


@cache
def filters() -> dict[str, Field[Any]]:
    """Name in an address -> the filter: whatever a ``Selection`` has."""
    return {NAMES.get(one.name, one.name): one for one in fields(Selection)}


def as_query(selection: Selection) -> Query | None:
    """A selection as the query of an address, without what it doesn't ask for.

    Returns:
        None for one too long for an address, such as thousands of single rows.
    """
    query: Query = {}
    for name, one in filters().items():
        value = getattr(selection, one.name)
        if value == getattr(ALL, one.name):
            continue
        if name == "rows":
            query[name] = [_as_ranges(value)]
        elif isinstance(value, tuple):
            query[name] = [_said(cell) for cell in value]
        else:
            query[name] = [_said(value)]
    size = sum(len(name) + len(cell) for name, cells in query.items() for cell in cells)
    return query if size <= MOST_CHARS else None


def from_query(query: Mapping[str, Sequence[str]]) -> tuple[Selection, list[str]]:
    """The selection of an address.

    Returns:
        What could be read, and a sentence for each filter that could not.
    """
    read: dict[str, Any] = {}
    wrong = []
    for name, one in filters().items():
        if name in query:
            try:
                read[one.name] = _read(name, one.name, list(query[name]))
            except (ValueError, TypeError):
                said = ", ".join(query[name])
                wrong.append(
                    f"The address asks for '{name}={said[:80]}', which is no such filter; it was "
                    "left out."
                )
    return Selection(**read), wrong


def _said(value: Any) -> str:
    if isinstance(value, Slice):
        usual = {one.name: one.default for one in fields(Slice) if one.default is not MISSING}
        asked = {key: cell for key, cell in asdict(value).items() if cell != usual.get(key, "")}
        return json.dumps(asked | {"column": value.column}, ensure_ascii=False)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _read(name: str, attribute: str, cells: list[str]) -> Any:
    """A filter's value.

    Raises:
        ValueError: It can't be one.
    """
    from pydantic import TypeAdapter

    if name == "rows":
        return _of_ranges(",".join(cells))
    hint = get_type_hints(Selection)[attribute]
    usual = getattr(ALL, attribute)
    value: Any = cells[-1]
    if name == "slice":
        value = [json.loads(cell) for cell in cells]
        if not all(isinstance(cell, dict) for cell in value):
            raise ValueError(cells)
    elif isinstance(usual, tuple) or "tuple" in str(hint):
        value = cells
    found = TypeAdapter(hint).validate_python(value)
    numbers = found if isinstance(found, tuple) else (found,)
    if any(isinstance(one, float) and one - one != 0 for one in numbers):
        raise ValueError(cells)  # not a number, or without an end
    return found


def _as_ranges(places: Sequence[int]) -> str:
    """Rows from 1, in their order: ``3,5-9``."""
    said: list[list[int]] = []
    for place in places:
        if said and place == said[-1][1] + 1:
            said[-1][1] = place
        else:
            said.append([place, place])
    return ",".join(f"{a + 1}" if a == b else f"{a + 1}-{b + 1}" for a, b in said)


def _of_ranges(said: str) -> tuple[int, ...]:
    places: list[int] = []
    for part in said.split(",") if said else ():
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if not 1 <= low <= high or high - low + len(places) >= 10**6:
            raise ValueError(said)
        places += range(low - 1, high)
    return tuple(places)


def number_in(said: str, what: str) -> int:
    """A number from 1 on in an address.

    Raises:
        BadInput: It is none.
    """
    if not said.isascii() or not said.isdecimal() or len(said) > 15 or int(said) < 1:
        raise BadInput(f"'{said[:80]}' is not the number of a {what}; they are counted from 1.")
    return int(said)
