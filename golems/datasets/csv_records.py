"""CSV records out of physical lines: quotes that span lines, quotes never closed, huge cells.

The standard library parses each record; this module decides which lines belong to it. Left alone,
``csv`` takes the rest of a file into one cell when a quote is never closed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count
from typing import NamedTuple, TextIO, overload

from golems.datasets.csv_dialect import Dialect, End
from golems.datasets.csv_lines import Lines
from golems.datasets.text_encoding import is_encodable

# Stands for "no delimiter" in a file of one column: a noncharacter, which no text contains.
NO_DELIMITER = "\uffff"
# A record may be as large as this many cells of the largest size.
_CELLS_PER_RECORD = 4
# What is kept of the cells of a record that is too large.
_KEPT_CHARS = 1000


class Record(NamedTuple):
    """One record of a CSV file.

    Attributes:
        line: Line it begins on, from 1.
        cells: Its cells; none for a blank line.
        error: Why the cells are not all, or not as in the file.
    """

    line: int
    cells: list[str]
    error: str | None = None


class Block(Sequence[Record]):
    """Records one after the other, without errors and each of one line, kept as lists of cells.

    Attributes:
        line: Line of the first one, from 1.
        cells: Of each record.
        is_clean: Whether all bytes fit the encoding.
    """

    def __init__(self, line: int, cells: list[list[str]], *, is_clean: bool) -> None:
        self.line = line
        self.cells = cells
        self.is_clean = is_clean

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Record]:
        return map(Record, count(self.line), self.cells)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        return list(self)[place]


def read_records(
    open_text: Callable[[], TextIO], dialect: Dialect, *, max_cell_mb: float
) -> Iterator[Record]:
    """Stream a CSV's records one by one, as ``read_blocks`` finds them."""
    return chain.from_iterable(read_blocks(open_text, dialect, max_cell_mb=max_cell_mb))


def read_blocks(
    open_text: Callable[[], TextIO], dialect: Dialect, *, max_cell_mb: float
) -> Iterator[Sequence[Record]]:
    """Stream a CSV's records, blank lines included, as many at a time as can be had at once.

    A quote counts as never closed when the file ends inside it, or when, on a later line, it closes
    in front of something that is neither a delimiter nor a line end: then the quote found there is
    really the start of another cell. The record with that quote is in error, and reading goes on
    at the next line. No line is read more than a few times over, since a line that leaves a quote
    open also ends the search of any quote left open before it. A quote that closes in front of
    something else on the line where it was opened puts its record in error too.

    Args:
        open_text: Opens the text from its start, lines ended by the dialect's sign alone.
        dialect: How the file is written.
        max_cell_mb: Largest cell, in millions of characters. A larger one spoils its record only.

    Returns:
        The records in file order. Memory is bounded by a few cells of the largest size.
    """
    # The limit is the whole process's, so it is put out of the way; sizes are checked here.
    csv.field_size_limit(2**31 - 1)
    most = int(max_cell_mb * 1e6) * _CELLS_PER_RECORD
    with Lines(open_text, max_chars=most, quote=dialect.quote, newline=dialect.newline) as lines:
        assembler = _Assembler(lines, dialect, max_cell_mb)
        limit = min(max_cell_mb * 1e6, lines.max_chars)
        while True:
            many = lines.take_many()
            block = assembler.block(many) if many and max(map(len, many)) < limit else None
            if block is not None:
                yield block
                continue
            lines.give_back(many)
            if not (line := lines.take()):
                return
            yield [assembler.record(line)]


class _Assembler:
    """Puts the lines of one record together."""

    def __init__(self, lines: Lines, dialect: Dialect, max_cell_mb: float) -> None:
        self._lines = lines
        self._dialect = dialect
        self._max_cell_mb = max_cell_mb

    def block(self, lines: list[str]) -> Block | None:
        """Return the records of lines just taken; None where they can't be told at once."""
        text = "".join(lines)
        if self._is_simple(text):
            cells = [self._split(line) for line in lines]
        elif self._dialect.is_plain:
            # An empty line more is a record more, or else what a quote that is open waits for.
            try:
                *cells, last = self._reader([*lines, ""])
            except csv.Error:
                return None
            if last or len(cells) != len(lines):
                return None
        else:
            parsed = [self._dialect.split(line) for line in lines]
            if any(end is not End.CLOSED for _, end in parsed):
                return None
            cells = [found for found, _ in parsed]
        return Block(self._lines.number - len(lines) + 1, cells, is_clean=is_encodable(text))

    def record(self, line: str) -> Record:
        """Return the record that begins with a line just taken."""
        number = self._lines.number
        cells, end = self._parse(line)
        cut = self._lines.is_cut(line)
        if end is End.OPEN or cut:
            return self._long_record(number, line, cells, is_open=end is End.OPEN, cut=cut)
        if end is End.STRAY:
            return self._stray(number, cells)
        return self._checked(number, cells, size=len(line))

    def _long_record(
        self, number: int, line: str, cells: list[str], *, is_open: bool, cut: bool
    ) -> Record:
        held, size, whole, misplaced = [line], len(line), not cut, False
        while is_open or cut:
            before, line = line[-1:], self._lines.take()
            if not line:
                break
            cut = self._lines.is_cut(line)
            size += len(line)
            whole = whole and not cut and size < self._lines.max_chars
            if whole:
                held.append(line)
            else:
                del held[1:]
            # Outside quotes, the character before tells whether a quote here begins a cell.
            end = self._dialect.closes(line) if is_open else self._parse(before + line)[1]
            misplaced, is_open = is_open and end is End.STRAY, end is End.OPEN
            if misplaced:
                break
        if is_open or misplaced:
            if whole:
                self._lines.give_back(held[1:])
            else:
                self._lines.go_to(number + 1)
            return self._never_closed(number, cells)
        if not whole:
            return self._too_large(number, f"The row in line {number}", cells)
        cells, end = self._dialect.split("".join(held))
        return (
            self._checked(number, cells, size=size)
            if end is End.CLOSED
            else self._stray(number, cells)
        )

    def _is_simple(self, text: str) -> bool:
        """Whether nothing but delimiters and line ends means anything in a text."""
        return self._dialect.is_plain and self._dialect.quote not in text

    def _parse(self, line: str) -> tuple[list[str], End]:
        """Parse one line; also tell how its quotes end."""
        if self._is_simple(line):
            return self._split(line), End.CLOSED
        return self._dialect.split(line)

    def _split(self, line: str) -> list[str]:
        """Parse a line without quotes, several times as fast."""
        bare = self._dialect.bare(line)
        return bare.split(self._dialect.delimiter) if bare else []

    def _reader(self, lines: list[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote, strict=True
        )

    def _checked(self, number: int, cells: list[str], *, size: int) -> Record:
        most = self._max_cell_mb * 1e6
        if size > most:
            for place, cell in enumerate(cells, start=1):
                if len(cell) > most:
                    return self._too_large(number, f"Cell {place} in line {number}", cells)
        return Record(number, cells)

    def _never_closed(self, number: int, cells: list[str]) -> Record:
        error = f"A quote opened in line {number} is never closed; close it or double it."
        return Record(number, [*cells[:-1], cells[-1].rstrip("\r\n")], error)

    def _stray(self, number: int, cells: list[str]) -> Record:
        error = (
            f"A quote in line {number} closes a cell in front of other text, so where the cell "
            "ends can't be told; double the quotes inside the cell, or choose another escape."
        )
        return Record(number, cells, error)

    def _too_large(self, number: int, what: str, cells: list[str]) -> Record:
        error = (
            f"{what} is too large: a cell may have {self._max_cell_mb:g} million characters "
            f"(PANTHEON_MAX_CELL_MB). Its cells are kept up to {_KEPT_CHARS:,} characters."
        )
        return Record(number, [cell[:_KEPT_CHARS] for cell in cells], error)
