"""From a rehearsal to what the whole run takes."""

from __future__ import annotations

from collections.abc import Sequence

from golems.batching import plan
from golems.preflight.rehearsal import Rehearsal, TimedBatch
from golems.tasks import BatchLimits


def predicted_seconds(
    rehearsal: Rehearsal,
    costs: Sequence[int],
    *,
    rows: int,
    to_compute: int,
    window: int,
    limits: BatchLimits,
) -> float | None:
    """Seconds that a run predicts, without the loading of its golem.

    Args:
        costs: Of the dataset's rows in their order, all or a sample.
        rows: Of the dataset.
        to_compute: Rows that the model will see.
        window: Rows committed together.

    Returns:
        None where no batch was rehearsed although the model will see rows.
    """
    around = rows * (rehearsal.read_s + rehearsal.keep_s) + to_compute * rehearsal.encode_s
    if not to_compute or not costs:
        return around
    if not rehearsal.batches:
        return None
    law = fitted(rehearsal.batches)
    # Of a window some rows are known or can't be read; the others are planned together.
    together = max(1, round(window * to_compute / rows))
    forward = 0.0
    for first in range(0, len(costs), together):
        group = costs[first : first + together]
        for batch in plan(group, limits):
            forward += seconds_of(law, len(batch) * group[batch[0]], group[batch[0]])
    return around + rehearsal.warm_up_s + forward / len(costs) * to_compute


Law = tuple[float, float, float]


def seconds_of(law: Law, cost: int, dearest: int) -> float:
    """Seconds of a batch: some for itself, some a token, and for attention some a pair of them."""
    return law[0] + law[1] * cost + law[2] * cost * dearest


def fitted(batches: Sequence[TimedBatch]) -> Law:
    """The law of batches that were timed: least squares without negative parts.

    Args:
        batches: At least one.
    """
    import numpy as np

    seconds = np.array([batch.seconds for batch in batches])
    parts = np.array([(1.0, batch.cost, batch.cost * batch.dearest) for batch in batches])
    best: tuple[float, Law] = (float("inf"), (0.0, float(seconds.sum() / parts[:, 1].sum()), 0.0))
    for used in ([1], [0, 1], [1, 2], [0, 1, 2]):
        if len(batches) < len(used):
            continue
        found, *_ = np.linalg.lstsq(parts[:, used], seconds, rcond=None)
        law = np.zeros(3)
        law[used] = found
        error = float(((parts @ law - seconds) ** 2).sum())
        if (found >= 0).all() and error < best[0]:
            best = (error, (float(law[0]), float(law[1]), float(law[2])))
    return best[1]
