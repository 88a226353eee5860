"""The queue: which run is worked on next, and how many are worked on at once.

Tickets are files of the home folder, in the order of their names; slots are locks beside them. Any
number of servers and commands may share a home folder.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from golems.errors import RunDamaged, RunFailed, UnknownName
from golems.runs.files import cannot_write, write_whole
from golems.runs.process import Worker, is_alive, this_process
from golems.runs.store import Run
from golems.runs.surroundings import digest
from golems.settings import settings

POLL_S = 0.3


@dataclass(frozen=True)
class Ticket:
    """A run that waits for its turn.

    Attributes:
        waiter: The process that waits to do it itself; None where any worker may.
        again: The run has ended, and its failed rows are to be tried again.
        digest: Of what whoever asked works under; ``settings`` are theirs, as variables.
    """

    path: Path
    run: Run
    waiter: Worker | None
    again: bool = False
    digest: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    def is_valid(self) -> bool:
        """Whether the run still waits, and whoever waits for it."""
        return self.is_for_a_run_that_waits() and not self.is_deserted()

    def is_deserted(self) -> bool:
        """Whether the process that waits to do the run is gone."""
        return self.waiter is not None and not is_alive(self.waiter)

    def is_for_a_run_that_waits(self) -> bool:
        if not (self.run.folder / "manifest.json").is_file():
            return False
        try:
            return self.again or self.run.state() == "queued"
        except RunDamaged:
            return False  # it holds nobody up


def enqueue(run: Run, waiter: Worker | None = None, *, again: bool = False) -> Ticket:
    """Put a run behind those that wait.

    Args:
        waiter: The process that waits to do it itself; None where any worker may.
        again: It has ended, and its failed rows are to be tried again.

    Raises:
        RunFailed: The home folder can't be written to.
    """
    with queue_lock():
        path = settings().queue_dir / f"{time.time_ns():020d}-{run.id}.json"
        said = {"folder": str(run.folder), "waiter": asdict(waiter) if waiter else None}
        asked: dict[str, Any] = {
            "again": again, "digest": digest(), "settings": settings().as_variables(),
        }  # fmt: skip
        write_whole(path, json.dumps(said | asked).encode())
    return Ticket(path, run, waiter, **asked)


def tickets() -> list[Ticket]:
    """The runs that wait, first come first; those that don't wait any more are left out."""
    return [ticket for ticket in _all_tickets() if ticket.is_valid()]


def _all_tickets() -> Iterator[Ticket]:
    for path in sorted(settings().queue_dir.glob("[0-9]*.json")):
        try:
            said = json.loads(path.read_text("utf-8"))
            waiter = Worker(**said["waiter"]) if said["waiter"] else None
            asked = {name: said[name] for name in ("again", "digest", "settings") if name in said}
            yield Ticket(path, Run(Path(said["folder"])), waiter, **asked)
        except FileNotFoundError:
            continue  # taken since the folder was listed
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFailed(f"The ticket {path} can't be read ({error}); delete it.") from error


def give_back(ticket: Ticket) -> None:
    """Take a ticket that nobody will use out of the queue, and say so of its run.

    Raises:
        RunFailed: The home folder, or the run's, can't be written to.
    """
    with suppress(UnknownName):  # deleted at this very moment
        if ticket.is_deserted() and ticket.is_for_a_run_that_waits():
            ticket.run.lose_turn("Whoever was to do it is gone since. Resume starts it.")
    ticket.path.unlink(missing_ok=True)


def tidy() -> None:
    """Say of runs whose turn won't come that they were interrupted.

    Raises:
        RunFailed: The home folder, or the run's, can't be written to.
    """
    if any(ticket.is_deserted() for ticket in _all_tickets()):
        with queue_lock():
            for ticket in _all_tickets():
                if ticket.is_deserted():
                    give_back(ticket)


def resume(run: Run) -> None:
    """Have a run wait to be worked on again; also one that waits and that nobody will do.

    Raises:
        UnknownName: It was deleted.
        RunFailed: It is done, or somebody works on it or will, or its folder can't be written to.
    """
    tidy()
    # Killed before it had a ticket at all.
    if run.state() != "queued" or runs_before(run) is not None:
        run.resume()


def runs_before(run: Run) -> int | None:
    """How many runs wait in front of a run; None where it doesn't wait."""
    for place, ticket in enumerate(tickets()):
        if ticket.run.folder == run.folder:
            return place
    return None


@contextmanager
def queue_lock() -> Iterator[None]:
    """Held by whoever changes the queue.

    Raises:
        RunFailed: The home folder can't be written to.
    """
    folder = settings().queue_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "queue.lock")
        lock.acquire()
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def free_slot() -> FileLock | None:
    """A slot, held until it is released or this process is over; None where all are taken."""
    for number in range(settings().workers):
        slot = FileLock(settings().queue_dir / f"slot-{number}.lock")
        try:
            slot.acquire(blocking=False)
        except Timeout:
            continue
        except OSError as error:
            raise cannot_write(Path(slot.lock_file), error) from error
        return slot
    return None


def is_slot_free() -> bool:
    """Whether a worker would find a slot now."""
    slot = free_slot()
    if slot is not None:
        slot.release()
    return slot is not None


def first_ticket() -> Ticket | None:
    """The first run that waits; what is no longer valid is given back. Under the queue's lock."""
    for ticket in _all_tickets():
        if ticket.is_valid():
            return ticket
        give_back(ticket)
    return None


@contextmanager
def turn(run: Run, watch: Callable[[int], None], *, again: bool = False) -> Iterator[None]:
    """Wait until this process may work on a run itself.

    Args:
        watch: Called with the number of runs that come first.
        again: The run has ended, and its failed rows are to be tried again.

    Raises:
        RunFailed: The run was stopped while it waited.
    """
    ticket = enqueue(run, this_process(), again=again)
    slot: FileLock | None = None
    try:
        while slot is None:
            if not again and run.state() != "queued":
                raise RunFailed(f"Run {run.id} is {run.state()}; it was not started.")
            before = runs_before(run)
            slot = free_slot() if not before else None
            if slot is None:
                watch(before or 0)
                time.sleep(POLL_S)
        # The slot is ours before the ticket goes, so that nobody comes in between.
        yield
    except KeyboardInterrupt:
        if slot is None:
            run.ask_to_stop()
        raise
    finally:
        with suppress(OSError):
            ticket.path.unlink(missing_ok=True)
        if slot is not None:
            slot.release()
