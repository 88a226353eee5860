"""Arrow columns as text: exact, and a bad cell spoils its own row only."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.datasets.names import printable

if TYPE_CHECKING:
    import pyarrow as pa

_BYTES = "bytes"
_PATH = "path"


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
    """Turn a column of a batch into texts.

    Args:
        name: The column's name, for reasons.
        column: Of any type.
        pictures: Whether to give the bytes in ``data``, for the column of the content.
    """
    if holds_pictures(column.type):
        return _pictures(column, keep=pictures)
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_nested(kind):
        return Cells([_as_json(value) for value in column.to_pylist()], {})
    try:
        # Numbers come as short as they are exact, times as ISO 8601.
        return Cells(column.cast(pa.string()).to_pylist(), {})
    except UnicodeDecodeError:
        return _undecodable(name, column)
    except pa.ArrowInvalid:
        return _undecodable(name, column.cast(pa.string(), safe=False))
    except pa.ArrowNotImplementedError:
        return Cells([_plain(value) for value in column.to_pylist()], {})


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
    sizes = pc.binary_length(data).to_pylist()
    texts = [
        path or (None if size is None else f"{size:,} bytes")
        for path, size in zip(paths, sizes, strict=True)
    ]
    return Cells(texts, {}, data.to_pylist() if keep else None)


def _undecodable(name: str, column: pa.Array) -> Cells:
    """Cell by cell, for a column in which one is no UTF-8."""
    import pyarrow as pa

    texts: list[str | None] = []
    errors: dict[int, str] = {}
    for place, value in enumerate(column.cast(pa.large_binary()).to_pylist()):
        text = None if value is None else value.decode("utf-8", "replace")
        if text is not None and text.encode() != value:
            errors[place] = f"The text in column {name!r} is not valid UTF-8."
        texts.append(text)
    return Cells(texts, errors)


def _as_json(value: object) -> str | None:
    if value is None:
        return None
    return printable(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str | None:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return None if value is None else printable(str(value))
