"""Columns for Parquet out of Python values.

``pyarrow.array`` would do, but imports pandas to see whether it was given one of its columns: tens
of megabytes of each worker process, and a part of the time it takes to start.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

CODES = {pa.int64(): "q", pa.float64(): "d"}
# Offsets into a column's bytes are 32-bit numbers.
MOST_BYTES = 2**31 - 1


def as_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    """Texts, whole numbers or floats, with None where there is none.

    Raises:
        TypeError: A value of another type.
        UnicodeEncodeError: A text with half a surrogate pair.
    """
    if values and values.count(None) == len(values):
        return pa.nulls(len(values), kind)
    if kind == pa.string():
        return texts(values)
    numbers = array(CODES[kind], [0 if value is None else value for value in values])
    return pa.Array.from_buffers(kind, len(values), [validity(values), pa.py_buffer(numbers)])


def texts(values: Sequence[str | None]) -> pa.Array | pa.ChunkedArray:
    """A column of texts; of more than two billion bytes in several chunks."""
    given = ["" if value is None else value for value in values]
    text = "".join(given)
    # Of a text in ASCII alone each character is a byte.
    sizes = [*map(len, given)] if text.isascii() else [len(value.encode()) for value in given]
    ends = list(accumulate(sizes, initial=0))
    if ends[-1] > MOST_BYTES:
        return pa.array(values, type=pa.string())
    offsets, data = pa.py_buffer(array("i", ends)), pa.py_buffer(text.encode())
    return pa.Array.from_buffers(pa.string(), len(values), [validity(values), offsets, data])


def validity(values: Sequence[Any]) -> pa.Buffer | None:
    """A bit for each value, from the lowest of each byte: whether there is one."""
    if None not in values:
        return None
    # As one large number, of which the first value is the lowest bit.
    bits = "".join(["0" if value is None else "1" for value in reversed(values)])
    return pa.py_buffer(int(bits, 2).to_bytes(-(-len(values) // 8), "little"))
