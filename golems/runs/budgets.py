"""Batch budgets that were learned, remembered for a checkpoint on a device from run to run."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from filelock import FileLock

from golems.budget import Budget
from golems.errors import RunFailed
from golems.runs.files import write_whole
from golems.runs.manifest import EngineFacts
from golems.runs.parts import budget_of
from golems.runs.store import Run
from golems.settings import settings
from golems.tasks import BatchLimits

log = logging.getLogger(__name__)


class Remembered:
    """The budget of one run, from the last part it wrote or else from earlier runs.

    A run that is resumed goes on from where its last part left off, whatever other runs have
    learned since, so that its batches are what they would have been without the break.
    """

    def __init__(self, run: Run, engine: EngineFacts | None, limits: BatchLimits) -> None:
        """Find the budget; anything that can't be read counts as nothing known."""
        self._key = f"{engine.commit} {engine.device} {engine.precision}" if engine else ""
        parts = run.parts()
        said = budget_of(parts[-1]) if parts else read().get(self._key)
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
        path = place()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_suffix(".lock")):
                known = read()
                if self.budget.untouched:
                    known.pop(self._key, None)
                else:
                    known[self._key] = now
                write_whole(path, json.dumps(known, indent=1).encode())
        except (OSError, RunFailed) as error:
            # Worth a few failed batches of the next run, not this one's life.
            log.warning("The batch budget can't be remembered: %s", error)
        self._written = now


def place() -> Path:
    """The file of all budgets."""
    return settings().home / "budgets.json"


def read() -> dict[str, Any]:
    """Budgets by commit, device and precision; none where the file is missing or damaged."""
    try:
        known = json.loads(place().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s can't be read: %s", place(), error)
        return {}
    return known if isinstance(known, dict) else {}
