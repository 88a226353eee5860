"""Results as columns: their names, their types, and a prediction as a row of them.

Inside the parts the original columns are called ``original_0``, ``original_1``, ..., and the
results by their own names, so that no name out of a person's file ever reaches SQL or a library
that takes ``Text`` and ``text`` for one column or ``a.b`` for a nested one. What people see and
download has the names of ``shown_names``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

import pyarrow as pa

from golems.base import Classification, LabelScore, Outcome, Row
from golems.runs.arrays import as_array
from golems.runs.manifest import Manifest
from golems.tasks import task_class

SUFFIX = "_golem"
PLACE = "place"  # of a row in its dataset, from 0


class Result(NamedTuple):
    """What is kept of one row, in the order in which people see it; what there isn't is None."""

    predicted_label: str | None = None
    predicted_score: float | None = None
    predicted_scores: str | None = None
    generated_text: str | None = None
    error: str | None = None
    tokens: int | None = None
    tokens_dropped: int | None = None
    note: str | None = None


TYPES = {
    "predicted_label": pa.string(),
    "predicted_score": pa.float64(),
    "predicted_scores": pa.string(),
    "generated_text": pa.string(),
    "error": pa.string(),
    "tokens": pa.int64(),
    "tokens_dropped": pa.int64(),
    "note": pa.string(),
}


def free_name(name: str, taken: Collection[str]) -> str:
    """``name``, with the suffix ``_golem`` as often as it takes not to clash.

    Names that differ in case alone clash too: most databases take them for one.
    """
    folded = {one.casefold() for one in taken}
    while name.casefold() in folded:
        name += SUFFIX
    return name


def result_columns(task: str, originals: Sequence[str]) -> dict[str, str]:
    """Result -> its column beside the original columns."""
    names: dict[str, str] = {}
    given = {*task_class(task).results, "error"}
    for result in (name for name in Result._fields if name in given):
        names[result] = free_name(result, [*originals, *names.values()])
    return names


def original_columns(manifest: Manifest) -> list[str]:
    """The original columns as the parts call them."""
    return [f"original_{place}" for place in range(len(manifest.dataset.columns))]


def schema(manifest: Manifest) -> pa.Schema:
    """Schema of a run's parts: the row's place, the original columns as text, the results."""
    return pa.schema(
        [
            pa.field(PLACE, pa.int64()),
            *(pa.field(name, pa.string()) for name in original_columns(manifest)),
            *(pa.field(result, TYPES[result]) for result in manifest.result_columns),
        ]
    )


def shown_names(manifest: Manifest) -> dict[str, str]:
    """Column of the parts -> what people see, in the order of the parts."""
    originals = zip(original_columns(manifest), manifest.dataset.columns, strict=True)
    return {PLACE: manifest.row_column, **dict(originals), **manifest.result_columns}


def scores_json(scores: Sequence[LabelScore]) -> str:
    """Label -> score as JSON, best first; a label's second occurrence is called ``label (2)``.

    By Python's lights: ``NaN`` and ``Infinity`` too.
    """
    values = [entry.score for entry in scores]
    plain = {*map(type, values)} == {float} and isfinite(sum(values))
    labels = tuple([entry.label for entry in scores])
    return layout(labels) % tuple(map(repr if plain else json.dumps, values))


@lru_cache(maxsize=4096)
def layout(labels: tuple[str, ...]) -> str:
    """The JSON of scores with ``%s`` in place of each; the same labels come again and again."""
    names: dict[str, None] = {}
    for label in labels:
        name, times = label, 1
        while name in names:
            times += 1
            name = f"{label} ({times})"
        names[name] = None
    return f"{{{', '.join(in_quotes(name).replace('%', '%%') + ': %s' for name in names)}}}"


@lru_cache(maxsize=4096)
def in_quotes(label: str) -> str:
    """A text as JSON."""
    return json.dumps(label, ensure_ascii=False)


def result_of(outcome: Outcome) -> Result:
    """One outcome as it is kept."""
    prediction = outcome.prediction
    if prediction is None:
        return Result(error=outcome.error)
    if isinstance(prediction, Classification):
        return Result(
            prediction.label,
            prediction.score,
            scores_json(prediction.scores),
            None,
            outcome.error,
            prediction.tokens,
            prediction.tokens_dropped,
            prediction.note,
        )
    return Result(
        generated_text=prediction.generated_text,
        error=outcome.error,
        tokens=prediction.tokens,
        tokens_dropped=prediction.tokens_dropped,
        note=prediction.note,
    )


def as_table(manifest: Manifest, rows: Sequence[Row], results: Sequence[Result]) -> pa.Table:
    """Rows with their results, as a part holds them."""
    of_results = zip(*results, strict=True) if results else [()] * len(Result._fields)
    by_name = dict(zip(Result._fields, of_results, strict=True))
    columns: list[Sequence[object]] = [[row.index for row in rows]]
    columns += [[row.fields[name] for row in rows] for name in manifest.dataset.columns]
    columns += [by_name[result] for result in manifest.result_columns]
    fields = schema(manifest)
    arrays = [as_array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=fields)
