"""Working on one run after the other in one process, which keeps its golem loaded between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from golems.faults import free_memory
from golems.golem import Golem
from golems.runs.engine import execute
from golems.runs.manifest import Manifest
from golems.runs.setup import fitted, plan_of
from golems.runs.store import Run
from golems.settings import settings
from golems.shelf import key_of, trim_memory

TAKEN, DONE = b"taken", b"done"


class KeptGolem:
    """The one golem of a process; it is used again where a run would load the very same."""

    def __init__(self) -> None:
        """Nothing is loaded yet."""
        self._golem: Golem | None = None

    def load(self, manifest: Manifest, progress: Callable[[float], None]) -> Golem:
        """The golem of a run, as ``golems.runs.setup.load_golem`` gives it.

        Raises:
            GolemError: It can't be found or loaded.
        """
        plan = plan_of(manifest, progress)
        if self._golem is not None and self._golem.is_unloaded:
            self._golem = None
        if self._golem is not None and key_of(self._golem.plan) != key_of(plan):
            # The same name has other weights now. Never two in memory.
            was, self._golem = self._golem, None
            was.unload()
            del was
            trim_memory()
        self._golem = Golem.load(plan) if self._golem is None else replace(self._golem, plan=plan)
        return fitted(self._golem, manifest)


def serve(run: Run) -> None:
    """Work on a run, and on each that the supervisor names on the line that is standard input.

    It is over when the supervisor is, and after a run that didn't end well: what was broken off may
    have left the process in any state.

    Raises:
        GolemError: A run can't go on; it has been marked as failed.
    """
    line = supervisors_line()
    kept = KeptGolem()
    while True:
        execute(run, load=kept.load)
        end = run.end()
        if end is None or end.state != "done":
            return
        # What comes now is no run's; and a folder with an open file can't be deleted everywhere.
        write_to(settings().queue_dir / "log.txt")
        line.send_bytes(DONE)
        if not line.poll():
            free_memory()
            trim_memory()
        try:
            run = Run(Path(os.fsdecode(line.recv_bytes())))
            line.send_bytes(TAKEN)
        except (EOFError, OSError):
            return
        write_to(run.folder / "log.txt")


def supervisors_line() -> Connection[bytes, bytes]:
    """The line, out of reach of whatever else reads standard input or is started from here."""
    line: Connection[bytes, bytes] = Connection(os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return line


def write_to(log: Path) -> None:
    """Have all that this process says, libraries included, go to another log."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
