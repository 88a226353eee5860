"""Files as they are or packed with gzip: their bytes, and what to say when those can't be read."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO

from golems.errors import BadInput

PACKED = ".gz"
# What reading a file may raise, a packed one that is cut off or damaged included.
UNREADABLE = (OSError, EOFError, zlib.error)


def suffix_of(name: str) -> str:
    """The suffix that tells a file's kind, in lower case: ``.csv`` for ``Reviews.CSV.gz`` too."""
    path = Path(name.lower())
    return Path(path.stem).suffix if path.suffix == PACKED else path.suffix


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked as a stream where its name ends in ``.gz``.

    Raises:
        BadInput: The file can't be opened.
    """
    try:
        if path.suffix.lower() == PACKED:
            return gzip.open(path, "rb")  # type: ignore[return-value]
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> BadInput:
    """What to say of a file that can't be read any more."""
    if isinstance(error, OSError) and error.strerror:
        return BadInput(f"{path} can't be read: {error.strerror}.")
    if isinstance(error, EOFError):
        return BadInput(f"{path.name} is cut off: its gzip data ends too early. Download it again.")
    return BadInput(f"{path.name} can't be unpacked: {error}. Pack or download it again.")
