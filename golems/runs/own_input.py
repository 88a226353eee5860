"""A dataset kept in a run's own folder, because it is nowhere else for good."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from golems.errors import BadInput
from golems.runs.files import cannot_write

FOLDER = "input"


def kept_for_a_run(path: Path) -> Path | None:
    """What a run keeps of its own that a path is or lies in; None for a path of no run's.

    It goes with that run when that is deleted.
    """
    for folder in path.parents:
        if folder.name == FOLDER and (folder.parent / "manifest.json").is_file():
            return folder / path.relative_to(folder).parts[0]
    return None


def take_in(path: Path, run: Path, whole: Path) -> Path:
    """Keep a dataset in a run's folder, without taking room twice if possible.

    Args:
        path: Where the dataset is.
        run: The run's folder.
        whole: All that is to be kept: the path itself, or a folder around it.

    Returns:
        Where the dataset is in the run's folder.

    Raises:
        BadInput: It isn't there any more.
        RunFailed: The disk is full or the folder can't be written to.
    """
    if not path.exists():
        raise BadInput(f"There is no file or folder {path} any more; give the dataset again.")
    target = run / FOLDER / whole.name
    try:
        target.parent.mkdir()
        if whole.is_dir():
            shutil.copytree(whole, target, copy_function=link_or_copy)
        else:
            link_or_copy(str(whole), str(target))
    except OSError as error:
        raise cannot_write(target, error) from error
    return target / path.relative_to(whole)


def link_or_copy(source: str, target: str) -> None:
    """A second name for the same bytes, or a copy where the disk has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
