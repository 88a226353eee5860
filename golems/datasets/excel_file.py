"""A sheet of an Excel workbook as a dataset."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from golems.datasets.column_types import types_of_values
from golems.datasets.contract import Doubt
from golems.datasets.csv_header import HeaderChoice, read_header
from golems.datasets.csv_records import Record as CsvRecord
from golems.datasets.excel_package import Missing
from golems.datasets.names import printable
from golems.datasets.table import SAMPLE_RECORDS, Record, Table
from golems.errors import BadInput
from golems.words import counted

if TYPE_CHECKING:
    from golems.datasets.excel_package import Book

# What openpyxl raises for workbooks that are damaged, apart from what it documents.
_DAMAGED = (
    OSError, KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, EOFError,
    BadZipFile, NotImplementedError, zlib.error, struct.error,
)  # fmt: skip
# The texts of a workbook are held in memory as a whole.
_MOST_TEXT_MB = 1000
# Characters as workbooks escape those that XML can't hold: _x000D_ (ECMA-376, ST_Xstring).
_UNIT = re.compile("_x([0-9A-Fa-f]{4})_")
_HOW_TO_COMPUTE = "open the workbook in Excel or LibreOffice, save it, and read it again"
_ESCAPED = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")


class ExcelFile(Table):
    """The rows of one sheet, each cell as text; rows without any value are none.

    Attributes:
        sheet: The one that is read.
        sheets: All there are, in their order.
    """

    kind = "excel"

    def __init__(
        self,
        path: Path,
        *,
        max_cell_mb: float,
        sheet: str | None = None,
        column: str | None = None,
        header: HeaderChoice = "auto",
        limit: int | None = None,
    ) -> None:
        """Look at a sheet's first rows.

        Args:
            path: An existing ``.xlsx`` file.
            max_cell_mb: Largest cell, in millions of characters.
            sheet: Its name; the first one when None.
            column: The column that holds the content; guessed when None.
            header: Whether the first row holds the names of the columns.
            limit: Read only the first ``limit`` rows.

        Raises:
            BadInput: It is no workbook or damaged, has no such sheet or column, or the sheet is
                empty.
        """
        super().__init__(path, limit=limit)
        self._max_cell_mb = max_cell_mb
        self._refuse_others()
        with self._workbook() as book:
            self.sheets = tuple(book.sheets)
            if not self.sheets:
                raise BadInput(f"{self.name} has no sheet with cells.")
            self.sheet = self.sheets[0] if sheet is None else sheet
            if self.sheet not in self.sheets:
                raise BadInput(
                    f"{self.name} has no sheet {self.sheet!r}; its sheets are: "
                    f"{', '.join(self.sheets)}."
                )
            top = list(islice(self._values(book), 1 + SAMPLE_RECORDS))
            if not top:
                raise BadInput(f"Sheet {self.sheet!r} of {self.name} is empty.")
            formulas = self._formulas(book)
        first, *below = [
            CsvRecord(number, [as_text(cell) or "" for cell in row]) for number, row in top
        ]
        cells = [record.cells for record in below]
        found = read_header(first, cells, header, self.name, column=column)
        self.has_header, self.columns = found.present, found.columns
        others = [name for name in self.sheets if name != self.sheet]
        read = f"Read from sheet {self.sheet!r}"
        read += f"; the others are {', '.join(map(repr, others))}." if others else "."
        rows = top[int(self.has_header) :][:SAMPLE_RECORDS]
        self.types = types_of_values(self.columns, [values for _, values in rows])
        guessed = self._choose_column(column, [self._record(*row) for row in rows])
        self.notes = (read, *found.notes, *guessed, *self._not_computed(formulas))

    def _options(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "header": "yes" if self.has_header else "no"}

    def _refuse_others(self) -> None:
        if not is_zipfile(self.path):
            raise BadInput(
                f"{self.name} can't be read: it is no Excel workbook (.xlsx), or damaged, or under "
                "a password. Save it again as .xlsx without a password, or as CSV."
            )
        try:
            with ZipFile(self.path) as parts:
                text_mb = sum(
                    part.file_size for part in parts.infolist() if "sharedStr" in part.filename
                )
        except _DAMAGED as error:
            raise self._damaged(error) from error
        if text_mb > _MOST_TEXT_MB * 1e6:
            raise BadInput(
                f"{self.name} has {text_mb / 1e6:,.0f} MB of text, and Excel files are read up to "
                f"{_MOST_TEXT_MB:,} MB; save the sheet as CSV."
            )

    def _damaged(self, error: Exception) -> BadInput:
        reason = str(error) or type(error).__name__
        return BadInput(f"{self.name} can't be read: the workbook is damaged: {reason[:200]}.")

    @contextmanager
    def _workbook(self) -> Iterator[Book]:
        from golems.datasets.excel_package import open_book

        try:
            with warnings.catch_warnings():
                # Of styles and extensions it leaves out, which are no concern here.
                warnings.simplefilter("ignore", UserWarning)
                opened = open_book(self.path)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        with opened.parts:
            yield opened

    def _values(self, book: Book) -> Iterator[tuple[int, list[object]]]:
        """Stream the rows that have a value, with their numbers in the sheet."""
        from golems.datasets.excel_sheet import read_rows

        try:
            yield from read_rows(book, self.sheet)
        except _DAMAGED as error:
            raise self._damaged(error) from error

    def _formulas(self, book: Book) -> Mapping[int, int]:
        from golems.datasets.excel_sheet import formulas_without_values

        try:
            return formulas_without_values(book, self.sheet)
        except _DAMAGED as error:
            raise self._damaged(error) from error

    def _not_computed(self, found: Mapping[int, int]) -> tuple[Doubt, ...]:
        """Say which columns, by their place, have how many formulas without a value."""
        return tuple(
            Doubt(
                f"Column {self.columns[place]!r} has {counted(number, 'formula')} without a value, "
                "as no spreadsheet has computed them, and those cells are read as empty: "
                f"{_HOW_TO_COMPUTE}."
            )
            for place, number in sorted(found.items())
            if place < len(self.columns)
        )

    def _records(self) -> Iterator[Record]:
        place = self.columns.index(self.column)
        with self._workbook() as book:
            for number, values in islice(self._values(book), int(self.has_header), None):
                record = self._record(number, values)
                if values[place : place + 1] == [Missing.NOT_COMPUTED] and not record.error:
                    reason = (
                        f"{record.where} has a formula in column {self.column!r} that no "
                        f"spreadsheet has computed: {_HOW_TO_COMPUTE}."
                    )
                    record = replace(record, error=reason)
                yield record

    def _record(self, number: int, values: list[object]) -> Record:
        where = f"Row {number:,}"
        cells = [as_text(value) for value in values]
        fields = dict.fromkeys(self.columns) | dict(zip(self.columns, cells, strict=False))
        return Record(where, fields, self._fault(where, cells))

    def _fault(self, where: str, cells: list[str | None]) -> str | None:
        width = len(self.columns)
        if len(cells) > width:
            return f"{where} has {len(cells)} cells where the header has {width}."
        if any(cell is not None and len(cell) > self._max_cell_mb * 1e6 for cell in cells):
            most = f"{self._max_cell_mb:g} million characters (PANTHEON_MAX_CELL_MB)"
            return f"{where} has a cell that is too large: a cell may have {most}."
        return None


def as_text(value: object) -> str | None:
    """A cell's value as text: numbers as short as they are exact, dates as ISO 8601."""
    if value is None or value == "" or value is Missing.NOT_COMPUTED:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return _as_hours(value)
    return printable(_ESCAPED.sub(_unescaped, value) if isinstance(value, str) else str(value))


def _as_hours(value: timedelta) -> str:
    """``26:00:00``, however many hours there are, as Excel shows a duration."""
    seconds, parts = divmod(abs(value) // timedelta(microseconds=1), 10**6)
    minutes, hours = seconds // 60, seconds // 3600
    text = f"{'-' if value < timedelta() else ''}{hours:02}:{minutes % 60:02}:{seconds % 60:02}"
    return f"{text}.{parts:06}" if parts else text


def _unescaped(found: re.Match[str]) -> str:
    units = bytes.fromhex("".join(_UNIT.findall(found[0])))
    return units.decode("utf-16-be", "surrogatepass")
