"""Files that are written whole, and what to say when one can't be."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from pathlib import Path

from golems.errors import RunFailed


def write_whole(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write a file so that others see the old one or the new one, never half of it.

    Raises:
        RunFailed: The disk is full or the folder can't be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> RunFailed:
    """What to say of a file that can't be written, and what may help."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return RunFailed(
        f"{path} can't be written: {error.strerror or error}. "
        f"{'Free some space' if full else 'Check that the folder is there and may be written to'}, "
        "or name another folder (--out, or PANTHEON_HOME for all runs)."
    )
