"""A run's results as an Excel file: texts stay texts, and what Excel can't hold is told of."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Generator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from golems.errors import BadInput
from golems.reports.about import about
from golems.reports.excel_cells import Exact, columns_of, has_date, has_number
from golems.reports.export import shown_schema
from golems.reports.typed import typed
from golems.runs import Run

# Microsoft, Excel specifications and limits; one row is the header's.
MOST_ROWS = 2**20 - 1
MOST_COLUMNS = 2**14
MOST_UNITS = 32_767  # of UTF-16 in a cell
MOST_NOTED = 1000
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n?")
ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
CUT = "cut after 32,767 characters"
REPLACED = "signs that Excel can't hold replaced by \N{REPLACEMENT CHARACTER}"
ENDED = "carriage returns written as line feeds"


def write_excel(run: Run, path: Path) -> None:
    """Write the results as an Excel file with the sheets Results, About and Notes.

    No cell is a formula or a link. Numbers, dates and booleans of the source are such cells again,
    with all their digits; what Excel has no such cell for (whole numbers above 2^53, times with a
    zone or less than a millisecond, dates before March 1900) is text. Notes says which cells are
    not as they were: cut, or without signs that Excel can't hold.

    Raises:
        BadInput: There are more rows or columns than a sheet has.
        RunFailed: A part is missing or damaged.
        OSError: The file can't be written.
    """
    for _ in excel_steps(run, path):
        pass


def excel_steps(run: Run, path: Path) -> Generator[int, None, None]:
    """What ``write_excel`` does, with a halt now and then; gives the rows written so far.

    Whoever gives up at a halt leaves nothing behind but an empty file.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    manifest = run.manifest()
    names = shown_schema(manifest).names
    refuse_too_large(run.counts().rows, len(names))
    yield 0
    with (
        path.open("wb") as file,
        tempfile.TemporaryDirectory(prefix="pantheon-excel-", ignore_cleanup_errors=True) as folder,
    ):
        book = Workbook(
            file,
            {
                "constant_memory": True, "tmpdir": folder, "strings_to_formulas": False,
                "strings_to_urls": False, "strings_to_numbers": False, "use_zip64": True,
            },
        )  # fmt: skip
        sheet = Sheet(book, "Results", names)
        for columns in columns_of(typed(run, manifest)):
            for cells in zip(*columns, strict=True):
                sheet.add(cells)
            yield sheet.rows
        sheet.texts_that_look_like_numbers()
        facts = Sheet(book, "About", ["", ""], widths=(28, 80))
        for fact in about(run, manifest):
            facts.add(fact)
        draw_notes(book, sheet)
        try:
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error


def refuse_too_large(rows: int, columns: int) -> None:
    """See that a sheet has room.

    Raises:
        BadInput: It hasn't.
    """
    for what, there, most in (("rows", rows, MOST_ROWS), ("columns", columns, MOST_COLUMNS)):
        if there > most:
            raise BadInput(
                f"The run has {there:,} {what}, and a sheet of Excel holds {most:,}. Take the "
                "results as CSV or Parquet instead."
            )


class Sheet:
    """A sheet that is written row by row.

    Attributes:
        rows: Written so far, the header not counted.
        changed: What was done to cells that aren't as they were -> how many.
        noted: The first of them: row of the sheet, column, what was done.
    """

    def __init__(
        self, book: Any, name: str, header: list[str], widths: tuple[int, ...] = ()
    ) -> None:
        self._sheet = book.add_worksheet(name)
        self._plain = book.add_format()
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._part = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._header = header
        self.rows = 0
        self.changed: Counter[str] = Counter()
        self.noted: list[tuple[int, str, str]] = []
        for column, width in zip(range(len(header)), widths or (22,) * len(header), strict=True):
            self._sheet.set_column(column, column, width)
        if any(header):
            self._sheet.freeze_panes(1, 0)
            bold = book.add_format({"bold": True})
            for column, title in enumerate(header):
                self._write_text(0, column, title, bold)

    def add(self, cells: tuple[object, ...]) -> None:
        """Write the next row; None is an empty cell."""
        row = self.rows + 1 if any(self._header) else self.rows
        self.rows += 1
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._write_text(row, column, cell)
            elif isinstance(cell, bool):
                self._sheet.write_boolean(row, column, cell)
            elif isinstance(cell, date) and has_date(cell):
                self._write_date(row, column, cell)
            elif isinstance(cell, int | float | Decimal) and has_number(cell):
                number = cell if isinstance(cell, int) else Exact(cell)
                self._sheet.write_number(row, column, number)
            elif cell is not None:
                self._write_text(row, column, str(cell))

    def _write_date(self, row: int, column: int, day: date) -> None:
        style = self._date
        if isinstance(day, datetime):
            style = self._part if day.microsecond else self._time
        self._sheet.write_datetime(row, column, day, style)

    def _write_text(self, row: int, column: int, text: str, style: Any = None) -> None:
        if len(text) > MOST_UNITS // 2 or ODD.search(text):
            text, changes = as_held(text)
            for change in changes:
                self.changed[change] += 1
                if len(self.noted) < MOST_NOTED:
                    self.noted.append((row + 1, self._header[column], change))
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for XML of its own and writes it as it is.
            self._sheet.write_rich_string(row, column, text[:1], self._plain, text[1:])
        else:
            self._sheet.write_string(row, column, text, style)

    def texts_that_look_like_numbers(self) -> None:
        """Have Excel put no mark of an error at each number that is a text."""
        from xlsxwriter.utility import xl_range

        area = xl_range(0, 0, max(self.rows, 1), max(len(self._header) - 1, 0))
        self._sheet.ignore_errors({"number_stored_as_text": area})


def as_held(text: str) -> tuple[str, list[str]]:
    """A text as Excel can hold it, and what was done to it."""
    changes = []
    for what, pattern, instead in ((REPLACED, NOT_IN_XML, "\ufffd"), (ENDED, LINE_ENDS, "\n")):
        text, times = pattern.subn(instead, text)
        if times:
            changes.append(what)
    units = text.encode("utf-16-le")
    if len(units) > 2 * MOST_UNITS:
        # Half a pair of surrogates is left out too.
        text = units[: 2 * MOST_UNITS].decode("utf-16-le", "ignore")
        changes.append(CUT)
    return text, changes


def draw_notes(book: Any, results: Sheet) -> None:
    """Write the sheet that says which cells of the results are not as they were."""
    notes = Sheet(book, "Notes", ["Row", "Column", "What was done"], widths=(12, 40, 80))
    if not results.changed:
        notes.add((None, None, "Every cell is as it is in the run."))
        return
    for change in (CUT, REPLACED, ENDED):
        if cells := results.changed[change]:
            notes.add((None, None, f"{cells:,} {'cell' if cells == 1 else 'cells'}: {change}."))
    notes.add((None, None, "They are whole in the run's CSV, Parquet and JSON Lines files."))
    total = sum(results.changed.values())
    if total > len(results.noted):
        notes.add((None, None, f"The first {len(results.noted):,} of them:"))
    for noted in results.noted:
        notes.add(noted)
