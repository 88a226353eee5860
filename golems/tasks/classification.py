"""What text and image classification share: parameters, and scores from logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.base import LabelScore
from golems.errors import BadInput
from golems.tasks.base import Parameters

if TYPE_CHECKING:
    import torch

SCORE_DECIMALS = 8  # float32 holds no more, and shorter numbers read better in a table


@dataclass(frozen=True)
class ClassificationParameters(Parameters):
    """Attributes:
    top_k: Labels kept a row, best first; None keeps all. More than there are keeps all.
    """

    top_k: int | None = None

    def __post_init__(self) -> None:
        if self.top_k is not None and self.top_k < 1:
            raise BadInput(f"top_k is {self.top_k}; it must be 1 or more.")


def scores_of(logits: torch.Tensor, config: Any) -> torch.Tensor:
    """Scores from logits as transformers' classification pipelines choose the function.

    Regression keeps the bare value; multi-label models and those with a single logit get a sigmoid
    each; all others a softmax over the labels.

    Args:
        logits: shape = (n_rows, n_labels), any float type.

    Returns:
        float64 scores of the same shape.

    Raises:
        ValueError: A logit is not a number; a label of such a row would be an invention.
    """
    if not logits.isfinite().all():
        raise ValueError("it gave scores that are not numbers")
    values = logits.double()
    if config.problem_type == "regression":
        return values
    if config.problem_type == "multi_label_classification" or config.num_labels == 1:
        return values.sigmoid()
    return values.softmax(dim=-1)


def best_labels(
    scores: torch.Tensor, config: Any, top_k: int | None
) -> list[tuple[LabelScore, ...]]:
    """The ``top_k`` labels of each row, highest score first.

    Args:
        scores: shape = (n_rows, n_labels).
    """
    kept = min(top_k or scores.shape[1], scores.shape[1])
    # A stable sort breaks ties by label order, as the pipeline's sort does.
    values, indices = scores.sort(dim=-1, descending=True, stable=True)
    names = config.id2label
    return [
        tuple(
            LabelScore(str(names[index]), round(value, SCORE_DECIMALS))
            for value, index in zip(row_values, row_indices, strict=True)
        )
        for row_values, row_indices in zip(
            values[:, :kept].tolist(), indices[:, :kept].tolist(), strict=True
        )
    ]
