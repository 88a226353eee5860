"""Batches of rows of like cost, and what to do when one row spoils its batch."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from golems.base import Outcome, Prediction, Row
from golems.budget import Budget
from golems.encoding import encode_all
from golems.errors import GolemError
from golems.faults import TOO_LARGE, free_memory, is_no_rows_fault, is_out_of_memory, reason
from golems.tasks.base import BatchLimits, Parameters, Task
from golems.tasks.watch import Left

log = logging.getLogger(__name__)


def plan(costs: Sequence[int], limits: BatchLimits) -> list[list[int]]:
    """Group rows of like cost, as cheaply as it goes: what is padded costs, and each batch does.

    The cheapest way to cut the rows, sorted by cost, into batches is found by dynamic programming,
    as for breaking lines (Knuth and Plass 1981).

    Args:
        costs: Cost of each row, >= 1.
        limits: Largest padded cost and most rows of a batch, and what one costs by itself.

    Returns:
        Places in ``costs``, each once, dearest row first: if memory runs out, it does so at once.
    """
    import numpy as np

    order = sorted(range(len(costs)), key=lambda place: (-costs[place], place))
    rows = len(order)
    counts = np.arange(1, limits.rows + 1)
    cheapest = np.zeros(rows + 1, dtype=np.int64)  # of the rows from this one on
    ends = [rows] * rows
    for start in range(rows - 1, -1, -1):
        # The first row of a batch is its dearest, and sets what each of them costs padded. One
        # that is dearer than the limit goes alone.
        dearest = costs[order[start]]
        most = min(rows - start, limits.rows, max(1, limits.cost // dearest))
        totals = dearest * counts[:most] + cheapest[start + 1 : start + most + 1]
        # Of plans that cost the same, the one with a fuller batch.
        best = most - 1 - int(totals[::-1].argmin())
        cheapest[start] = totals[best] + limits.overhead
        ends[start] = start + best + 1
    batches: list[list[int]] = []
    start = 0
    while start < rows:
        batches.append(order[start : ends[start]])
        start = ends[start]
    return batches


def plan_within(
    costs: Sequence[int], piece: Callable[[int], int], budget: Budget
) -> list[list[int]]:
    """Batches within a budget; as ``plan`` has them as long as nothing ran out of memory.

    After that, rows that are past the budget on their own come last, the cheapest first: once one
    is too large, the others needn't be tried.

    Args:
        costs: Cost of each row, >= 1.
        piece: What of the row at a place can't be split, 1 to its cost.
    """
    limits = replace(budget.limits, cost=budget.cost)
    if budget.untouched:
        return plan(costs, limits)
    pieces = [piece(place) for place in range(len(costs))]
    within = [place for place, cost in enumerate(pieces) if cost <= budget.cost]
    past = [place for place, cost in enumerate(pieces) if cost > budget.cost]
    batches = plan([costs[place] for place in within], limits)
    return [
        *([within[index] for index in batch] for batch in batches),
        *([place] for place in sorted(past, key=lambda place: (pieces[place], place))),
    ]


def predict_rows(
    task: Task[Any, Any],
    rows: Iterable[Row],
    parameters: Parameters,
    *,
    limits: BatchLimits | None = None,
    budget: Budget | None = None,
    keep_going: Callable[[int], bool] = lambda _: True,
) -> list[Outcome] | None:
    """Predict one window of rows; each row ends as a prediction or a reason.

    Args:
        rows: n rows; those with an ``error`` of their own are passed through.
        limits: Of a batch; the task's own if None.
        budget: What is known about this model's memory, and learns from this window; one of the
            limits if None.
        keep_going: Called after every batch with the rows done so far; False leaves the window.

    Returns:
        n outcomes in the order of the rows, or None if ``keep_going`` said so before the end.

    Raises:
        GolemError: The fault is not a row's, e.g. a parameter that this checkpoint can't use.
        RuntimeError: The device itself failed, so that no further row can be predicted.
        OSError: The machine failed: a full disk, a file of the model that is gone.
    """
    if getattr(task, "model", task) is None:
        raise GolemError("The golem was unloaded; load it again.")
    outcomes, encoded = encode_all(task, rows, parameters)
    budget = budget or Budget.of(limits or task.limits)
    return predict_encoded(task, outcomes, encoded, parameters, budget, keep_going)


def predict_encoded(
    task: Task[Any, Any],
    outcomes: list[Outcome | None],
    encoded: Mapping[int, Any],
    parameters: Parameters,
    budget: Budget,
    keep_going: Callable[[int], bool] = lambda _: True,
) -> list[Outcome] | None:
    """Predict rows that are encoded, and put what came of them to the outcomes of the others.

    Args:
        outcomes: As ``encode_all`` gives them; those that are None are filled in.
        encoded: Likewise; rows whose outcome is known meanwhile may be left out.

    Returns:
        As ``predict_rows``, which also says what is raised.
    """
    done = len(outcomes) - len(encoded)
    for found in forward_all(task, encoded, parameters, budget):
        for place, outcome in found.items():
            outcomes[place] = outcome
        done += len(found)
        if not keep_going(done):
            return None
    found_all = [outcome for outcome in outcomes if outcome is not None]
    return found_all if len(found_all) == len(outcomes) else None


def forward_all(
    task: Task[Any, Any], encoded: Mapping[int, Any], parameters: Parameters, budget: Budget
) -> Iterator[dict[int, Outcome]]:
    """Predict encoded rows in batches; what a batch gave, after each, is nothing if it failed.

    A model that is left gives the rows that were ready, if any, and no more batches follow.
    A batch that raises is halved until the culprit is alone. One that runs out of memory makes the
    budget smaller, and all rows that are left are planned again.

    Raises:
        RuntimeError: The device itself failed, so that no further row can be predicted.
        OSError: The machine failed.
    """
    costs = {place: task.cost(one) for place, one in encoded.items()}

    def planned(places: Sequence[int]) -> deque[list[int]]:
        batches = plan_within([costs[p] for p in places], lambda i: piece(places[i]), budget)
        return deque([places[index] for index in batch] for batch in batches)

    def piece(place: int) -> int:
        return task.piece(encoded[place])

    to_do = planned(list(encoded))
    while to_do:
        batch = to_do.popleft()
        first, alone = batch[0], len(batch) == 1
        if alone and budget.alone is not None and piece(first) >= budget.alone:
            yield {first: Outcome(None, f"{TOO_LARGE[:-1]}, as one no larger than it was.")}
            continue
        padded = max(costs[place] for place in batch) * len(batch)
        if alone:
            padded = max(piece(first), min(padded, budget.cost))
        task.room = budget.cost
        try:
            predictions, error = forward(task, [encoded[place] for place in batch], parameters)
        except Left as left:
            ready = [batch[row] for row in left.rows]
            predictions = _ready(task, left, [encoded[p] for p in ready], parameters)
            yield dict(zip(ready, map(Outcome, predictions), strict=True))
            return
        if error is None:
            budget.note_success(padded)
            yield dict(zip(batch, map(Outcome, predictions), strict=True))
            continue
        why, scarce = reason(error), is_out_of_memory(error)
        # The error holds the frames of the model, and they its tensors.
        del error
        free_memory()
        if scarce:
            whole = alone and padded <= piece(first)
            budget.note_failure(padded, alone=whole)
            again = [place for one in ([] if whole else [batch], to_do) for b in one for place in b]
            to_do = planned(sorted(again))
            yield {first: Outcome(None, why)} if whole else {}
        elif alone:
            yield {first: Outcome(None, why)}
        else:
            half = len(batch) // 2
            to_do.extendleft((batch[half:], batch[:half]))
            yield {}


def _ready(
    task: Task[Any, Any], left: Left, rows: list[Any], parameters: Parameters
) -> list[Prediction]:
    return task.decode(left.outputs, rows, parameters) if rows else []


def forward(
    task: Task[Any, Any], batch: list[Any], parameters: Parameters
) -> tuple[list[Prediction], Exception | None]:
    """Predict one batch: its predictions, or what the model raised over its rows.

    Raises:
        Exception: The fault is not a row's.
    """
    try:
        predictions: list[Prediction] = task.decode(
            task.forward(batch, parameters), batch, parameters
        )
        if len(predictions) != len(batch):
            raise AssertionError(f"{len(predictions)} predictions for {len(batch)} rows.")
    except (AssertionError, GolemError, Left):
        raise
    except Exception as error:  # whatever a model raises for one row must not cost the others
        if is_no_rows_fault(error):
            raise
        log.warning("A batch of %d failed.", len(batch), exc_info=True)
        return [], error
    return predictions, None
