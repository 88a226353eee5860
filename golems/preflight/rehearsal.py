"""The rehearsal: one window of rows as the worker takes it, but only some of its batches."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from golems.base import Outcome, Row
from golems.batching import forward_all, plan
from golems.budget import Budget
from golems.datasets import Dataset
from golems.golem import Golem
from golems.ledger import Ledger
from golems.runs.columns import as_table
from golems.runs.manifest import Manifest
from golems.runs.parts import write_part
from golems.runs.window import Known, OpenWindow

PATIENCE_S = 15.0  # predicting takes about so long, or as long as the fewest batches do
FEWEST_BATCHES, MOST_BATCHES = 3, 16
SLOW_S = 2.0  # of batches that take longer, the first one needn't be done twice


@dataclass(frozen=True)
class TimedBatch:
    """A batch that went through the model.

    Attributes:
        cost: Padded cost: its rows times the cost of its dearest row.
        dearest: Cost of its dearest row.
        seconds: Forward and decode.
    """

    rows: int
    cost: int
    dearest: int
    seconds: float


@dataclass
class Rehearsal:
    """What a window took.

    Attributes:
        rows: Rows in it.
        predicted: Rows of it that went through the model.
        refused: Rows that could not be encoded; those with a fault that only shows then.
        read_s: Seconds to read a row of the dataset, on average.
        encode_s: Seconds to look a row up and to encode it, on average.
        keep_s: Seconds to put a row into a part and into the ledger, on average.
        warm_up_s: Seconds by which the first batch took longer than when it was repeated.
        costs: Of the rows encoded.
    """

    rows: int = 0
    predicted: int = 0
    refused: int = 0
    read_s: float = 0.0
    encode_s: float = 0.0
    keep_s: float = 0.0
    warm_up_s: float = 0.0
    costs: list[int] = field(default_factory=list)
    batches: list[TimedBatch] = field(default_factory=list)


@dataclass
class Picking:
    """The rows at some places of a dataset, and the time it took to read up to the last one."""

    dataset: Dataset
    places: Sequence[int]
    passed: int = 0
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Row]:
        wanted = iter(sorted(self.places))
        place = next(wanted, None)
        rows = self.dataset.rows()
        while place is not None:
            start = time.perf_counter()
            row = next(rows, None)
            self.seconds += time.perf_counter() - start
            if row is None:  # the file has become shorter since
                return
            self.passed += 1
            if row.index == place:
                place = next(wanted, None)
                yield row


def rehearse(
    golem: Golem, manifest: Manifest, dataset: Dataset, places: Sequence[int]
) -> Rehearsal:
    """Take the rows at some places through everything that a run does, but not all its batches.

    Args:
        places: At most as many as the run's window.

    Raises:
        GolemError: The fault is not a row's.
    """
    task, found = golem.task, Rehearsal()
    parameters = task.parameters.of(manifest.parameters)
    picking = Picking(dataset, places)
    with TemporaryDirectory() as folder, Ledger(Path(folder, "ledger.sqlite")) as ledger:
        known = Known(ledger, b"rehearsal") if manifest.ledger else None
        start = time.perf_counter()
        window = OpenWindow(picking, task, parameters, known)
        encoded, places_of = list(window.encoded.values()), list(window.encoded)
        outcomes = {place: one for place, one in enumerate(window.outcomes) if one is not None}
        encoding = time.perf_counter() - start - picking.seconds
        found.rows, found.refused = len(window.rows), len(outcomes)
        found.costs = [task.cost(one) for one in encoded]
        predicted = predict_some(golem, manifest, encoded, found)
        # The others get an outcome of those predicted, so that what is kept is as large.
        some = list(predicted.values()) or [Outcome(None, "Not predicted.")]
        for index, place in enumerate(places_of):
            outcomes[place] = predicted.get(index, some[index % len(some)])
        start = time.perf_counter()
        worked = window.close([outcomes[place] for place in sorted(outcomes)])
        table = as_table(manifest, worked.rows, worked.results)
        write_part(Path(folder), 0, table, worked.counts)
        if known is not None:
            ledger.put(worked.new)
        keeping = time.perf_counter() - start
    found.read_s = picking.seconds / max(1, picking.passed)
    found.encode_s = encoding / max(1, len(outcomes))
    found.keep_s = keeping / max(1, found.rows)
    return found


def predict_some(
    golem: Golem, manifest: Manifest, encoded: Sequence[Any], found: Rehearsal
) -> dict[int, Outcome]:
    """Predict some of the planned batches, spread over the lengths, and note what they took.

    Returns:
        Place in ``encoded`` -> its outcome.
    """
    task = golem.task
    parameters = task.parameters.of(manifest.parameters)
    batches = plan(found.costs, task.limits)
    outcomes: dict[int, Outcome] = {}

    def predict(batch: list[int]) -> TimedBatch:
        start = time.perf_counter()
        some = {index: encoded[index] for index in batch}
        for results in forward_all(task, some, parameters, Budget.of(task.limits)):
            outcomes.update(results)
        seconds = time.perf_counter() - start
        dearest = found.costs[batch[0]]
        return TimedBatch(len(batch), dearest * len(batch), dearest, seconds)

    if not batches:
        return outcomes
    largest = max(batches, key=lambda batch: found.costs[batch[0]] * len(batch))
    first = predict(largest)
    if first.seconds < SLOW_S:
        again = predict(largest)
        found.warm_up_s = max(0.0, first.seconds - again.seconds)
        first = replace(first, seconds=min(first.seconds, again.seconds))
    found.batches.append(first)
    affordable = int(PATIENCE_S / max(first.seconds, 1e-3))
    most = min(MOST_BATCHES, max(FEWEST_BATCHES, affordable))
    others = [batch for batch in batches if batch is not largest]
    for batch in worth_predicting(others, found.costs, most - 1):
        found.batches.append(predict(batch))
    found.predicted = len(outcomes)
    return outcomes


def worth_predicting(
    batches: Sequence[list[int]], costs: Sequence[int], most: int
) -> list[list[int]]:
    """At most so many of the batches, in their order, with shapes as different as there are.

    What memory a run takes grows with every new shape, as freed pieces don't fit the next one; and
    batches of one shape all take the same time.
    """
    shapes: dict[tuple[int, int], list[int]] = {}
    for number, batch in enumerate(batches):
        shapes.setdefault((len(batch), costs[batch[0]]), []).append(number)
    different = [numbers[0] for numbers in shapes.values()]
    if len(different) > most:
        different = [different[at] for at in evenly(len(different), most)]
    # Of shapes that come again another one or two, as one measurement is worth little.
    again = [number for numbers in shapes.values() for number in numbers[1:3]]
    return [batches[number] for number in sorted([*different, *again][: max(0, most)])]


def evenly(n: int, most: int) -> list[int]:
    """At most ``most`` places out of ``n``, the first and the last among them; of one, the last."""
    if most < 2:
        return [n - 1][: max(0, most)]
    return sorted({round((n - 1) * step / (most - 1)) for step in range(most)})
