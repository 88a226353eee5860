"""Runs by their name, and all of them."""

from __future__ import annotations

import re
from pathlib import Path

from golems.errors import UnknownName
from golems.runs.store import Run
from golems.settings import settings

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
