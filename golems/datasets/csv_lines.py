"""Physical lines of a text, each of bounded size, with a way back."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from io import StringIO
from types import TracebackType
from typing import Self, TextIO

AT_ONCE = 65_536  # characters


class Lines:
    """Reads lines one by one; a line of ``max_chars`` or more comes in several pieces.

    Attributes:
        number: Number of the line taken last, from 1.
        max_chars: Size of a piece, in characters.
    """

    def __init__(
        self,
        open_text: Callable[[], TextIO],
        *,
        max_chars: int,
        quote: str = '"',
        newline: str = "",
    ) -> None:
        """Open a text.

        Args:
            open_text: Opens it from its start, with the same ``newline``.
            max_chars: Size of a piece, in characters.
            quote: Two of them are never cut apart.
            newline: What ends a line, as ``open`` takes it; '' for all of CR, LF and CRLF.
        """
        self._newline = newline
        self._ends = (newline,) if newline else ("\n", "\r")
        self._open_text = open_text
        self._text = open_text()
        self._quote = quote
        self._returned: deque[str] = deque()  # whole lines to be taken next
        self._begun = ""  # the line behind them, as far as it was read
        self._inside_line = False
        self.number = 0
        self.max_chars = max_chars

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.close()

    def take(self) -> str:
        """Return the next line with its line end, or the next piece of it; '' at the end."""
        self._read_ahead()
        if self._returned:
            self.number += 1
            return self._returned.popleft()
        line = self._begun + self._text.readline(self.max_chars - len(self._begun))
        self._begun = ""
        # No piece ends between two quotes, which together mean one quote inside a cell.
        while line.endswith(self._quote) and len(line) < 2 * self.max_chars:
            more = self._text.readline(1)
            if not more:
                break
            line += more
        if line and not self._inside_line:
            self.number += 1
        self._inside_line = self.is_cut(line)
        return line

    def take_many(self) -> list[str]:
        """Return the next lines, whole ones; none where they can only be taken one by one."""
        if self._returned:  # put back: nobody knows how large these are together
            return []
        self._read_ahead()
        lines = list(self._returned)
        self._returned.clear()
        self.number += len(lines)
        return lines

    def _read_ahead(self) -> None:
        """Read many short lines at once, which is several times as fast."""
        if self._returned or self._inside_line or self.max_chars <= 4 * AT_ONCE:
            return
        some = self._begun + self._text.read(AT_ONCE)
        if some.endswith("\r"):
            some += self._text.read(1)  # the rest of a line end, or of another line
        lines = cut_lines(some, self._newline)
        certain = self._newline or "\n"
        alone = lines == [some] and some.endswith(self._ends)
        is_whole = not lines or lines[-1].endswith(certain) or alone
        self._begun = "" if is_whole else lines.pop()
        self._returned.extend(lines)

    def is_cut(self, line: str) -> bool:
        """Whether this is a piece of a line, with more of the line to come."""
        return len(line) >= self.max_chars and not line.endswith(self._ends)

    def give_back(self, lines: list[str]) -> None:
        """Put back the lines taken last, whole ones, to be taken again."""
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)

    def go_to(self, number: int) -> None:
        """Make the line with this number the next one, reading the text again from its start."""
        self._text.close()
        self._text = self._open_text()
        self._returned.clear()
        self._begun = ""
        self._inside_line = False
        self.number = 0
        while self.number < number - 1 or self._inside_line:
            if not self.take():
                break


def cut_lines(text: str, newline: str) -> list[str]:
    """Cut a text into lines that keep their ends."""
    if newline == "\r":  # StringIO would turn each LF into it
        return [part for part in re.split("(?<=\r)", text) if part]
    return StringIO(text, newline=newline).readlines()
