"""Arrow columns as text: exact, and a bad cell spoils its own row only."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.datasets.csv_columns import unique_names
from golems.datasets.names import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

_BYTES = "bytes"
_PATH = "path"
_OUT_OF_RANGE = "<value out of range"  # as Arrow writes it


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a batch.

    Attributes:
        texts: A text or None for every row.
        errors: Row -> why its text isn't as in the file.
        data: A picture's bytes or None for every row, in a column of pictures.
    """

    texts: list[str | None]
    errors: dict[int, str]
    data: list[bytes | None] | None = None


def holds_pictures(kind: pa.DataType) -> bool:
    """Whether a column holds bytes, bare or as ``datasets`` writes pictures: {bytes, path}."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        names = {kind.field(place).name: kind.field(place).type for place in range(len(kind))}
        return names.keys() == {_BYTES, _PATH} and _is_binary(names[_BYTES])
    return _is_binary(kind)


def read_cells(name: str, column: pa.Array, *, pictures: bool) -> Cells:
    """Turn a column of a batch into texts, whatever is in it.

    Args:
        name: The column's name, for reasons.
        column: Of any type.
        pictures: Whether to give the bytes in ``data``, for the column of the content.
    """
    import pyarrow as pa

    if holds_pictures(column.type) and (pictures or pa.types.is_struct(column.type)):
        return _pictures(column, keep=pictures)
    errors: dict[int, str] = {}
    texts = _texts(column, errors)
    reasons = {row: f"The text in column {name!r} {reason}." for row, reason in errors.items()}
    return Cells(texts, reasons)


def _texts(column: pa.Array, errors: dict[int, str]) -> list[str | None]:
    """Texts of any column; ``errors`` gets why one isn't as in the file."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.UuidType):
        return [None if value is None else str(value) for value in column.to_pylist()]
    if isinstance(kind, pa.BaseExtensionType):
        return _texts(column.storage, errors)
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode(), errors)
    if pa.types.is_nested(kind):
        return [_as_json(value) for value in _values(column, errors)]
    if _is_binary(kind):
        return _of_bytes(column, errors, _replaced_or_size)
    texts = _cast(column, errors)
    if pa.types.is_temporal(kind):
        for row, text in enumerate(texts):
            if text is not None and text.startswith(_OUT_OF_RANGE):
                errors[row] = f"is no date or time that can be written: {text.strip('<>')}"
    return texts


def _cast(column: pa.Array, errors: dict[int, str]) -> list[str | None]:
    """Numbers as short as they are exact, times as ISO 8601."""
    import pyarrow as pa

    kind = column.type
    try:
        found: list[str | None] = column.cast(pa.string()).to_pylist()
        return found
    except UnicodeDecodeError:
        return _of_bytes(column.cast(pa.large_binary()), errors, _replaced)
    except pa.ArrowInvalid:
        if pa.types.is_timestamp(kind):  # in a zone that has no rules here: the same time in UTC
            return _cast(column.cast(pa.timestamp(kind.unit, _fixed(kind.tz))), errors)
        as_bytes = column.cast(pa.string(), safe=False).cast(pa.large_binary())
        return _of_bytes(as_bytes, errors, _replaced)
    except pa.ArrowNotImplementedError:
        return [_plain(value) for value in column.to_pylist()]


def _fixed(zone: str) -> str:
    """A zone as hours from UTC where its name says them: ``GMT+05:00``; else UTC."""
    found = re.fullmatch(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?", zone.strip(), re.IGNORECASE)
    if found is None or int(found[2]) > 23:
        return "UTC"
    return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"


def _values(column: pa.Array, errors: dict[int, str]) -> list[Any]:
    """What JSON can hold of a column: lists and objects, with texts for what isn't a number."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType) and not isinstance(kind, pa.UuidType):
        return _values(column.storage, errors)
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode(), errors)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        found: list[Any] = column.to_pylist()
        return found
    if pa.types.is_struct(kind):
        # A field's name may come twice, which is no key then.
        names, _ = unique_names([printable(kind.field(n).name) for n in range(len(kind))])
        parts = [_values(column.field(n), errors) for n in range(len(kind))]
        valid = column.is_valid().to_pylist()
        return [
            {name: part[row] for name, part in zip(names, parts, strict=True)} if there else None
            for row, there in enumerate(valid)
        ]
    if pa.types.is_nested(kind):
        return [
            None if not cell.is_valid else _elements(cell, column, row, errors)
            for row, cell in enumerate(column)
        ]
    texts = _of_bytes(column, errors, _base64) if _is_binary(kind) else _texts(column, errors)
    return list(texts)


def _elements(cell: Any, column: pa.Array, row: int, errors: dict[int, str]) -> Any:
    import pyarrow as pa

    wrong: dict[int, str] = {}
    kind = column.type
    if pa.types.is_map(kind):
        # As pairs: a key may be anything, and may come twice.
        pairs = cell.values
        found: Any = [
            [key, value]
            for key, value in zip(
                _values(pairs.field(0), wrong), _values(pairs.field(1), wrong), strict=True
            )
        ]
    elif hasattr(cell, "values") and isinstance(cell.values, pa.Array):
        found = _values(cell.values, wrong)
    else:  # a union or the like
        found = _plain(cell.as_py())
    if wrong:
        errors[row] = next(iter(wrong.values()))
    return found


def _is_binary(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _pictures(column: pa.Array, *, keep: bool) -> Cells:
    """Take the bytes of pictures; what is shown of one is its path, else its size."""
    import pyarrow as pa
    import pyarrow.compute as pc

    paths: list[Any] = [None] * len(column)
    if pa.types.is_struct(column.type):
        names = [column.type.field(place).name for place in range(len(column.type))]
        # Not flattened by hand: a missing picture has no path either.
        data, path = (pc.struct_field(column, names.index(part)) for part in (_BYTES, _PATH))
        paths = read_cells(_PATH, path, pictures=False).texts
    else:
        data = column
    held = data.to_pylist()
    texts = [
        path or (None if value is None else _size(value))
        for path, value in zip(paths, held, strict=True)
    ]
    return Cells(texts, {}, held if keep else None)


def _of_bytes(
    column: pa.Array, errors: dict[int, str], instead: Callable[[bytes], str]
) -> list[str | None]:
    """Bytes as the text they are in UTF-8; others as ``instead`` shows them."""
    texts: list[str | None] = []
    for row, value in enumerate(column.to_pylist()):
        try:
            texts.append(None if value is None else value.decode())
        except UnicodeDecodeError:
            errors[row] = "is not valid UTF-8"
            texts.append(instead(value))
    return texts


def _replaced(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _replaced_or_size(value: bytes) -> str:
    """A text in another encoding as far as it can be read; of what is no text, its size."""
    text = _replaced(value)
    return _size(value) if "\0" in text or text.count("\ufffd") * 5 > len(text) else text


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _size(value: bytes) -> str:
    return f"{len(value):,} bytes"


def _as_json(value: object) -> str | None:
    if value is None:
        return None
    return printable(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str | None:
    if isinstance(value, bytes):
        return _base64(value)
    return None if value is None else printable(str(value))
