"""Golems loaded ahead: while a person still reads or types, their golem is made ready.

Nothing is assembled, fetched or unloaded for it: all of that waits until somebody asks.
"""

from __future__ import annotations

import logging
from threading import Condition, Thread, main_thread

from golems.base import Card, Checkpoint
from golems.errors import GolemError
from golems.golem import LOADING
from golems.loading import is_here, locate
from golems.shelf import Shelf

PAUSE_S = 0.7  # a page that was just drawn has the machine to itself
log = logging.getLogger(__name__)


class WarmUp:
    """Loads golems ahead in a thread of its own, each checkpoint once at most.

    The thread ends when there is nothing to load, or the process is about to. It is no daemon: one
    that is killed while it loads a library of C++ can take the process down in a bad way.
    """

    def __init__(self, shelf: Shelf, pause_s: float = PAUSE_S) -> None:
        """Nothing is loaded until ``ask`` is called.

        Args:
            pause_s: Seconds that nobody asks for another golem before one is loaded.
        """
        self._shelf = shelf
        self._pause_s = pause_s
        self._wanted: tuple[Card, Checkpoint] | None = None
        self._seen: set[tuple[str, str]] = set()
        self._changed = Condition()
        self._thread: Thread | None = None

    def ask(self, card: Card, checkpoint: Checkpoint) -> None:
        """Have a golem loaded soon, unless another one is asked for before; returns at once."""
        with self._changed:
            if (card.task, checkpoint.id) in self._seen or not is_here(checkpoint):
                return
            self._wanted = (card, checkpoint)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = Thread(target=self._work, name="warm-up")
                self._thread.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until nothing is left to load."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)

    def _work(self) -> None:
        while wanted := self._next():
            card, checkpoint = wanted
            try:
                self._load(card, checkpoint)
            except GolemError as error:
                # Whoever asks for it gets the same words on the page.
                log.warning("%s could not be loaded ahead: %s", checkpoint.id, error)
            except BaseException:
                with self._changed:
                    self._thread = None
                raise  # a bug, which Python prints

    def _next(self) -> tuple[Card, Checkpoint] | None:
        """What to load, once nobody has asked for anything else for a moment; None: end."""
        with self._changed:
            wanted = self._wanted
            while wanted is not None and self._changed.wait(self._pause_s):
                wanted = self._wanted
            self._wanted = None
            if wanted is None or not main_thread().is_alive():
                self._thread = None  # whoever asks now needs another thread
                return None
            self._seen.add((wanted[0].task, wanted[1].id))
            return wanted

    def _load(self, card: Card, checkpoint: Checkpoint) -> None:
        if locate(checkpoint) is None:
            # Not assembled yet, which takes up to half a minute. The libraries are needed anyway.
            with LOADING:
                import torch  # noqa: F401
                import transformers  # noqa: F401
        elif not self._shelf.warm(card, checkpoint):
            log.info("There is no free room to load %s ahead.", checkpoint.id)
