"""A JSON file that is one object: which of its values are the rows.

Programs wrap rows in many ways: ``{"data": [{...}, ...]}`` as web services do, and pandas'
``to_json`` by columns (``{"text": {"0": "a"}}``), by index (``{"0": {"text": "a"}}``), split and as
a table. What could be read in two ways is refused, and never taken for one row.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from golems.datasets.csv_columns import unique_names
from golems.datasets.json_elements import Element, list_elements
from golems.datasets.json_values import (
    as_cell,
    end_of_value,
    find_end,
    read_object,
    skip_space,
    values_of,
)
from golems.errors import BadInput

MOST_MILLION_CHARS = 128  # of an object that is held in memory as a whole
# Under which rows are found, beside other keys.
USUAL = {
    "data", "rows", "records", "items", "results", "result", "examples", "instances", "entries",
    "documents", "docs", "elements", "objects", "values", "list", "content", "hits", "train",
    "test", "validation",
}  # fmt: skip
_DEEPEST = 4  # objects around the list
_NO_ROWS = re.compile(r"\[\s*\]")
_WHOLE_NUMBER = re.compile(r"-?\d+")

Values = Mapping[str, str]  # key -> value as it is written
Read = Callable[[str], Iterator[Element]]


@dataclass(frozen=True)
class Wrapping:
    """How an object holds its rows.

    Attributes:
        layout: In words, after "JSON with".
        read: Streams the rows of the object's text.
    """

    layout: str
    read: Read


def whole_object(text: str) -> str | None:
    """The text, without the blanks around it, if it is one JSON object and nothing else."""
    start = skip_space(text, 0)
    end = find_end(text, start)
    if end is None:
        return None
    is_one = text[start : start + 1] == "{" and skip_space(text, end) == len(text)
    return text[start:end] if is_one else None


def wrapping_of(text: str, name: str, *, may_be_a_row: bool) -> Wrapping | None:
    """How an object wraps its rows; None where it is a row itself.

    Args:
        text: One JSON object.
        name: The file's name, for the message.
        may_be_a_row: Whether an object that could be both is one row.

    Raises:
        BadInput: It could be read in several ways.
    """
    members = values_of(text)
    if not members:
        return None
    starts = {value[0] for value in members.values()}
    if {"columns", "data"} <= members.keys() <= {"columns", "index", "data"} and starts == {"["}:
        return Wrapping("columns and rows apart (split)", _split)
    if starts == {"["} and (lists := _columns_of_lists(members)):
        return Wrapping("a list for each column", lists)
    if starts == {"{"} and (table := _tables(members, name, may_be_a_row=may_be_a_row)):
        return table
    return _listed(members, name, may_be_a_row=may_be_a_row)


def _listed(members: Values, name: str, *, may_be_a_row: bool) -> Wrapping | None:
    """Rows as the one list of objects somewhere within."""
    found = dict(_lists_of_objects(members, ()))
    if not found:
        for key, value in members.items():
            is_all = len(members) == 1 or not may_be_a_row
            if is_all and key.casefold() in USUAL and _NO_ROWS.fullmatch(value):
                raise BadInput(
                    f"{name} holds no rows: its list under '{key}' is empty. If the object is "
                    "one row itself, save it on one line as .jsonl, beside another column."
                )
        return None
    usual = [path for path in found if path[-1].casefold() in USUAL]
    [path] = usual if len(usual) == 1 else [next(iter(found))]
    if len(usual) == 1 or (len(found) == 1 and len(members) == 1):
        words = " > ".join(f"'{key}'" for key in path)
        return Wrapping(f"a list of objects under {words}", lambda text: _at(path, text))
    if may_be_a_row and not usual:
        return None
    lists = ", ".join(" > ".join(f"'{key}'" for key in one) for one in found)
    raise BadInput(
        f"{name} is one JSON object with lists of objects in it ({lists}), so which of them are "
        "the rows isn't clear. Save the list of the rows alone; or, if the object is one row, "
        "save it on one line as .jsonl."
    )


def _lists_of_objects(
    members: Values, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in members.items():
        if value[0] == "[" and value[skip_space(value, 1)] == "{":
            yield (*above, key), value
        elif value[0] == "{" and len(above) < _DEEPEST:
            yield from _lists_of_objects(values_of(value), (*above, key))


def _at(path: tuple[str, ...], text: str) -> Iterator[Element]:
    for key in path:
        text = values_of(text)[key]
    return _elements(text)


def _elements(text: str) -> Iterator[Element]:
    return list_elements(lambda: io.StringIO(text), max_chars=len(text), encoding="text")


def _columns_of_lists(members: Values) -> Read | None:
    """Rows of ``{"text": ["a", "b"], "stars": [1, 2]}``; None where the lists don't fit."""
    lists = [_items(value) for value in members.values()]
    flat = all(item[0] not in "{[" for one in lists for item in one)
    if not flat or len({len(one) for one in lists}) != 1 or not lists[0]:
        return None
    return lambda text: _of_columns({key: _items(value) for key, value in values_of(text).items()})


def _of_columns(columns: Mapping[str, list[str]]) -> Iterator[Element]:
    for number, values in enumerate(zip(*columns.values(), strict=True), 1):
        cells = {key: as_cell(value) for key, value in zip(columns, values, strict=True)}
        yield Element(f"Element {number:,}", cells, written=dict(zip(columns, values, strict=True)))


def _tables(members: Values, name: str, *, may_be_a_row: bool) -> Wrapping | None:
    """Rows of a table that pandas wrote by columns or by index."""
    inner = [values_of(value) for value in members.values()]
    by_index = _are_numbers(members)
    by_column = all(map(_are_numbers, inner))
    if by_column and not by_index:
        return Wrapping("a value for each row under each column", _by_column)
    if by_index and not by_column:
        return Wrapping("an object under each row's number", _by_index)
    alike = len(inner) > 1 and len({frozenset(one) for one in inner}) == 1 and bool(inner[0])
    if (alike and not may_be_a_row) or (by_index and by_column):
        raise BadInput(
            f"{name} is one JSON object of objects with the same keys, so whether those are rows "
            "or columns isn't clear. Save its rows as a list of objects, or an object a line "
            '(.jsonl): in pandas, to_json(..., orient="records").'
        )
    return None


def _are_numbers(keys: Values) -> bool:
    return bool(keys) and all(_WHOLE_NUMBER.fullmatch(key) for key in keys)


def _by_index(text: str) -> Iterator[Element]:
    for key, value in values_of(text).items():
        yield Element(f"Row {key}", read_object(value)[0], written=value)


def _by_column(text: str) -> Iterator[Element]:
    columns = {column: values_of(value) for column, value in values_of(text).items()}
    for row in dict.fromkeys(key for column in columns.values() for key in column):
        cells = {
            column: as_cell(values[row]) if row in values else None
            for column, values in columns.items()
        }
        there = {column: values[row] for column, values in columns.items() if row in values}
        yield Element(f"Row {row}", cells, written=there)


def _split(text: str) -> Iterator[Element]:
    members = values_of(text)
    # A name may come twice, which is no key then.
    names, _ = unique_names([as_cell(one) or "" for one in _items(members["columns"])])
    for number, row in zip(count(1), _items(members["data"]), strict=False):
        where = f"Element {number:,}"
        cells = _items(row) if row[0] == "[" else []
        if len(cells) == len(names):
            written = dict(zip(names, cells, strict=True))
            fields = {name: as_cell(cell) for name, cell in written.items()}
            yield Element(where, fields, written=written)
        else:
            yield Element(where, {}, f"{where} has {len(cells)} values for {len(names)} columns.")


def _items(text: str) -> list[str]:
    """The elements of a JSON list, as they are written."""
    found: list[str] = []
    place = skip_space(text, 1)
    while text[place] != "]":
        end = end_of_value(text, place)
        found.append(text[place:end])
        place = skip_space(text, end)
        if text[place] == ",":
            place = skip_space(text, place + 1)
    return found
