"""The quickest size of a model's batches: measured on a run's own rows, and remembered."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from golems.batching import plan
from golems.datasets import Dataset
from golems.encoding import HELD_TOGETHER, encode_all
from golems.faults import free_memory, is_no_rows_fault
from golems.golem import Golem
from golems.runs.manifest import Manifest
from golems.runs.notebook import note, read
from golems.tasks import Parameters, Task

log = logging.getLogger(__name__)
NAME = "calibrations"
WORTH = 500  # batches of the usual size: a shorter run isn't worth measuring for
ROUNDS, BATCHES = 3, 3
CLEARLY = 1.05  # times as fast, before another size is taken than the usual one


def set_cost(golem: Golem, cost: int | None) -> None:
    """Have a golem's batches cost that much at most; None for what was measured, or is usual."""
    if cost is None:
        cost = remembered(golem) or golem.task.usual.cost
    golem.task.limits = replace(golem.task.limits, cost=cost)


def key_of(golem: Golem) -> str:
    """What a measurement holds for."""
    import torch

    plan = golem.plan
    threads = f"{torch.get_num_threads()} threads" if plan.device == "cpu" else ""
    return f"{plan.folder.commit} {plan.device} {plan.precision} {threads}".strip()


def remembered(golem: Golem) -> int | None:
    """The cost that was measured on this machine before."""
    found = read(NAME).get(key_of(golem))
    return found if isinstance(found, int) and found > 0 else None


def calibrate(
    golem: Golem, manifest: Manifest, dataset: Dataset, say: Callable[[str], None]
) -> None:
    """Measure which size of batches is quickest, where a run is long enough for that to pay.

    The usual size stays unless another one is clearly quicker, so that two machines of a kind
    compute in the same batches.

    Args:
        say: Called with what is going on, in words, where it is measured.

    Raises:
        GolemError: The fault is not a row's.
    """
    rows = manifest.dataset.rows or 0
    if (
        not golem.task.calibrates
        or manifest.batch_cost is not None
        or rows <= manifest.window
        or remembered(golem)
    ):
        return
    parameters = golem.task.parameters.of(manifest.parameters)
    first = islice(dataset.rows(), min(manifest.window, 4 * HELD_TOGETHER[golem.task.content]))
    encoded = list(encode_all(golem.task, first, parameters)[1].values())
    if not encoded:
        return
    usual = golem.task.usual.cost
    trial = Trial(golem.task, parameters, encoded)
    if sum(trial.costs) / len(encoded) * rows < WORTH * usual:
        return
    say("Finding the best size of batches")
    try:
        best = quickest(trial, usual)
    except (RuntimeError, ValueError) as error:
        # A row or a batch that the model can't do; the run itself finds out which.
        if is_no_rows_fault(error):
            raise
        log.warning("The size of the batches could not be measured.", exc_info=True)
        free_memory()
        return
    log.info("Batches of %s tokens or pixels are taken; %s are usual.", best, usual)
    note(NAME, key_of(golem), best)
    set_cost(golem, best)


class Trial:
    """Some of a window's batches, timed in several sizes."""

    def __init__(
        self, task: Task[Any, Any], parameters: Parameters, encoded: Sequence[Any]
    ) -> None:
        self.task = task
        self.parameters = parameters
        self.encoded = encoded
        self.costs = [task.cost(one) for one in encoded]

    def rates(self, sizes: Sequence[int]) -> dict[int, float]:
        """Cost without padding a second, for each size; the sizes take turns."""
        seconds: dict[int, list[float]] = {size: [] for size in sizes}
        batches = {size: self.some_batches(size) for size in sizes}
        for counted in [False, *[True] * ROUNDS]:
            for size in sizes:
                start = time.perf_counter()
                for batch in batches[size]:
                    rows = [self.encoded[place] for place in batch]
                    self.task.decode(
                        self.task.forward(rows, self.parameters), rows, self.parameters
                    )
                if counted:
                    seconds[size].append(time.perf_counter() - start)
        return {
            size: sum(self.costs[place] for batch in batches[size] for place in batch)
            / statistics.median(seconds[size])
            for size in sizes
        }

    def some_batches(self, size: int) -> list[list[int]]:
        """A few batches, spread over the lengths."""
        batches = plan(self.costs, replace(self.task.limits, cost=size))
        wanted = min(BATCHES, len(batches))
        # The middle of each share: the ends are unlike the others.
        return [batches[(2 * at + 1) * len(batches) // (2 * wanted)] for at in range(wanted)]


def quickest(trial: Trial, usual: int) -> int:
    """The quickest size, found by doubling or halving as long as that is clearly quicker."""
    for sizes in ([2, 4, 8, 16], [1 / 2, 1 / 4]):
        best = usual
        for times in sizes:
            size = max(1, int(usual * times))
            rates = trial.rates([best, size])
            if rates[size] < CLEARLY * rates[best]:
                break
            best = size
        if best != usual:
            return best
    return usual
