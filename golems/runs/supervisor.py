"""Working through the queue, each run in a process that may stay for the next one."""

from __future__ import annotations

import os
import time
from contextlib import suppress

from filelock import FileLock

from golems.errors import UnknownName
from golems.runs.child import Child
from golems.runs.idle import Bench, say_leaving
from golems.runs.queue import Ticket, first_ticket, free_slot, queue_lock
from golems.runs.store import Run
from golems.runs.surroundings import digest, environment, environment_under
from golems.runs.worker import times_out_of_memory, why_over
from golems.settings import settings

LOOK_S = 0.05  # a look is one listing of a folder with a few files


def work_through_queue() -> None:
    """Work on the runs that wait, one after the other, until there is none or no slot.

    The process that did the last one stays with its golem for ``PANTHEON_WARM_S``, and so does this
    one; they hold no slot meanwhile.
    """
    supervisor = Supervisor()
    while supervisor.does_a_run() or supervisor.waits_for_one():
        pass
    supervisor.leave()


class Supervisor:
    """Takes runs off the queue and looks after the one process that works on them."""

    def __init__(self) -> None:
        """It has no slot, and no process yet."""
        self._digest = digest()
        self._bench = Bench(self._digest)
        self._slot: FileLock | None = None
        self._child: Child | None = None
        self._until = 0.0

    def does_a_run(self) -> bool:
        """Take the first run that waits and see it through; False where there is none for it."""
        before = times_out_of_memory()
        run = self._begin_next()
        if run is None:
            return False
        assert self._child is not None
        if not self._child.finishes():
            code, self._child = self._child.exit_code(), None
            with suppress(UnknownName):  # deleted as soon as it had ended
                run.note_interruption(why_over(code, times_out_of_memory() > before))
        self._until = time.monotonic() + settings().warm_s
        return True

    def waits_for_one(self) -> bool:
        """Wait until there is something in the queue, or a last look at it is due.

        Returns:
            False where it didn't wait.
        """
        if not self._bench.is_taken or self._child is None:
            return False
        while (left := self._until - time.monotonic()) > 0:
            if self._child.is_gone_within(min(LOOK_S, left)) or is_ticket_there():
                break
        return True

    def leave(self) -> None:
        """End the process that waits."""
        if self._child is not None:
            self._child.end()

    def _begin_next(self) -> Run | None:
        """Begin with the first run that waits; without any the slot is released in the same breath.

        A run that a process waits to do itself is left to that process, and so is the slot.
        """
        with queue_lock():
            self._bench.leave()
            waited = self._slot is None and self._child is not None
            self._slot = self._slot or free_slot()
            ticket = first_ticket() if self._slot is not None else None
            if ticket is not None and self._is_mine(ticket, waited=waited):
                self._begin(ticket)
                ticket.path.unlink(missing_ok=True)
                return ticket.run
            # It stays only if nobody is at work, or about to be, who wants the memory.
            if self._slot is not None:
                self._slot.release()
                if ticket is None and self._has_time():
                    assert self._child is not None
                    self._bench.take(self._child.worker)
            self._slot = None
            if not self._bench.is_taken:
                say_leaving()
            return None

    def _is_mine(self, ticket: Ticket, *, waited: bool) -> bool:
        # Whoever asks from other surroundings doesn't count on one that waits, and starts another.
        return ticket.waiter is None and not (waited and ticket.digest != self._digest)

    def _has_time(self) -> bool:
        there = self._child is not None and self._child.is_alive
        return there and time.monotonic() < self._until

    def _begin(self, ticket: Ticket) -> None:
        alike = ticket.digest == self._digest
        child, self._child = self._child, None
        if child is not None and not (alike and child.has_golem_of(ticket.run)):
            child.end()  # only so all its memory is free before the next golem is loaded
            child = None
        if child is not None and not child.takes(ticket.run):
            child.end()
            child = None
        if child is None:
            child = Child(
                ticket.run,
                stays=alike and settings().warm_s > 0,
                environment=environment() if alike else environment_under(ticket.settings),
            )
        self._child = child
        ticket.run.assign(child.worker)


def is_ticket_there() -> bool:
    """Whether there is something in the queue, whatever it is."""
    with os.scandir(settings().queue_dir) as entries:
        return any(one.name[0].isdigit() and one.name.endswith(".json") for one in entries)
