"""Files that are written whole, files that are locks, and what to say when one can't be either."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

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


@contextmanager
def locked(path: Path, *, patience_s: float = -1) -> Iterator[None]:
    """Hold a file as a lock, which others do too, in whatever process or container they are.

    Args:
        patience_s: Seconds to wait for whoever holds it; -1 for as long as it takes.

    Raises:
        Timeout: Somebody holds it.
        RunFailed: The folder can't be written to.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience_s)
    except Timeout:
        raise
    except OSError as error:
        raise cannot_write(path.parent, error) from error
    try:
        yield
    finally:
        lock.release()


def is_locked(path: Path) -> bool:
    """Whether somebody holds a lock; one that can't be opened is held by nobody."""
    if not path.exists():
        return False
    try:
        with locked(path, patience_s=0):
            return False
    except Timeout:
        return True
    except RunFailed:
        return False
