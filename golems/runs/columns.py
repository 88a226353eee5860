"""Results as columns: their names, their types, and a prediction as a row of them.

Inside the parts the original columns are called ``original_0``, ``original_1``, ..., and the
results by their own names, so that no name out of a person's file ever reaches SQL or a library
that takes ``Text`` and ``text`` for one column or ``a.b`` for a nested one. What people see and
download has the names of ``shown_names``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

import pyarrow as pa

from golems.base import Classification, LabelScore, Outcome, Row
from golems.runs.arrays import as_array
from golems.runs.manifest import Manifest
from golems.tasks import task_class

SUFFIX = "_golem"
PLACE = "place"  # of a row in its dataset, from 0
# In the order in which people see them.
TYPES = {
    "predicted_label": pa.string(),
    "predicted_score": pa.float64(),
    "predicted_scores": pa.string(),
    "generated_text": pa.string(),
    "error": pa.string(),
    "tokens": pa.int64(),
    "tokens_dropped": pa.int64(),
}

NOTHING_YET: dict[str, Any] = dict.fromkeys(TYPES)


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
    for result in (name for name in TYPES if name in given):
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
    """Label -> score as JSON, best first; a label's second occurrence is called ``label (2)``."""
    mapping: dict[str, float] = {}
    for entry in scores:
        label, times = entry.label, 1
        while label in mapping:
            times += 1
            label = f"{entry.label} ({times})"
        mapping[label] = entry.score
    # As json.dumps has it, but labels come again and again.
    entries = [f"{in_quotes(label)}: {number(score)}" for label, score in mapping.items()]
    return f"{{{', '.join(entries)}}}"


def number(score: float) -> str:
    """A score as JSON, by Python's lights: ``NaN`` and ``Infinity`` too."""
    return repr(score) if type(score) is float and isfinite(score) else json.dumps(score)


@lru_cache(maxsize=4096)
def in_quotes(label: str) -> str:
    """A text as JSON."""
    return json.dumps(label, ensure_ascii=False)


def result_values(outcome: Outcome) -> dict[str, Any]:
    """One outcome by result; what it doesn't have is None."""
    prediction = outcome.prediction
    values: dict[str, Any] = NOTHING_YET.copy()
    values["error"] = outcome.error
    if prediction is None:
        return values
    values["tokens"] = prediction.tokens
    values["tokens_dropped"] = prediction.tokens_dropped
    if isinstance(prediction, Classification):
        values["predicted_label"] = prediction.label
        values["predicted_score"] = prediction.score
        values["predicted_scores"] = scores_json(prediction.scores)
    else:
        values["generated_text"] = prediction.generated_text
    return values


def as_table(
    manifest: Manifest, rows: Sequence[Row], results: Sequence[Mapping[str, Any]]
) -> pa.Table:
    """Rows with their results by name, as a part holds them."""
    columns: list[list[object]] = [[row.index for row in rows]]
    columns += [[row.fields[name] for row in rows] for name in manifest.dataset.columns]
    columns += [[values[result] for values in results] for result in manifest.result_columns]
    fields = schema(manifest)
    arrays = [as_array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=fields)
