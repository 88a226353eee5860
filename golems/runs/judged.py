"""How often a run was right when a report counted it last: kept beside it, for lists of runs."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from golems.runs.files import write_whole
from golems.runs.state import Progress
from golems.runs.store import Run

FILE = "judged.json"
CHOICES = "report.json"  # how a person chose to read the run


class Judged(BaseModel):
    """Rows with a prediction and a truth, and of what run they were counted.

    Attributes:
        hits: Of ``rows``, those that are right.
        done: Rows of the run that were written then, ``failed`` those without a prediction.
        choices: Digest of how a person chose to read the run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hits: int
    rows: int
    done: int
    failed: int
    choices: str

    @property
    def accuracy(self) -> float:
        """Share of rows that are right, 0 to 1."""
        return self.hits / self.rows


def judged(run: Run, progress: Progress) -> Judged | None:
    """What was counted last; None where it was never, or of other rows or another truth.

    A file that can't be read is as good as none: the report counts anew and writes it again.
    """
    try:
        found = Judged.model_validate_json((run.folder / FILE).read_text("utf-8"))
    except (OSError, ValidationError, ValueError):
        return None
    now = (progress.done, progress.failed, _digest(run.folder / CHOICES))
    return found if (found.done, found.failed, found.choices) == now and found.rows else None


def keep_judged(run: Run, hits: int, rows: int) -> None:
    """Keep what a report has counted of a run as it is now.

    Raises:
        RunFailed: The folder can't be written to.
    """
    progress = run.progress()
    counted = Judged(
        hits=hits, rows=rows, done=progress.done, failed=progress.failed,
        choices=_digest(run.folder / CHOICES),
    )  # fmt: skip
    if judged(run, progress) != counted:
        write_whole(run.folder / FILE, counted.model_dump_json(indent=2).encode())


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
