"""File names: which are pictures, which are litter, their order, and how to show them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from golems.errors import BadInput

PICTURE_EXTENSIONS = (
    ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".ico", ".jfif", ".jp2", ".jpe", ".jpeg",
    ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
)  # fmt: skip
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name."""
    return PurePosixPath(name).suffix.lower() in PICTURE_EXTENSIONS


def is_litter(parts: Sequence[str]) -> bool:
    """Whether a relative path is hidden, or is what an operating system leaves behind."""
    return any(
        (part.startswith(".") and part not in (".", "..")) or part.lower() in _LITTER
        for part in parts
    )


def split_name(name: str) -> list[str]:
    """Split a path inside an archive at slashes of either kind."""
    return re.split(r"[/\\]", name)


def leads_out(name: str, archive: str) -> str | None:
    """Say why a path inside an archive isn't even opened, if it leads out of it.

    Args:
        name: The path as the archive has it.
        archive: What the archive is, for the reason: ``ZIP``.
    """
    parts = split_name(name)
    if ".." not in parts and parts[0] and not re.match("[A-Za-z]:", parts[0]):
        return None
    return (
        f"The name {printable(name)!r} leads out of the {archive}, so it was not read; "
        "pack it again under plain relative names."
    )


def in_order(name: str) -> tuple[str, str]:
    """Sort key of relative paths, so that a folder and its ZIP have the same rows."""
    return name.casefold(), name


def alike(name: str) -> str:
    """A path as it is compared: with forward slashes, and with each letter and its accent as one.

    macOS writes the two apart, most other systems as one.
    """
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def spellings(path: str) -> Iterator[str]:
    """The ways to write a path, first as it is given: for another system's files."""
    yield path
    slashed = path.replace("\\", "/")
    for form in ("NFC", "NFD"):
        yield unicodedata.normalize(form, path)
        yield unicodedata.normalize(form, slashed)


def printable(name: str) -> str:
    """Put U+FFFD where a file name isn't valid Unicode, so that it can be shown and written."""
    return name if name.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", name)


def refuse_unwritable(path: Path) -> None:
    """Refuse a path that can't be written into a run's files.

    Raises:
        BadInput: It has bytes that aren't UTF-8.
    """
    if (shown := printable(str(path))) != str(path):
        raise BadInput(f"{shown} has a name that is not valid UTF-8 (see \ufffd); rename it.")


def others_note(number: int) -> str:
    """Say how many files were left out because they are no pictures."""
    if number == 1:
        return "1 file that is not a picture was left out."
    return f"{number:,} files that are not pictures were left out."
