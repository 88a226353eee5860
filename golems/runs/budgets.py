"""Batch budgets that were learned, remembered for a checkpoint on a device from run to run."""

from __future__ import annotations

import logging
from typing import Any

from golems.budget import Budget
from golems.runs.manifest import EngineFacts
from golems.runs.notebook import note, read
from golems.runs.parts import budget_of
from golems.runs.store import Run
from golems.tasks import BatchLimits

log = logging.getLogger(__name__)
NAME = "budgets"


class Remembered:
    """The budget of one run, from the last part it wrote or else from earlier runs.

    A run that is resumed goes on from where its last part left off, whatever other runs have
    learned since, so that its batches are what they would have been without the break.
    """

    def __init__(self, run: Run, engine: EngineFacts | None, limits: BatchLimits) -> None:
        """Find the budget; anything that can't be read counts as nothing known."""
        self._key = f"{engine.commit} {engine.device} {engine.precision}" if engine else ""
        parts = run.parts()
        said = budget_of(parts[-1]) if parts else read(NAME).get(self._key)
        try:
            self.budget = Budget.of(limits, said)
        except (TypeError, ValueError):
            log.warning("A batch budget can't be read; the task's limits are used.")
            self.budget = Budget.of(limits)
        if not parts:
            self.budget.forget_old_failures()
        self._written = self.budget.lasting()

    def facts(self) -> dict[str, Any] | None:
        """What a part says of it; None as long as nothing went wrong."""
        return None if self.budget.untouched else self.budget.facts()

    def keep(self) -> None:
        """Write it for the runs to come, if it has changed."""
        now = self.budget.lasting()
        if now == self._written or not self._key:
            return
        note(NAME, self._key, None if self.budget.untouched else now)
        self._written = now
