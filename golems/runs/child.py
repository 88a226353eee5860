"""The process that works on runs, as its supervisor sees it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe

from golems.errors import GolemError
from golems.runs.process import Worker, worker_of
from golems.runs.store import Run
from golems.runs.worker import spawn

Wanted = tuple[str, ...]
PATIENCE_S = 5.0


class Child:
    """A process that works on one run, or stays for others that want the same golem.

    Attributes:
        worker: The process, as a run's folder names it.
    """

    def __init__(self, run: Run, *, stays: bool, environment: Mapping[str, str]) -> None:
        """Start it with its first run.

        Raises:
            RunFailed: The run's log can't be written to.
        """
        self._golem = golem_of(run)
        self._line: Connection[bytes, bytes] | None = None
        log = run.folder / "log.txt"
        if stays:
            self._line, theirs = Pipe()
            with theirs:
                words = [str(run.folder), "--stay"]
                self._process = spawn(words, log, environment=environment, stdin=theirs.fileno())
        else:
            self._process = spawn([str(run.folder)], log, environment=environment)
        self.worker: Worker = worker_of(self._process.pid)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def has_golem_of(self, run: Run) -> bool:
        """Whether it has the very golem that a run asks for."""
        return self._line is not None and self._golem is not None and self._golem == golem_of(run)

    def takes(self, run: Run) -> bool:
        """Give it a further run; False where it is gone, also at this very moment."""
        assert self._line is not None
        with suppress(OSError):
            self._line.send_bytes(os.fsencode(run.folder))
            # Others wait for the queue meanwhile: one that was halted mustn't keep them.
            return self._line.poll(PATIENCE_S) and self._hears()
        return False

    def finishes(self) -> bool:
        """Wait until its run is over; whether it stays for another one."""
        return self._line is not None and self._hears()

    def _hears(self) -> bool:
        """Wait for its word; False where it ends without one."""
        assert self._line is not None
        try:
            self._line.recv_bytes()
        except (EOFError, OSError):
            return False
        return True

    def is_gone_within(self, seconds: float) -> bool:
        """Wait; it has nothing to say without a run, so a word of it is its end."""
        return self._line is None or self._line.poll(seconds)

    def exit_code(self) -> int:
        """Wait until the process is over."""
        return self._process.wait()

    def end(self) -> None:
        """End it, which has no run, so that its memory is free when this returns."""
        if self._line is not None:
            self._line.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()


def golem_of(run: Run) -> Wanted | None:
    """What a run asks for; None where its manifest can't be read, which its process will tell."""
    try:
        asked = run.manifest()
    except GolemError:
        return None
    return (asked.golem, asked.task, asked.checkpoint, asked.device, asked.precision)
