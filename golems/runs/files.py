"""Files that are written whole, files that are locks, and what to say when one can't be either."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from golems.errors import RunDamaged, RunFailed

Fact = TypeVar("Fact")


def write_whole(path: Path, content: bytes | bytearray, *, sync: bool = True) -> None:
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


def read_fact(path: Path, kind: type[Fact], way_out: str = "Start the run again.") -> Fact | None:
    """A small JSON file as a dataclass; None where it isn't there.

    Args:
        way_out: What to do where it is damaged.

    Raises:
        RunDamaged: It is damaged.
    """
    try:
        return kind(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RunDamaged(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise RunDamaged(f"{path} is damaged. {way_out}") from error


def cannot_write(path: Path, error: OSError) -> RunFailed:
    """What to say of a file that can't be written, and what may help."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return RunFailed(
        f"{path} can't be written: {error.strerror or error}. "
        f"{'Free some space' if full else 'Check that the folder is there and may be written to'}, "
        "or name another folder (--out, or PANTHEON_HOME for all runs)."
    )


@contextmanager
def locked(path: Path, *, patience_s: float = -1, busy: str | None = None) -> Iterator[None]:
    """Hold a file as a lock, which others do too, in whatever process or container they are.

    Args:
        patience_s: Seconds to wait for whoever holds it; -1 for as long as it takes.
        busy: What to say where somebody goes on holding it.

    Raises:
        Timeout: Somebody holds it, and there is nothing to say of that.
        RunFailed: Somebody holds it, or the folder can't be written to.
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience_s)
    except Timeout:
        if busy is None:
            raise
        raise RunFailed(busy) from None
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
