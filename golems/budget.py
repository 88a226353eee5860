"""How much goes through a model at once, learned from the batches that ran out of memory."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from golems.tasks.base import BatchLimits

DAY_S = 86_400.0
PATIENCE = 256  # full batches without trouble before the budget grows, by a quarter
HALVINGS = 2  # after so many failures the guess was far off, and the budget is quartered


@dataclass
class Budget:
    """The largest padded cost of a batch; smaller than the task's where memory has run out.

    Attributes:
        limits: The task's own; without trouble they are the budget.
        cost: Largest padded cost for now, 1 to ``limits.cost``.
        failed: Smallest padded cost that ran out of memory in the last day; None without trouble.
        failed_at: When that was last, in seconds since 1970.
        calm: Full batches, of more than half the budget, since the last failure or growth.
        failures: Batches that ran out of memory in this run.
        worked: Largest padded cost that went through in this run.
        alone: Cost of the cheapest row of this run that was too large on its own, if any.
    """

    limits: BatchLimits
    cost: int
    failed: int | None = None
    failed_at: float = 0.0
    calm: int = 0
    failures: int = 0
    worked: int = 0
    alone: int | None = None

    @classmethod
    def of(cls, limits: BatchLimits, said: Mapping[str, Any] | None = None) -> Self:
        """The budget of a task, or one as ``facts`` has told it.

        Raises:
            ValueError: What was told is no budget.
        """
        if said is None:
            return cls(limits, limits.cost)
        names = {field.name for field in fields(cls)} - {"limits"}
        if not set(said) <= names or not all(
            isinstance(value, int | float) or value is None for value in said.values()
        ):
            raise ValueError(f"{said} is no budget.")
        budget = cls(limits, **{"cost": limits.cost, **said})
        budget.cost = max(1, min(int(budget.cost), limits.cost))
        return budget

    @property
    def untouched(self) -> bool:
        """Whether nothing ever went wrong, so that batches are planned by the limits alone."""
        return self.cost == self.limits.cost and self.failed is None

    def facts(self) -> dict[str, Any]:
        """All but the limits, to go on from in the same run."""
        return {name: value for name, value in asdict(self).items() if name != "limits"}

    def lasting(self) -> dict[str, Any]:
        """What other runs of the same model may start from."""
        return {name: self.facts()[name] for name in ("cost", "failed", "failed_at", "calm")}

    def note_success(self, cost: int) -> None:
        """A batch of this padded cost went through."""
        self.worked = max(self.worked, cost)
        if not self.untouched and self.cost < 2 * cost <= 2 * self.cost:
            self.calm += 1
            if self.calm >= PATIENCE:
                self._grow()

    def note_failure(self, cost: int, *, alone: bool = False) -> None:
        """A batch of this padded cost ran out of memory.

        Args:
            alone: It was one row, which can't be made smaller.
        """
        self.failures += 1
        self.calm = 0
        self.failed = min(cost, self.failed or cost)
        self.failed_at = time.time()
        if cost <= self.cost:
            smaller = max(1, cost // (2 if self.failures <= HALVINGS else 4))
            # After growth, what held before holds again.
            self.cost = max(smaller, self.worked) if cost > self.worked else smaller
        # Where as much went through before, memory has become scarce: not the row's fault.
        if alone and cost > self.worked:
            self.alone = min(cost, self.alone or cost)

    def forget_old_failures(self) -> None:
        """After a day larger batches may be tried again."""
        if self.failed is not None and time.time() - self.failed_at >= DAY_S:
            self.failed = self.alone = None
            self.failures = 0

    def _grow(self) -> None:
        self.calm = 0
        self.forget_old_failures()
        # So soon after a failure only up to what is known to fit, by rows past the budget for one.
        most = self.limits.cost if self.failed is None else min(self.failed - 1, self.worked)
        self.cost = max(self.cost, min(most, self.cost + max(1, self.cost // 4)))
