"""Results as columns: their names, their types, and a prediction as a row of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa

from golems.base import Classification, LabelScore, Outcome
from golems.runs.manifest import Manifest

SUFFIX = "_golem"
TYPES = {
    "predicted_label": pa.string(),
    "predicted_score": pa.float64(),
    "predicted_scores": pa.string(),
    "generated_text": pa.string(),
    "error": pa.string(),
    "tokens": pa.int64(),
    "tokens_dropped": pa.int64(),
}
BY_TASK = {
    "text-classification": (
        "predicted_label", "predicted_score", "predicted_scores", "error", "tokens",
        "tokens_dropped",
    ),
    "image-classification": ("predicted_label", "predicted_score", "predicted_scores", "error"),
    "text-generation": ("generated_text", "error", "tokens", "tokens_dropped"),
}  # fmt: skip


def free_name(name: str, taken: Collection[str]) -> str:
    """``name``, with the suffix ``_golem`` as often as it takes not to clash."""
    while name in taken:
        name += SUFFIX
    return name


def result_columns(task: str, originals: Sequence[str]) -> dict[str, str]:
    """Result -> its column beside the original columns."""
    names: dict[str, str] = {}
    for result in BY_TASK[task]:
        names[result] = free_name(result, [*originals, *names.values()])
    return names


def schema(manifest: Manifest) -> pa.Schema:
    """Schema of a run's parts: the row's place, the original columns as text, the results."""
    return pa.schema(
        [
            pa.field(manifest.row_column, pa.int64()),
            *(pa.field(name, pa.string()) for name in manifest.dataset.columns),
            *(
                pa.field(column, TYPES[result])
                for result, column in manifest.result_columns.items()
            ),
        ]
    )


def scores_json(scores: Sequence[LabelScore]) -> str:
    """Label -> score as JSON, best first; a label's second occurrence is called ``label (2)``."""
    mapping: dict[str, float] = {}
    for entry in scores:
        label, times = entry.label, 1
        while label in mapping:
            times += 1
            label = f"{entry.label} ({times})"
        mapping[label] = entry.score
    return json.dumps(mapping, ensure_ascii=False)


def result_values(outcome: Outcome) -> dict[str, Any]:
    """One outcome by result; what it doesn't have is None."""
    prediction = outcome.prediction
    values: dict[str, Any] = dict.fromkeys(TYPES)
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
