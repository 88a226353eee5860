"""Where JSON records come from: the lines of a file, or the elements of one long list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from golems.datasets.csv_lines import Lines
from golems.datasets.json_values import (
    NotJson,
    describe_value,
    end_of_value,
    find_end,
    skip_space,
    values_of,
)
from golems.datasets.json_values import read_object as read
from golems.datasets.text_encoding import bad_bytes

_CHUNK_CHARS = 1 << 20
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON record: its members, or why there are none.

    Attributes:
        where: Its place as a person finds it: ``Line 3``, ``Element 3``.
        written: The object as it is written, or its values by key.
    """

    where: str
    members: dict[str, str | None]
    error: str | None = None
    written: str | Mapping[str, str] = ""


def line_elements(
    open_text: Callable[[], TextIO], *, max_chars: int, encoding: str
) -> Iterator[Element]:
    """Stream the records of a file with one JSON object a line; blank lines are none.

    Args:
        open_text: Opens the text from its start.
        max_chars: Longest line read, in characters; a longer one is in error.
        encoding: The file's encoding in words, for the reason.
    """
    with Lines(open_text, max_chars=max_chars) as lines:
        while line := lines.take():
            where = f"Line {lines.number:,}"
            if lines.is_cut(line):
                while line and lines.is_cut(line):
                    line = lines.take()
                yield Element(where, {}, f"{where} {_too_long(max_chars)}")
            elif text := line.strip(" \t\r\n"):
                yield _element(where, text, encoding)


def list_elements(
    open_text: Callable[[], TextIO], *, max_chars: int, encoding: str
) -> Iterator[Element]:
    """Stream the elements of a file that is one JSON list.

    What follows a place that is no JSON can't be told apart any more: it is one record in error,
    the last one.

    Args:
        open_text: Opens the text from its start.
        max_chars: Longest element read, in characters.
        encoding: The file's encoding in words, for the reason.
    """
    with open_text() as file:
        window = _Window(file, max_chars)
        window.skip("[")
        number = 0
        while True:
            number += 1
            mark = window.peek()
            if mark == "]":
                return
            where = f"Element {number:,}"
            try:
                if not mark:
                    raise NotJson("the file ends before the list does")
                if number > 1 and not window.skip(","):
                    raise NotJson("a comma or closing bracket is expected")
                text = window.value()
            except NotJson as error:
                yield Element(
                    where, {}, f"{where} is not JSON, so the rest can't be read: {error}."
                )
                return
            yield _element(where, text, encoding)


def _element(where: str, text: str, encoding: str) -> Element:
    if bad := bad_bytes(text):
        return Element(where, {}, f"{where} has the byte 0x{bad[0]:02X}: not valid {encoding}.")
    try:
        members, end = read(text)
    except NotJson as error:
        if text[:1] != "{" and find_end(text, 0) == len(text):
            return Element(where, {}, f"{where} is no JSON object but {describe_value(text)}.")
        return Element(where, {}, f"{where} is not JSON: {error}: {_shortened(text)!r}.")
    if end < len(text):
        return Element(where, {}, f"{where} goes on after its object: {_shortened(text[end:])!r}.")
    return Element(where, members, written=text)


def written_values(element: Element) -> Mapping[str, str]:
    """An element's values by key, as they are written; none of one in error."""
    if not element.members or not isinstance(element.written, str):
        return element.written if isinstance(element.written, Mapping) else {}
    return values_of(element.written)


class _Window:
    """The part of a long text that is looked at, read on as needed."""

    def __init__(self, file: TextIO, max_chars: int) -> None:
        self._file = file
        self._max_chars = max_chars
        self._text = ""
        self._place = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next character that isn't white space; '' at the end."""
        while True:
            self._place = skip_space(self._text, self._place)
            if self._place < len(self._text) or self._ended:
                return self._text[self._place : self._place + 1]
            self._more()

    def skip(self, mark: str) -> bool:
        """Go past a character if it is the next one."""
        if self.peek() != mark:
            return False
        self._place += 1
        return True

    def value(self) -> str:
        """Take the next value as it is written.

        Raises:
            NotJson: There is none, or it is too long.
        """
        self.peek()
        while True:
            try:
                end = end_of_value(self._text, self._place)
                # A number at the very end may go on behind it.
                if end < len(self._text) or self._ended:
                    break
            except NotJson:
                if self._ended:
                    raise
                if len(self._text) - self._place > self._max_chars:
                    raise NotJson(f"it {_too_long(self._max_chars)}") from None
            self._more()
        start, self._place = self._place, end
        return self._text[start:end]

    def _more(self) -> None:
        rest = self._text[self._place :]
        # As much again as there is: what is scanned anew stays in proportion.
        data = self._file.read(max(_CHUNK_CHARS, len(rest)))
        self._ended = not data
        self._text, self._place = rest + data, 0


def _too_long(max_chars: int) -> str:
    return f"is longer than the {max_chars:,} characters that are read (PANTHEON_MAX_CELL_MB)"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
