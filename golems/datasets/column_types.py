"""Types of columns as their source has them, as Arrow writes them; a column without one is text.

``int64``, ``double``, ``bool``, ``date32[day]``, ``timestamp[us]``, ``timestamp[us, tz=UTC]``,
``decimal128(10, 2)``: cells are texts inside, and exports make values of these types of them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

INT, FLOAT, BOOL, DATE, DATETIME = "int64", "double", "bool", "date32[day]", "timestamp[us]"
_BY_VALUE: dict[type, str] = {
    bool: BOOL, int: INT, float: FLOAT, date: DATE, datetime: DATETIME,
}  # fmt: skip
_WHOLE = re.compile("-?[0-9]+")
# One type for a column of two; of others it is text.
_BOTH = {frozenset((INT, FLOAT)): FLOAT, frozenset((DATE, DATETIME)): DATETIME}


def types_of_schema(schema: pa.Schema, names: Sequence[str]) -> dict[str, str]:
    """Column -> type, for the columns of a schema that aren't texts.

    Args:
        names: What the columns are called, in the schema's order.
    """
    found = zip(names, map(_of_arrow, schema.types), strict=True)
    return {name: kind for name, kind in found if kind is not None}


def _of_arrow(kind: pa.DataType) -> str | None:
    import pyarrow as pa

    of = pa.types
    if of.is_dictionary(kind):
        return _of_arrow(kind.value_type)
    if of.is_float16(kind):
        return str(pa.float32())
    if of.is_date64(kind):
        return DATE
    plain = of.is_integer(kind) or of.is_floating(kind) or of.is_boolean(kind)
    if plain or of.is_date32(kind) or of.is_timestamp(kind) or of.is_decimal128(kind):
        return str(kind)
    return None


def types_of_values(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dict[str, str]:
    """Column -> type, for columns all of whose values in some rows have one; None is no value."""
    kinds: list[set[str | None]] = [set() for _ in columns]
    for row in rows:
        for seen, value in zip(kinds, row, strict=False):
            if value is not None:
                seen.add(_BY_VALUE.get(type(value)))
    return _of_kinds(dict(zip(columns, kinds, strict=True)))


def types_of_json(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Key -> type, for keys all of whose values in some objects have one.

    Args:
        rows: Key -> value, as it is written.
    """
    kinds: dict[str, set[str | None]] = {}
    for row in rows:
        for key, written in row.items():
            if written != "null":
                kinds.setdefault(key, set()).add(_of_json(written))
    return _of_kinds(kinds)


def _of_json(written: str) -> str | None:
    if written in ("true", "false"):
        return BOOL
    if written[0] in '"[{':
        return None
    return INT if _WHOLE.fullmatch(written) else FLOAT


def _of_kinds(kinds: Mapping[str, set[str | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, seen in kinds.items():
        kind = next(iter(seen)) if len(seen) == 1 else _BOTH.get(frozenset(filter(None, seen)))
        if kind is not None and None not in seen:
            found[name] = kind
    return found
