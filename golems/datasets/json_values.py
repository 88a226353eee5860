"""JSON objects as cells: strings decoded, everything else exactly as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from golems.datasets.names import printable

# Numbers are never converted, so that neither digits nor spelling can change.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")
_KINDS = {"[": "a list", '"': "a text", "t": "true", "f": "false", "n": "null"}


class NotJson(ValueError):
    """Text that isn't the JSON it should be; says where and why."""


def read_object(text: str, start: int = 0) -> tuple[dict[str, str | None], int]:
    """Read the JSON object that begins in a text.

    Args:
        text: Any text.
        start: Where the object begins, white space aside.

    Returns:
        Key -> value, and where the object ends. null is None; a number, true, false, a list or an
        object within is kept as it is written.

    Raises:
        NotJson: There is no whole object.
    """
    try:
        return _flat_members(text, start) or _members(text, start)
    except json.JSONDecodeError as error:
        raise NotJson(
            f"{error.msg.removesuffix(' starting at')} at character {error.pos - start + 1:,}"
        ) from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply") from error


def end_of_value(text: str, start: int) -> int:
    """Return where the JSON value that begins at a place ends.

    Raises:
        NotJson: There is no whole value.
    """
    try:
        return _DECODER.raw_decode(text, start)[1]
    except json.JSONDecodeError as error:
        raise NotJson(
            f"{error.msg.removesuffix(' starting at')} at character {error.pos - start + 1:,}"
        ) from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply") from error


def find_end(text: str, start: int) -> int | None:
    """Return where the JSON value that begins at a place ends; None where there is no whole one."""
    try:
        return end_of_value(text, start)
    except NotJson:
        return None


def skip_space(text: str, start: int) -> int:
    """Return the place of the first character that isn't white space."""
    match = _SPACE.match(text, start)
    return match.end() if match else start


def describe_value(text: str) -> str:
    """Say what a JSON value that is no object is."""
    return _KINDS.get(text[:1], "a number")


def _flat_members(text: str, start: int) -> tuple[dict[str, str | None], int] | None:
    """Read an object at once; None if it isn't one, or has values whose spelling is needed."""
    try:
        found, end = _DECODER.raw_decode(text, skip_space(text, start))
    except json.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    fields: dict[str, str | None] = {}
    for key, value in found.items():
        if value is None:
            fields[printable(key)] = None
        elif isinstance(value, str):
            # Numbers too: the decoder leaves them as they are written.
            fields[printable(key)] = value if value.isascii() else printable(value)
        elif isinstance(value, bool):
            fields[printable(key)] = "true" if value else "false"
        else:
            return None
    return fields, end


def _members(text: str, start: int) -> tuple[dict[str, str | None], int]:
    fields: dict[str, str | None] = {}
    place = start
    for key, value, first, place in _spans(text, start):
        if key:
            fields[printable(key[0])] = _cell(value, text[first:place])
    return fields, place


def values_of(text: str) -> dict[str, str]:
    """Key -> value of a JSON object, each exactly as it is written.

    Raises:
        NotJson: It is no whole object.
    """
    try:
        return {printable(key[0]): text[first:end] for key, _, first, end in _spans(text, 0) if key}
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotJson(str(error)) from error


def as_cell(written: str) -> str | None:
    """A JSON value as a cell."""
    return _cell(_DECODER.raw_decode(written, 0)[0], written)


def _spans(text: str, start: int) -> Iterator[tuple[tuple[str, ...], object, int, int]]:
    """Stream an object's members: key, value, where the value begins and ends.

    The last one has no key, and ends where the object does.
    """
    place = skip_space(text, start)
    if text[place : place + 1] != "{":
        raise json.JSONDecodeError("an object is expected", text, place)
    place = skip_space(text, place + 1)
    if text[place : place + 1] == "}":
        yield (), None, place, place + 1
        return
    while True:
        if text[place : place + 1] != '"':
            raise json.JSONDecodeError("a name in double quotes is expected", text, place)
        key, place = _DECODER.raw_decode(text, place)
        place = skip_space(text, place)
        if text[place : place + 1] != ":":
            raise json.JSONDecodeError("a colon is expected", text, place)
        place = skip_space(text, place + 1)
        value, end = _DECODER.raw_decode(text, place)
        yield (key,), value, place, end
        place = skip_space(text, end)
        mark = text[place : place + 1]
        if mark == "}":
            yield (), None, place, place + 1
            return
        if mark != ",":
            raise json.JSONDecodeError("a comma or closing brace is expected", text, place)
        place = skip_space(text, place + 1)


def _cell(value: object, written: str) -> str | None:
    if value is None:
        return None
    # Half a surrogate pair is no text: it could not be written again.
    return printable(str(value) if written[0] == '"' else written)
