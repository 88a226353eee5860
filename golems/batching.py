"""Batches of rows of like cost, and what to do when one row spoils its batch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from golems.base import Outcome, Prediction, Row
from golems.errors import BadRow, GolemError, OutOfMemory
from golems.loading import is_out_of_memory
from golems.tasks.base import BatchLimits, Parameters, Task

log = logging.getLogger(__name__)


def plan(costs: Sequence[int], limits: BatchLimits) -> list[list[int]]:
    """Group rows of like cost so that little is padded.

    Args:
        costs: Cost of each row, >= 1.
        limits: Largest padded cost and most rows of a batch.

    Returns:
        Places in ``costs``, each once, dearest batch first: if memory runs out, it does so at once.
    """
    order = sorted(range(len(costs)), key=lambda place: (-costs[place], place))
    batches: list[list[int]] = []
    for place in order:
        # The first row of a batch is its dearest, so it sets what each further row costs padded.
        last = batches[-1] if batches else None
        if (
            last is not None
            and len(last) < limits.rows
            and costs[last[0]] * (len(last) + 1) <= limits.cost
        ):
            last.append(place)
        else:
            batches.append([place])
    return batches


def predict_rows(
    task: Task[Any, Any],
    rows: Iterable[Row],
    parameters: Parameters,
    *,
    limits: BatchLimits | None = None,
    keep_going: Callable[[int], bool] = lambda _: True,
) -> list[Outcome] | None:
    """Predict one window of rows; each row ends as a prediction or a reason.

    Args:
        rows: n rows; those with an ``error`` of their own are passed through.
        keep_going: Called after every batch with the rows done so far; False leaves the window.

    Returns:
        n outcomes in the order of the rows, or None if ``keep_going`` said so before the end.

    Raises:
        GolemError: The fault is not a row's, e.g. a parameter that this checkpoint can't use.
    """
    outcomes: list[Outcome | None] = []
    encoded: dict[int, Any] = {}
    for place, row in enumerate(rows):
        outcomes.append(None)
        if row.error is not None or row.content is None:
            outcomes[place] = Outcome(None, row.error or "The row holds nothing.")
            continue
        try:
            encoded[place] = task.encode(row.content, parameters)
        except BadRow as error:
            outcomes[place] = Outcome(None, str(error))
        except (AssertionError, GolemError):
            raise
        except Exception as error:  # no row's oddity must cost the others
            log.warning("Row %d could not be encoded.", row.index, exc_info=True)
            outcomes[place] = Outcome(None, reason(error))
    places = list(encoded)
    batches = plan([task.cost(encoded[place]) for place in places], limits or task.limits)
    done = len(outcomes) - len(encoded)
    for batch in batches:
        members = [places[index] for index in batch]
        results = forward_or_split(task, [encoded[place] for place in members], parameters)
        for place, outcome in zip(members, results, strict=True):
            outcomes[place] = outcome
        done += len(members)
        if not keep_going(done):
            return None
    return [outcome for outcome in outcomes if outcome is not None]


def forward_or_split(
    task: Task[Any, Any], batch: list[Any], parameters: Parameters
) -> list[Outcome]:
    """Predict a batch; when it raises, halve it until the culprit is alone.

    Raises:
        RuntimeError: The device itself failed, so that no further row can be predicted.
    """
    try:
        predictions: list[Prediction] = task.decode(
            task.forward(batch, parameters), batch, parameters
        )
        if len(predictions) != len(batch):
            raise AssertionError(f"{len(predictions)} predictions for {len(batch)} rows.")
    except (AssertionError, GolemError):
        raise
    except Exception as error:  # whatever a model raises for one row must not cost the others
        if is_device_fault(error):
            raise
        log.warning("A batch of %d failed.", len(batch), exc_info=True)
        if len(batch) == 1:
            return [Outcome(None, reason(error))]
        free_memory()
        half = len(batch) // 2
        return [
            outcome
            for part in (batch[:half], batch[half:])
            for outcome in forward_or_split(task, part, parameters)
        ]
    return [Outcome(prediction) for prediction in predictions]


def reason(error: Exception) -> str:
    """Why a row failed inside the model, in a sentence."""
    if is_out_of_memory(error):
        return str(OutOfMemory("The row is too large for the memory of this device."))
    first_line = (str(error).strip().splitlines() or ["no message"])[0]
    return f"The model failed on this row ({type(error).__name__}: {first_line[:200]})."


def is_device_fault(error: Exception) -> bool:
    """After these the device can't be used again in this process; a retry would only hide it."""
    text = str(error)
    return any(
        sign in text
        for sign in ("illegal memory access", "device-side assert", "unspecified launch failure")
    )


def free_memory() -> None:
    """Hand back what a failed batch left behind."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
