"""Where a run stands and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

State = Literal["queued", "running", "stopping", "stopped", "interrupted", "failed", "done"]
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
        stage: What the worker is at, in words.
        known: Rows taken from the ledger, or repeated, in those windows.
    """

    rows: int | None = None
    done: int = 0
    failed: int = 0
    elapsed_s: float = 0.0
    stage: str = "Waiting to start"
    known: int = 0

    @property
    def rows_per_s(self) -> float | None:
        return self.done / self.elapsed_s if self.done and self.elapsed_s else None

    @property
    def left_s(self) -> float | None:
        """Seconds left at the rate so far; None where the rate or the rows aren't known."""
        if self.rows is None or self.rows_per_s is None:
            return None
        # A file that grows while it is read has more rows than were counted.
        return max(0, self.rows - self.done) / self.rows_per_s


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
