"""What a list of runs says of each of them, quick also where there are hundreds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from golems.errors import GolemError
from golems.runs.find import all_runs
from golems.runs.judged import judged
from golems.runs.manifest import Manifest
from golems.runs.name import name_of
from golems.runs.retrying import is_retrying
from golems.runs.state import ENDED, Progress, State
from golems.runs.store import Run
from golems.runs.unusual import unusual

# Whatever a run's facts are read from; as long as none of them changes, neither do the facts.
SOURCES = (
    "manifest.json", "progress.json", "end.json", "worker.json", "name.txt", "retry.json", "stop",
    "report.json", "judged.json",
)  # fmt: skip
Signature = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class RunFacts:
    """One run in a list.

    Attributes:
        name: What a person calls it; empty where nobody gave it a name.
        state: None where the run is damaged; then ``damage`` says how, and the rest is empty.
        is_retrying: Whether its failed rows are being tried again now.
        settings: What was asked for beyond the usual, on one line.
        created_at: ISO 8601, UTC.
        accuracy: Share of rows that are right, 0 to 1, as its report says; None without a truth,
            and where its report hasn't been opened since something changed.
    """

    run: Run
    name: str = ""
    state: State | None = None
    is_retrying: bool = False
    golem: str = ""
    title: str = ""
    checkpoint: str = ""
    dataset: str = ""
    settings: str = ""
    created_at: str = ""
    progress: Progress = field(default_factory=Progress)
    accuracy: float | None = None
    damage: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether the facts may change by themselves."""
        return self.is_retrying or (self.state is not None and self.state not in ENDED)


_kept: dict[Path, tuple[Signature, RunFacts]] = {}


def all_facts() -> list[RunFacts]:
    """All runs in the home folder, newest first; a damaged one leaves the others as they are."""
    runs = all_runs()
    there = {run.folder for run in runs}
    for folder in [folder for folder in list(_kept) if folder not in there]:
        _kept.pop(folder, None)
    return [facts_of(run) for run in runs]


def facts_of(run: Run) -> RunFacts:
    """One run; read again only where something of it has changed, or may by itself."""
    signature = _signature(run)
    kept = _kept.get(run.folder)
    if kept is not None and kept[0] == signature:
        return kept[1]
    facts = _read(run)
    if facts.is_live:
        _kept.pop(run.folder, None)
    else:
        _kept[run.folder] = (signature, facts)
    return facts


def _signature(run: Run) -> Signature:
    return tuple(_changed(run.folder / name) for name in SOURCES)


def _changed(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(run: Run) -> RunFacts:
    try:
        manifest: Manifest = run.manifest()
        progress = run.progress()
        counted = judged(run, progress)
        return RunFacts(
            run=run,
            name=name_of(run),
            state=run.state(),
            is_retrying=is_retrying(run),
            golem=manifest.golem,
            title=manifest.title,
            checkpoint=manifest.checkpoint,
            dataset=manifest.dataset.name,
            settings=unusual(manifest),
            created_at=manifest.created_at,
            progress=progress,
            accuracy=counted.accuracy if counted else None,
        )
    except GolemError as error:
        return RunFacts(run=run, damage=str(error))
