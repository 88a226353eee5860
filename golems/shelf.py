"""The Shelf: golems in memory under a budget, lent to one borrower at a time."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, RLock

import psutil

from golems.base import Card, Checkpoint
from golems.errors import InUse, ShelfFull
from golems.golem import Golem, LoadPlan, plan_load
from golems.registry import choose_checkpoint
from golems.settings import settings

PATIENCE_S = 120.0  # a story takes a minute; after two, waiting looks like a hang
ASK_S = 0.1


@dataclass
class Place:
    """A golem's place on the shelf; it exists, and counts, from before the golem is loaded.

    Attributes:
        borrowers: Threads that use the golem or wait for it.
        lock: Held by the one that uses it: fast tokenizers are not safe to share.
    """

    plan: LoadPlan
    golem: Golem | None = None
    borrowers: int = 0
    lock: RLock = field(default_factory=RLock)


def default_budget_bytes() -> int:
    """The budget of the settings: a number, or a share of the machine's memory."""
    chosen = settings()
    if chosen.memory_budget_mb is not None:
        return chosen.memory_budget_mb * 10**6
    return int(psutil.virtual_memory().total * chosen.memory_share)


class Shelf:
    """Golems in memory under a budget in bytes; the least recently used goes first.

    Safe to use from several threads. There is one a process.
    """

    def __init__(self, budget_bytes: int | None = None, patience_s: float = PATIENCE_S) -> None:
        """Make an empty shelf.

        Args:
            budget_bytes: Most bytes of weights in memory; None for the settings' budget.
            patience_s: Seconds to wait for room when all golems are in use.
        """
        self.budget_bytes = default_budget_bytes() if budget_bytes is None else budget_bytes
        self.patience_s = patience_s
        self._places: OrderedDict[tuple[str, ...], Place] = OrderedDict()
        self._changed = Condition()

    @contextmanager
    def lend(
        self,
        card: Card,
        checkpoint: Checkpoint | None = None,
        *,
        device: str | None = None,
        precision: str = "auto",
        progress: Callable[[float], None] = lambda _: None,
        wait: Callable[[], bool] = lambda: True,
    ) -> Iterator[Golem]:
        """Lend a golem to this thread alone, loading it if need be.

        Args:
            checkpoint: One for the card's task; None for the first that is on this machine.
            device: None for the device of the settings.
            progress: Share of the assembly done, 0 to 1, where there is one.
            wait: Asked now and then while somebody else has the golem; False gives up.

        Raises:
            ShelfFull: It is larger than the budget, or all others stay in use.
            InUse: ``wait`` gave up.
            GolemError: It can't be found or loaded; see ``plan_load`` and ``Golem.load``.
        """
        plan = plan_load(
            card,
            checkpoint or choose_checkpoint(card),
            device=device or settings().device,
            precision=precision,
            progress=progress,
        )
        place = self._take_place(plan)
        with self._given_back(place), taken(place, wait):
            if place.golem is None:
                place.golem = Golem.load(plan)
            yield place.golem

    def warm(self, card: Card, checkpoint: Checkpoint) -> bool:
        """Load a golem ahead of its first use, if there is room that nobody's golem takes.

        It is the first to be unloaded until somebody borrows it.

        Returns:
            Whether it is in memory now.

        Raises:
            GolemError: As ``lend``.
        """
        plan = plan_load(card, checkpoint, device=settings().device)
        with self._changed:
            if key_of(plan) in self._places:
                return True
            if self.used_bytes + plan.memory_bytes > self.budget_bytes:
                return False
            place = self._places[key_of(plan)] = Place(plan, borrowers=1)
            self._places.move_to_end(key_of(plan), last=False)
        with self._given_back(place), place.lock:
            if place.golem is None:
                place.golem = Golem.load(plan)
        return True

    @contextmanager
    def _given_back(self, place: Place) -> Iterator[None]:
        """Count a borrower until the block ends."""
        try:
            yield
        finally:
            with self._changed:
                place.borrowers -= 1
                if place.golem is None and place.borrowers == 0:
                    self._places.pop(key_of(place.plan), None)  # it couldn't be loaded
                self._changed.notify_all()

    def _take_place(self, plan: LoadPlan) -> Place:
        key = key_of(plan)
        if plan.memory_bytes > self.budget_bytes:
            raise ShelfFull(
                f"{plan.checkpoint.id} needs {plan.memory_bytes / 1e6:,.0f} MB and the memory "
                f"budget is {self.budget_bytes / 1e6:,.0f} MB. Raise PANTHEON_MEMORY_BUDGET_MB."
            )
        with self._changed:
            if key not in self._places and not self._changed.wait_for(
                lambda: key in self._places or self._make_room(plan.memory_bytes), self.patience_s
            ):
                raise ShelfFull(
                    f"There is no room for {plan.checkpoint.id}: all golems in memory are in use. "
                    "Try again in a moment, or raise PANTHEON_MEMORY_BUDGET_MB."
                )
            place = self._places.setdefault(key, Place(plan))
            place.borrowers += 1
            self._places.move_to_end(key)
            return place

    def _make_room(self, needed_bytes: int) -> bool:
        """Unload golems nobody uses, oldest first, if that makes room enough."""
        idle = [key for key, place in self._places.items() if place.borrowers == 0]
        idle_bytes = sum(self._places[key].plan.memory_bytes for key in idle)
        if self.used_bytes - idle_bytes + needed_bytes > self.budget_bytes:
            return False
        for key in idle:
            if self.used_bytes + needed_bytes <= self.budget_bytes:
                break
            self._unload(key)
        return True

    def _unload(self, key: tuple[str, ...]) -> None:
        place = self._places.pop(key)
        if place.golem is not None:
            place.golem.unload()
            place.golem = None
        trim_memory()

    @property
    def used_bytes(self) -> int:
        """Bytes of weights in memory, and of those being loaded."""
        return sum(place.plan.memory_bytes for place in list(self._places.values()))

    def places(self) -> list[Place]:
        """What is in memory, least recently used first."""
        with self._changed:
            return list(self._places.values())

    def unload(self, card: Card) -> int:
        """Unload a card's golems that nobody uses.

        Returns:
            How many stay because they are in use.
        """
        with self._changed:
            keys = [key for key, place in self._places.items() if place.plan.card.name == card.name]
            idle = [key for key in keys if self._places[key].borrowers == 0]
            for key in idle:
                self._unload(key)
            self._changed.notify_all()
            return len(keys) - len(idle)


def key_of(plan: LoadPlan) -> tuple[str, ...]:
    """What makes two plans the same golem in memory."""
    return (
        plan.card.task, plan.checkpoint.id, plan.folder.commit, plan.device, plan.precision,
    )  # fmt: skip


@contextmanager
def taken(place: Place, wait: Callable[[], bool]) -> Iterator[None]:
    """Hold a place's lock.

    Raises:
        InUse: ``wait`` gave up.
    """
    while not place.lock.acquire(timeout=ASK_S):
        if not wait():
            raise InUse(f"{place.plan.card.title} is in use by somebody else. Try again later.")
    try:
        yield
    finally:
        place.lock.release()


def trim_memory() -> None:
    """Hand freed memory back to the system; glibc keeps it otherwise."""
    name = ctypes.util.find_library("c")
    libc = ctypes.CDLL(name) if name else None
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
