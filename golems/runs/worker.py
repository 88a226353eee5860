"""Starting the processes that work on runs, and telling how they ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from golems.errors import RunFailed
from golems.runs.files import cannot_write
from golems.runs.idle import idle_ones, is_leaving
from golems.runs.queue import enqueue, is_slot_free, queue_lock, tickets, tidy
from golems.runs.store import Run
from golems.runs.surroundings import digest
from golems.runs.surroundings import environment as own_environment
from golems.settings import settings

MEMORY_EVENTS = Path("/sys/fs/cgroup/memory.events")  # of Linux: how often memory ran out
_started: dict[Path, subprocess.Popen[bytes]] = {}  # home of the queue -> its last worker


def start_worker(run: Run) -> None:
    """Have a process work on a run as soon as it is its turn; it outlives this one.

    Raises:
        RunFailed: The home folder can't be written to.
    """
    enqueue(run)
    if _is_one_needed():
        _spawn_worker()


def start_workers() -> None:
    """See to it that somebody works through the queue. Cheap, so that whoever looks may call it.

    Raises:
        RunFailed: The worker started last was over at once, so the next one would be too.
    """
    tidy()
    home = settings().queue_dir
    mine = _started.get(home)
    code = mine.poll() if mine is not None else None
    if code:
        del _started[home]
        raise RunFailed(
            f"No worker could be started (exit code {code}): see {home / 'log.txt'} for the reason."
        )
    coming = mine if code is None else None
    if tickets() and _is_one_needed(coming):
        _spawn_worker()


def _is_one_needed(coming: subprocess.Popen[bytes] | None = None) -> bool:
    """Whether runs wait that could be begun now, and nobody is there to, or about to look.

    Args:
        coming: A worker that was started and isn't over.
    """
    with queue_lock():
        if coming is not None and not is_leaving(coming.pid):
            return False
        waiting = sum(ticket.waiter is None for ticket in tickets())
        return waiting > idle_ones(digest()) and is_slot_free()


def _spawn_worker() -> None:
    _started[settings().queue_dir] = spawn([], settings().queue_dir / "log.txt")


def spawn(
    arguments: list[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start ``python -m golems.runs`` in a session of its own.

    Args:
        environment: None for that of this process.

    Raises:
        RunFailed: The log can't be written to.
    """
    try:
        file = log.open("ab")
    except OSError as error:
        raise cannot_write(log, error) from error
    with file:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "golems.runs", *arguments],
            env=own_environment() if environment is None else environment,
            stdin=stdin,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def times_out_of_memory() -> int:
    """How often this machine or container ended a process for its memory; 0 where it can't tell."""
    try:
        lines = MEMORY_EVENTS.read_text("ascii").splitlines()
    except OSError:
        return 0
    return int(dict(line.split() for line in lines).get("oom_kill", 0))


def why_over(code: int, out_of_memory: bool) -> str:
    """Why a process ended that left no word, from its exit code."""
    if out_of_memory:
        return "The system ended the worker because the memory was full. Free some, then resume."
    if code == -signal.SIGKILL:
        return (
            "The worker was killed (SIGKILL), as the system does when the memory is full. Resume "
            "goes on."
        )
    if code < 0:
        return f"The worker was ended by {signal.Signals(-code).name}. Resume goes on."
    return f"The worker ended with exit code {code} and without a word; see log.txt of the run."
