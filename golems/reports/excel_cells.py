"""Which values Excel has a cell for: numbers with all their digits, dates, booleans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

import pyarrow as pa

from golems.reports.typed import Typed

MOST_WHOLE = 2**53  # a float of 64 bits has no odd number above it
FIRST_DAY = date(1900, 3, 1)


class Exact(float):
    """A number that XlsxWriter writes with all its digits, and not with 16 of them."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def has_number(number: float | Decimal) -> bool:
    """Whether Excel has a number with these digits; NaN and infinity it hasn't."""
    if isinstance(number, int):
        return abs(number) <= MOST_WHOLE
    if isinstance(number, float):
        return isfinite(number)
    return number.is_finite() and Decimal(repr(float(number))) == Decimal(str(number))


def has_date(day: date) -> bool:
    """Whether Excel has such a date: before March 1900 it counts a day that never was."""
    if isinstance(day, datetime):
        return day.date() >= FIRST_DAY and day.tzinfo is None and day.microsecond % 1000 == 0
    return day >= FIRST_DAY


def columns_of(results: Typed) -> Iterator[list[list[object]]]:
    """The results' columns as Python has them, some rows at a time."""
    for texts, batch in results.with_texts():
        yield [as_python(*pair) for pair in zip(texts.columns, batch.columns, strict=True)]


def as_python(texts: pa.Array, values: pa.Array) -> list[object]:
    """A column's cells; as texts where Excel has no such values."""
    kind = values.type
    if pa.types.is_float32(kind):
        values = texts.cast(pa.float64())  # 0.1 rather than 0.10000000149011612
    if pa.types.is_timestamp(kind):
        try:
            values = texts if kind.tz else values.cast(pa.timestamp("us"))
        except pa.ArrowInvalid:  # of nanoseconds
            values = texts
    cells: list[object] = values.to_pylist()
    return cells
