"""A CSV file of texts as a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from golems.base import Row
from golems.datasets import csv_delimiter
from golems.datasets.contract import Dataset, Doubt
from golems.datasets.csv_columns import describe_guess, find_column, guess_column
from golems.datasets.csv_dialect import (
    PAIRED,
    Blanks,
    Escape,
    LineEnd,
    describe_rest,
    has_paired_backslashes,
)
from golems.datasets.csv_header import HeaderChoice, read_header
from golems.datasets.csv_quote import (
    DOUBLE,
    check_quote,
    describe_quote,
    guess_quote,
    name_of,
)
from golems.datasets.csv_records import NO_DELIMITER, Block, Record, read_blocks
from golems.datasets.csv_rows import to_rows
from golems.datasets.packed import UNREADABLE, unreadable
from golems.datasets.text_source import TextSource
from golems.errors import BadInput

TOGETHER = 1000  # blank lines that are rows


class CsvFile(Dataset):
    """Texts in one column of a CSV; every cell stays the exact string that was read.

    Blank lines are no rows, except between the rows of a file with one column: there a blank line
    is what a spreadsheet writes for an empty cell.

    Attributes:
        encoding: Encoding it is read with, as Python names it.
        delimiter: What separates the cells; None for a file of one column without any delimiter.
        has_header: Whether the first row holds the names of the columns.
    """

    kind = "csv"
    column: str

    def __init__(
        self,
        path: Path,
        *,
        max_cell_mb: float,
        column: str | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
        header: HeaderChoice = "auto",
        quote: str | None = None,
        escape: Escape | None = None,
        blanks: Blanks | None = None,
        line_end: LineEnd | None = None,
        limit: int | None = None,
    ) -> None:
        """Look at the file's beginning and settle how it is read.

        Args:
            path: An existing file.
            max_cell_mb: Largest cell, in millions of characters.
            column: The column that holds the texts; guessed when None.
            delimiter: One character or ``tab``; guessed when None.
            encoding: Any that Python knows; guessed when None.
            header: Whether the first row holds the names of the columns.
            quote: ``double``, ``single`` or ``none``; guessed when None.
            escape: How a quote inside a cell is told; guessed when None.
            blanks: Whether blanks behind a delimiter are part of the cell; guessed when None.
            line_end: What ends lines; guessed when None.
            limit: Read only the first ``limit`` rows.

        Raises:
            BadInput: It is empty, no text, or can't be read; or an option doesn't fit it.
        """
        super().__init__(path, limit=limit)
        self._max_cell_mb = max_cell_mb
        given = None if delimiter is None else csv_delimiter.check_delimiter(delimiter)
        self._source = TextSource(path, self.name, encoding, delimiter=given)
        self.encoding, whole = self._source.encoding, self._source.whole
        named, sample = csv_delimiter.named_delimiter(self._source.sample)
        self._skipped = 0 if named is None else 1
        self._quote = check_quote(quote) if quote is not None else guess_quote(sample)
        self._dialect = csv_delimiter.guess_dialect(
            sample, whole=whole, delimiter=given or named, quote=self._quote,
            escape=escape, blanks=blanks, line_end=line_end,
        )  # fmt: skip
        self._delimiter = self._dialect.delimiter
        self.delimiter = None if self._delimiter == NO_DELIMITER else self._delimiter

        first = next((record for record in self._all_records() if record.cells), None)
        if first is None:
            raise BadInput(f"{self.name} is empty; it needs a header and rows below it.")
        cells = [
            record.cells
            for record in csv_delimiter.sample_records(sample, self._dialect, whole=whole)
        ]
        found = read_header(first, cells[1:], header, self.name, column=column)
        self.has_header, self.columns = found.present, found.columns

        layout = csv_delimiter.describe_delimiter(self._delimiter) + describe_quote(self._quote)
        layout += describe_rest(self._dialect)
        notes = [
            f"Read as {self._source.encoding_name}, {layout}.",
            *self._source.notes,
            *found.notes,
        ]
        if escape is None and self._dialect.escape == "doubled" and has_paired_backslashes(sample):
            notes.append(Doubt(PAIRED))
        if column is not None:
            self.column = find_column(column, self.columns, self.name)
        else:
            below = cells[self.has_header :]
            self.column = guess_column(self.columns, below)
            place = self.columns.index(self.column)
            chosen = [cells[place] for cells in below if place < len(cells)]
            notes += describe_guess(self.column, chosen, is_alone=len(self.columns) == 1)
        self.notes = tuple(notes)
        self._source.forget_sample()

    def count(self) -> int:
        """Count the rows; reads the file once."""
        rows = 0
        for records in self._blocks():
            rows += len(records)
            if self.limit is not None and rows >= self.limit:
                return self.limit
        return rows

    def _stream(self) -> Iterator[Row]:
        index, encoding = 0, self._source.encoding_name
        for records in self._blocks():
            yield from to_rows(index, records, self.columns, self.column, encoding=encoding)
            index += len(records)

    def _options(self) -> dict[str, Any]:
        odd = {} if self._quote == DOUBLE else {"quote": name_of(self._quote)}
        dialect = self._dialect
        return {
            **odd,
            "escape": dialect.escape,
            "blanks": dialect.blanks,
            "line_end": dialect.line_end,
            "delimiter": self.delimiter or "none",
            "encoding": self.encoding,
            "header": "yes" if self.has_header else "no",
        }

    def _all_records(self) -> Iterator[Record]:
        """Stream the header, blank lines and rows."""
        return chain.from_iterable(self._all_blocks())

    def _all_blocks(self) -> Iterator[Sequence[Record]]:
        blocks = read_blocks(
            partial(self._source.open, self._dialect.newline),
            self._dialect,
            max_cell_mb=self._max_cell_mb,
        )
        try:
            yield next(blocks, [])[self._skipped :]
            yield from blocks
        except UNREADABLE as error:
            raise unreadable(self.path, error) from error

    def _blocks(self) -> Iterator[Sequence[Record]]:
        """Stream the records that are rows."""
        header_to_come = self.has_header
        started = False
        blank_lines = 0
        for records in self._all_blocks():
            has_blanks = not all(records.cells) if isinstance(records, Block) else True
            if started and not header_to_come and not has_blanks and not blank_lines:
                yield records
                continue
            kept: list[Record] = []
            for record in records:
                if not record.cells:
                    blank_lines += started and len(self.columns) == 1
                    continue
                started = True
                if header_to_come:
                    header_to_come = False
                    continue
                # Blank lines become rows only here, so that those at the file's end never do.
                while blank_lines:
                    some = min(blank_lines, TOGETHER)
                    yield [*kept, *[Record(record.line, [""])] * some]
                    kept = []
                    blank_lines -= some
                kept.append(record)
            yield kept
