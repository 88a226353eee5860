"""Runs by their name, and all of them."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

from golems.errors import RunDamaged, RunFailed, UnknownName
from golems.runs.retrying import is_retrying
from golems.runs.store import Run
from golems.settings import settings

# Files of a run that are deleted after all others, in this order.
LATE = {
    "worker.json": 1,
    "end.json": 2,
    "manifest.json": 3,
    "at-work.lock": 4,
    "worker.lock": 5,
    "retry.lock": 6,
}
RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,60}")


def open_run(name: str | Path) -> Run:
    """A run by its id or its folder.

    Raises:
        UnknownName: There is no such run.
    """
    if isinstance(name, str) and RUN_ID.fullmatch(name):
        folder = settings().runs_dir / name
    elif isinstance(name, Path):
        folder = name
    else:
        raise UnknownName(f"'{name}' is not the id of a run.")
    if not (folder / "manifest.json").is_file():
        raise UnknownName(f"There is no run {name}: no manifest.json was found in {folder}.")
    return Run(folder)


def all_runs() -> list[Run]:
    """The runs in the home folder, newest first."""
    return [
        Run(path.parent)
        for path in sorted(settings().runs_dir.glob("*/manifest.json"), reverse=True)
    ]


def remove_run(run: Run) -> None:
    """Delete a run with its results and what was uploaded for it, also where it is damaged.

    Raises:
        UnknownName: Somebody else has deleted it.
        RunFailed: Somebody works on it, or its files can't be deleted.
    """
    if is_retrying(run):
        raise RunFailed(
            f"Run {run.id} can't be deleted: its failed rows are being tried again already; wait "
            "for its end, or stop it."
        )
    with ExitStack() as stack:
        stack.enter_context(run.retry_lock())
        # One that can't say where it stands has ended, or nothing that is left of it can go on.
        with suppress(RunDamaged):
            stack.enter_context(run.give_up())
        try:
            # The manifest last: until then it is still a run that can be deleted again.
            for path in sorted(run.folder.iterdir(), key=lambda one: LATE.get(one.name, 0)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            run.folder.rmdir()
        except OSError as error:
            raise RunFailed(f"{run.folder} can't be deleted: {error.strerror}.") from error
