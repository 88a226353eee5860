"""The cells of one sheet of an Excel workbook, as values: dates are dates, formulas are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from functools import lru_cache
from typing import Any, Literal

from openpyxl.cell.text import Text
from openpyxl.styles.numbers import STRIP_RE, is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel, from_ISO8601
from openpyxl.worksheet._reader import CELL_TAG, FORMULA_TAG, INLINE_STRING, ROW_TAG, VALUE_TAG
from openpyxl.xml.functions import iterparse

from golems.datasets.excel_package import Book, Missing

# Formats of dates and times that depend on an East Asian language (ECMA-376, 18.8.30): the same
# number is a date in one and a time in another.
_EAST_ASIAN = {*range(27, 37), *range(50, 59)}
_CHUNK_BYTES = 1 << 20
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?P<about>[^>]*)>\s*"
    rb"<(?:\w+:)?f\b(?P<formula>[^>]*)(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?P<value><(?:\w+:)?v\s*/>|<(?:\w+:)?v\b[^>]*>(?P<text>[^<]*)<)?"
)
_PLACE = re.compile(rb"""\br=["']([A-Z]+)""")
_ARRAY = re.compile(rb"""\bt=["']array["']""")
_AREA = re.compile(rb"""\bref=["']([A-Z]+[0-9]+:[A-Z]+[0-9]+)["']""")
_KIND = re.compile(rb"""\bt=["'](\w+)""")

Shown = Literal["date", "time", "duration"]


def read_rows(book: Book, sheet: str) -> Iterator[tuple[int, list[object]]]:
    """Stream the rows that have a value: their numbers in the sheet, and their cells' values.

    A cell is None, a text, bool, int, float, date, datetime, time or timedelta, or
    ``Missing.NOT_COMPUTED``; none follows the last one with a value.
    """
    reader = _Reader(book)
    number = 0
    with book.parts.open(book.sheets[sheet]) as part:
        for _, element in iterparse(part):
            if element.tag != ROW_TAG:
                continue
            said = element.get("r")
            number = int(float(said)) if said else number + 1
            values: list[object] = []
            column = 0
            for cell in element:
                if cell.tag != CELL_TAG:
                    continue
                place = cell.get("r")
                column = _column(place.rstrip("0123456789")) if place else column + 1
                value = reader.value_of(cell)
                if (
                    reader.areas
                    and type(value) is int
                    and value == 0
                    and reader.is_in_area(column, number)
                ):
                    value = Missing.NOT_COMPUTED
                if value is not None:
                    values.extend([None] * (column - len(values)))
                    values[column - 1] = value
            element.clear()
            if values:
                yield number, values


def formulas_without_values(book: Book, sheet: str) -> Counter[int]:
    """Count the formulas that were never computed, by column from 0.

    The sheet's text is searched rather than read: a small share of what reading its cells costs.
    """
    found: Counter[int] = Counter()
    rest = b""
    with book.parts.open(book.sheets[sheet]) as part:
        while piece := part.read(_CHUNK_BYTES):
            data, rest = rest + piece, b""
            ends = data.rfind(b"row>")
            if ends >= 0:
                data, rest = data[: ends + 4], data[ends + 4 :]
            elif len(data) < 64 * _CHUNK_BYTES:
                rest = data
                continue
            if b"<f" not in data and b":f" not in data:
                continue
            for cell in _FORMULA.finditer(data):
                kind = _KIND.search(cell["about"])
                text = (cell["text"] or b"").decode("latin-1")
                if _is_missing(
                    kind[1].decode() if kind else "n", text, cell["value"] is not None, book
                ) and (place := _PLACE.search(cell["about"])):
                    area = _ARRAY.search(cell["formula"]) and _AREA.search(cell["formula"])
                    if not area:
                        found[_column(place[1].decode()) - 1] += 1
                        continue
                    left, top, right, bottom = range_boundaries(area[1].decode())
                    for column in range(left, right + 1):
                        found[column - 1] += bottom - top + 1
    return found


def _is_missing(kind: str, text: str, has_value: bool, book: Book) -> bool:
    """Whether a formula has no value, or what XlsxWriter writes in place of one."""
    if text:
        return kind == "n" and text == "0" and book.computed_on_load
    return kind != "str" or not has_value  # a formula may well give an empty text


class _Reader:
    """Gives the values of cells' elements.

    Attributes:
        areas: Cells that one formula without a value fills: left, top, right, bottom.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self.areas: list[tuple[int, int, int, int]] = []
        self._shown = [
            _shown(code, number) for code, number in zip(book.formats, book.format_ids, strict=True)
        ]

    def value_of(self, cell: Any) -> object:
        """The value of a cell; None where it has none."""
        kind = cell.get("t", "n")
        text, has_value, formula = "", False, None
        for child in cell:
            if child.tag == VALUE_TAG:
                text, has_value = child.text or "", True
            elif child.tag == FORMULA_TAG:
                formula = child
            elif child.tag == INLINE_STRING and kind == "inlineStr":
                return Text.from_tree(child).content or None
        if formula is not None and _is_missing(kind, text, has_value, self._book):
            area = formula.get("ref", "")
            if formula.get("t") == "array" and _AREA.fullmatch(f'ref="{area}"'.encode()):
                self.areas.append(range_boundaries(area))
            return Missing.NOT_COMPUTED
        return self._typed(kind, text, int(cell.get("s", 0))) if text else None

    def is_in_area(self, column: int, row: int) -> bool:
        """Whether a cell without a formula of its own is one of such an area's."""
        return any(
            left <= column <= right and top <= row <= bottom
            for left, top, right, bottom in self.areas
        )

    def _typed(self, kind: str, text: str, style: int) -> object:
        if kind == "s":
            return self._book.strings[int(text)] or None
        how = self._shown[style] if style < len(self._shown) else None
        if kind == "n":
            number = _number(text)
            return number if how is None else _as_date(number, how, self._book.epoch)
        if kind == "d":
            return _iso(text, how)
        return text in ("1", "true") if kind == "b" else text


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


@lru_cache(maxsize=1 << 15)
def _column(letters: str) -> int:
    return int(column_index_from_string(letters))


def _shown(code: str | None, number: int) -> Shown | None:
    """As what a format shows a number; None for a number."""
    if code is None:
        return "date" if number in _EAST_ASIAN else None
    if is_timedelta_format(code):
        return "duration"
    if not is_date_format(code):
        return None
    bare = STRIP_RE.sub("", code.split(";")[0]).lower()
    return "time" if "h" in bare or "s" in bare else "date"


def _as_date(number: int | float, how: Shown, epoch: datetime) -> object:
    """A number as a date; itself where there is none, as Excel shows no date either."""
    if how != "duration" and number < 0 and epoch == WINDOWS_EPOCH:
        return number
    try:
        found = from_excel(number, epoch, timedelta=how == "duration")
    except (OverflowError, ValueError):
        return number
    return _without_midnight(found, how)


def _iso(text: str, how: Shown | None) -> object:
    """The value of a cell that holds a date as ISO 8601; the text where it is none."""
    try:
        return _without_midnight(from_ISO8601(text), how)
    except (ValueError, TypeError):
        return text


def _without_midnight(value: object, how: Shown | None) -> object:
    """A date alone where the cell's format shows no time, and there is none."""
    if how == "date" and isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
