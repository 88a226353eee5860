"""The original columns of results as what they were in their source: numbers, dates, booleans.

Inside a run every original cell is text. A column whose source had a type gets it back in exports
where each of its texts is a value of that type, and stays text otherwise: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from golems.reports.export import batches_of, shown_schema
from golems.runs import Manifest, Run
from golems.runs.columns import PLACE, original_columns, schema

# As JSON, Arrow and Python write them; a text such as 007 is no number.
NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
NO_NUMBER = r"^(nan|NaN|[+-]?inf|-?Infinity)$"
BESIDE_DIGITS = r"[eE].*$|^-?[0.]*|\."
MOST_DIGITS = 17  # that a float of 64 bits can tell apart
BOOLEANS = pa.array(["TRUE", "FALSE", "true", "false"])
TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]")
DECIMAL = re.compile(r"decimal128\((\d+), (-?\d+)\)")
PLAIN = {
    str(kind): kind
    for kind in (
        pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
        pa.uint64(), pa.float32(), pa.float64(), pa.bool_(), pa.date32(),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """A run's results with types.

    Attributes:
        types: Original column, as the parts call it -> its type; the others are texts.
    """

    run: Run
    manifest: Manifest
    types: dict[str, pa.DataType]

    @property
    def schema(self) -> pa.Schema:
        """Names that people know, and types."""
        inside = [name for name in schema(self.manifest).names if name != PLACE]
        return pa.schema(
            [
                field.with_type(self.types.get(name, field.type))
                for name, field in zip(inside, shown_schema(self.manifest), strict=True)
            ]
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The results in order, some rows at a time.

        Raises:
            RunFailed: A part is missing or damaged.
        """
        return (batch for _, batch in self.with_texts())

    def with_texts(self) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
        """As ``batches``, each behind the same rows with the original columns as texts."""
        for batch in batches_of(self.run, self.manifest):
            columns = [
                as_typed(column, self.types[name]) if name in self.types else column
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
            ]
            yield batch, pa.record_batch(columns, names=batch.schema.names)


def typed(run: Run, manifest: Manifest) -> Typed:
    """Find which columns can have the types of their source, by reading those columns once.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    said = manifest.dataset.types
    inside = zip(original_columns(manifest), manifest.dataset.columns, strict=True)
    types = {
        name: kind
        for name, shown in inside
        if (kind := arrow_type(said.get(shown, ""))) is not None
    }
    if not types:
        return Typed(run, manifest, {})
    for batch in batches_of(run, manifest, only=list(types)):
        for name in batch.schema.names:
            if name in types and not _fits(batch[name], types[name]):
                del types[name]
        if not types:
            break
    return Typed(run, manifest, types)


def arrow_type(said: str) -> pa.DataType | None:
    """A type as a manifest names it; None for texts."""
    if found := TIMESTAMP.fullmatch(said):
        return pa.timestamp(found[1], found[2])
    if found := DECIMAL.fullmatch(said):
        return pa.decimal128(int(found[1]), int(found[2]))
    return PLAIN.get(said)


def _fits(texts: pa.StringArray, kind: pa.DataType) -> bool:
    try:
        as_typed(texts, kind)
    except pa.ArrowInvalid:
        return False
    return True


def as_typed(texts: pa.StringArray, kind: pa.DataType) -> pa.Array:
    """Texts as values.

    Raises:
        pyarrow.ArrowInvalid: One of them is no such value, or would not be the same.
    """
    if pa.types.is_boolean(kind):
        _refuse_unless(pc.is_in(texts.drop_null(), BOOLEANS))
        return pc.equal(pc.utf8_lower(texts), "true")
    values = texts.cast(kind)
    if pa.types.is_floating(kind):
        _refuse_other_numbers(texts, values)
    elif not (pa.types.is_timestamp(kind) and kind.tz is None):
        # Written again it is the same text: no sign, zero or second was lost.
        _refuse_unless(pc.equal(values.cast(pa.string()), texts))
    return values


def _refuse_other_numbers(texts: pa.StringArray, values: pa.Array) -> None:
    finite = pc.match_substring_regex(texts, NUMBER)
    _refuse_unless(pc.or_(finite, pc.match_substring_regex(texts, NO_NUMBER)))
    _refuse_unless(pc.equal(finite, pc.is_finite(values)))
    digits = pc.replace_substring_regex(texts, BESIDE_DIGITS, "")
    _refuse_unless(pc.less_equal(pc.utf8_length(digits), MOST_DIGITS))


def _refuse_unless(so: pa.BooleanArray) -> None:
    if not pc.all(so, min_count=0).as_py():
        raise pa.ArrowInvalid("A text is no value of the column's type.")
