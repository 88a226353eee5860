"""Uploads: written to disk at once, under names that can't leave their folder."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from golems.errors import RunFailed
from golems.settings import settings

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

KEPT_S = 24 * 3600  # runs keep a copy of their own
CHUNK_BYTES = 1 << 20


def spool(files: Sequence[UploadedFile], *, folder: bool = False) -> Path:
    """Write uploaded files to disk, once for each upload.

    Args:
        folder: They are one folder; its own name is left out of the paths inside.

    Returns:
        The file, if there is one and it is no folder; else a folder with all of them.

    Raises:
        RunFailed: The disk is full or the home folder can't be written to.
    """
    home = settings().home / "uploads"
    key = re.sub(r"[^A-Za-z0-9-]", "", f"{files[0].file_id}-{len(files)}")
    place = home / key
    paths = [safe_path(file.name, folder=folder) for file in files]
    try:
        if not place.is_dir():
            home.mkdir(parents=True, exist_ok=True)
            remove_old(home)
            half = home / f".{key}"
            for file, path in zip(files, paths, strict=True):
                target = free_path(half / path)
                target.parent.mkdir(parents=True, exist_ok=True)
                file.seek(0)
                with target.open("wb") as out:
                    shutil.copyfileobj(file, out, CHUNK_BYTES)
            half.rename(place)
    except OSError as error:
        raise RunFailed(
            f"The upload can't be written to {home}: {error.strerror}. Free some space, or name "
            "another folder in PANTHEON_HOME."
        ) from error
    return place if folder or len(files) > 1 else place / paths[0]


def safe_path(name: str, *, folder: bool) -> Path:
    """A browser's file name as a relative path that stays where it is put."""
    parts = [
        re.sub(r"[\x00-\x1f]", "_", part)[-200:]
        for part in PurePosixPath(name.replace("\\", "/")).parts
        if part not in ("/", "..", ".")
    ]
    if not folder:
        parts = parts[-1:]
    elif len(parts) > 1:
        parts = parts[1:]
    return Path(*(parts or ["file"]))


def free_path(path: Path) -> Path:
    """``path``, or the same with a number when two files have one name."""
    number = 2
    free = path
    while free.exists():
        free = path.with_stem(f"{path.stem} ({number})")
        number += 1
    return free


def remove_old(home: Path) -> None:
    """Delete uploads that nobody can still be looking at."""
    for old in home.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_S:
            shutil.rmtree(old, ignore_errors=True)
