"""Starting worker processes, and working through the queue in one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from golems.errors import RunFailed
from golems.runs.files import cannot_write
from golems.runs.process import worker_of
from golems.runs.queue import enqueue, free_slot, is_slot_free, take_next, tickets, tidy
from golems.runs.store import Run
from golems.settings import settings

PROJECT = Path(__file__).resolve().parents[2]
MEMORY_EVENTS = Path("/sys/fs/cgroup/memory.events")  # of Linux: how often memory ran out
_started: dict[Path, subprocess.Popen[bytes]] = {}  # home of the queue -> its last worker


def start_worker(run: Run) -> None:
    """Have a process work on a run as soon as it is its turn; it outlives this one.

    Raises:
        RunFailed: The home folder can't be written to.
    """
    enqueue(run)
    if is_slot_free():
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
    if (mine is None or code is not None) and tickets() and is_slot_free():
        _spawn_worker()


def _spawn_worker() -> None:
    _started[settings().queue_dir] = spawn([], settings().queue_dir / "log.txt")


def environment() -> dict[str, str]:
    """The environment of a process that stands where this one stands, and finds the package.

    Relative paths mean the same in both. Started with -P, so that it never finds a package in that
    folder just because it is called golems.
    """
    paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def spawn(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start ``python -m golems.runs`` in a session of its own.

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
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def work_through_queue() -> None:
    """Work on the runs that wait, one after the other, until there is none or no slot."""
    slot = free_slot()
    if slot is None:
        return
    begun: list[subprocess.Popen[bytes]] = []

    def begin(run: Run) -> None:
        process = spawn([str(run.folder)], run.folder / "log.txt")
        run.assign(worker_of(process.pid))
        begun.append(process)

    while (run := take_next(slot, begin)) is not None:
        out_of_memory = times_out_of_memory()
        code = begun.pop().wait()
        run.note_interruption(why_over(code, times_out_of_memory() > out_of_memory))


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
