"""Supervisors that have no run, and whose process waits for the next one with its golem loaded.

Each holds a lock in the queue's folder meanwhile, which other containers see too. They hold no
slot. It is taken and given up under the queue's lock, so that a run that comes finds either one
that will take it or none.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from pathlib import Path

import psutil
from filelock import FileLock

from golems.errors import RunDamaged
from golems.runs.files import is_locked, read_fact, write_whole
from golems.runs.process import Worker, is_alive, this_process
from golems.settings import settings


class Bench:
    """The place of one supervisor among those that wait."""

    def __init__(self, digest: str) -> None:
        """Nobody sits there yet.

        Args:
            digest: Of what the supervisor works under.
        """
        name = f"idle-{digest[:16]}-{secrets.token_hex(4)}"
        self._lock = FileLock(settings().queue_dir / f"{name}.lock")
        self._said = settings().queue_dir / f"{name}.json"

    @property
    def is_taken(self) -> bool:
        return bool(self._lock.is_locked)

    def take(self, worker: Worker) -> None:
        """Wait there; call it under the queue's lock.

        Args:
            worker: The process with the golem.

        Raises:
            RunFailed: The home folder can't be written to.
        """
        self._lock.acquire(blocking=False)
        write_whole(self._said, json.dumps(asdict(worker)).encode(), sync=False)

    def leave(self) -> None:
        """Wait no longer; call it under the queue's lock."""
        if self.is_taken:
            self._said.unlink(missing_ok=True)
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()


def idle_ones(digest: str) -> int:
    """How many wait that work under the same; call it under the queue's lock."""
    found = 0
    for lock in settings().queue_dir.glob("idle-*.lock"):
        if is_locked(lock):
            found += lock.name.startswith(f"idle-{digest[:16]}-")
        else:  # killed while it waited
            lock.with_suffix(".json").unlink(missing_ok=True)
            lock.unlink(missing_ok=True)
    return found


def say_leaving() -> None:
    """Note that this process has taken its last look at the queue; call it under the queue's lock.

    Until it is over it looks like one that has yet to look. Notes of those that are over go.

    Raises:
        RunFailed: The home folder can't be written to.
    """
    for note in settings().queue_dir.glob("leaving-*.json"):
        worker = read_fact(note, Worker)
        if worker is not None and not is_alive(worker):
            note.unlink(missing_ok=True)
    mine = this_process()
    write_whole(_leaving(mine.pid), json.dumps(asdict(mine)).encode(), sync=False)


def is_leaving(pid: int) -> bool:
    """Whether a process won't look at the queue again; call it under the queue's lock."""
    return _leaving(pid).exists()


def _leaving(pid: int) -> Path:
    return settings().queue_dir / f"leaving-{pid}.json"


def idle_bytes() -> int:
    """Memory of the processes on this machine that wait with a golem, in bytes."""
    total = 0
    for said in settings().queue_dir.glob("idle-*.json"):
        try:
            worker = read_fact(said, Worker)
            if worker is not None and is_alive(worker):
                total += psutil.Process(worker.pid).memory_info().rss
        except (RunDamaged, psutil.NoSuchProcess):
            continue  # gone at this very moment
    return total
