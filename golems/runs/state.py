"""Where a run stands and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

State = Literal["queued", "running", "stopping", "stopped", "interrupted", "failed", "done"]
PREDICTING = "Predicting"
RESUMABLE = ("stopped", "interrupted", "failed")
ENDED = ("stopped", "interrupted", "failed", "done")


@dataclass(frozen=True)
class Counts:
    """What became of rows.

    Attributes:
        rows: All of them: failed, computed, known and repeated together.
        failed: Without a prediction.
        computed: Predicted by the model for this run.
        known: Taken from the ledger.
        repeated: Predicted once with an earlier row of the same window that has the same content.
        seconds: Time of predicting, without the loading of the golem.
    """

    rows: int = 0
    failed: int = 0
    computed: int = 0
    known: int = 0
    repeated: int = 0
    seconds: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts))
        )


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        rows: Rows of the dataset; None until they are counted.
        done: Rows predicted or refused, those of the open window included.
        failed: Refused rows of the windows written so far.
        elapsed_s: Seconds of predicting, without the loading of the golem.
        under_way: Work done on other rows of the open window, as so many rows' worth.
        said: What that work is so far, in words.
        earlier: Rows of ``done`` that were there when the run was last begun or resumed.
        earlier_s: Seconds that those had taken.
        stage: What the worker is at, in words.
        known: Rows taken from the ledger, or repeated, in those windows.
    """

    rows: int | None = None
    done: int = 0
    failed: int = 0
    elapsed_s: float = 0.0
    stage: str = "Waiting to start"
    known: int = 0
    under_way: float = 0.0
    said: str = ""
    earlier: int = 0
    earlier_s: float = 0.0

    @property
    def is_predicting(self) -> bool:
        """Whether rows are with the golem."""
        return self.stage == PREDICTING

    @property
    def work(self) -> float:
        """All that is done, as so many rows' worth."""
        return self.done + self.under_way

    @property
    def share(self) -> float:
        """The share of all work that is done, 0 to 1; 0 where the rows aren't counted yet."""
        return min(1.0, self.work / self.rows) if self.rows else 0.0

    @property
    def rows_per_s(self) -> float | None:
        """The rate since the run was last begun or resumed; None before its first row."""
        work, seconds = self.work - self.earlier, self.elapsed_s - self.earlier_s
        return work / seconds if work > 0 and seconds > 0 else None

    @property
    def left_s(self) -> float | None:
        """Seconds left at the rate so far; None where the rate or the rows aren't known."""
        if self.rows is None or self.rows_per_s is None:
            return None
        # A file that grows while it is read has more rows than were counted.
        return max(0, self.rows - self.work) / self.rows_per_s


@dataclass(frozen=True)
class End:
    """How a run ended: its last state, why, and when (seconds since 1970)."""

    state: State
    reason: str | None
    at: float


def so_far(counts: Counts) -> dict[str, Any]:
    """What a progress says of the windows that are written."""
    return {
        "done": counts.rows,
        "failed": counts.failed,
        "known": counts.known + counts.repeated,
        "elapsed_s": counts.seconds,
    }
