"""The process that works on a run, as others find it."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Worker:
    """The process that works on a run; ``started`` is in seconds since 1970."""

    pid: int
    started: float


def is_alive(worker: Worker) -> bool:
    """Whether that very process still runs; a number alone may have gone to another one."""
    try:
        process = psutil.Process(worker.pid)
        same = abs(process.create_time() - worker.started) < 1
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def this_process() -> Worker:
    """The process that asks."""
    return worker_of(psutil.Process().pid)


def worker_of(pid: int) -> Worker:
    """A process that was just started; one that is over already counts as one that has died."""
    try:
        return Worker(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return Worker(pid, 0.0)
