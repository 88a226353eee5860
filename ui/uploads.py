"""Uploads: written to disk at once, under names that can't leave their folder."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from golems.errors import RunFailed
from golems.settings import settings

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

KEPT_S = 24 * 3600  # runs keep a copy of their own
CHUNK_BYTES = 1 << 20
NAME_BYTES = 200
SEVERAL = "pictures"


def spool(files: Sequence[UploadedFile], *, folder: bool = False) -> Path:
    """Write uploaded files to disk, once for each upload.

    Args:
        folder: They are one folder; its own name is left out of the paths inside.

    Returns:
        The file, if there is one and it is no folder; else a folder with all of them, called as
        the uploaded one, or ``pictures``.

    Raises:
        RunFailed: The disk is full or the home folder can't be written to.
    """
    home = settings().home / "uploads"
    ids = " ".join(file.file_id for file in files)
    place = home / hashlib.sha256(ids.encode()).hexdigest()[:32]
    paths = [safe_path(file.name, folder=folder) for file in files]
    inside = ""
    if folder or len(files) > 1:  # people see this name as that of their data
        inside = folder_name(files[0].name) if folder else SEVERAL
    try:
        if not place.is_dir():
            home.mkdir(parents=True, exist_ok=True)
            remove_old(home)
            # Renamed only when complete: a cut upload leaves nothing that looks whole.
            with tempfile.TemporaryDirectory(prefix=".", dir=home) as work:
                half = Path(work) / "files"
                below = half / inside
                for file, path in zip(files, paths, strict=True):
                    write(file, free_path(below, path))
                half.rename(place)
    except OSError as error:
        raise RunFailed(
            f"The upload can't be written to {home}: {error.strerror}. Free some space, or name "
            "another folder in PANTHEON_HOME."
        ) from error
    return place / (inside or paths[0])


def write(file: UploadedFile, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with target.open("wb") as out:
        shutil.copyfileobj(file, out, CHUNK_BYTES)


def safe_path(name: str, *, folder: bool) -> Path:
    """A browser's file name as a relative path that stays where it is put."""
    parts = safe_parts(name)
    if not folder:
        parts = parts[-1:]
    elif len(parts) > 1:
        parts = parts[1:]
    return Path(*(parts or ["file"]))


def folder_name(name: str) -> str:
    """What the uploaded folder is called, by the name of a file in it."""
    parts = safe_parts(name)
    return parts[0] if len(parts) > 1 else SEVERAL


def safe_parts(name: str) -> list[str]:
    """A browser's file name as names that a disk takes."""
    return [
        short(re.sub(r"[\x00-\x1f\x7f]", "_", part))
        for part in PurePosixPath(name.replace("\\", "/")).parts
        if part not in ("/", "//", "..", ".")
    ]


def short(name: str) -> str:
    """The end of a name, with its suffix: disks take 255 bytes, not characters."""
    return name.encode("utf-8", "replace")[-NAME_BYTES:].decode("utf-8", "ignore")


def free_path(folder: Path, path: Path) -> Path:
    """``path`` in ``folder``, with a number where something of that name is there already."""
    if any((folder / parent).is_file() for parent in path.parents):
        path = Path(path.name)
    number = 2
    free = folder / path
    while free.exists():
        free = folder / path.with_stem(f"{path.stem} ({number})")
        number += 1
    return free


def remove_old(home: Path) -> None:
    """Delete uploads that nobody can still be looking at."""
    for old in home.iterdir():
        with suppress(FileNotFoundError):  # another session was faster
            if old.stat().st_mtime < time.time() - KEPT_S:
                shutil.rmtree(old, ignore_errors=True)
