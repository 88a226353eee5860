"""A story being written in a thread of its own: look at it at any time, stop it at any time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any, Literal

from golems.base import Card, Checkpoint, Generation
from golems.errors import BadInput, GolemError
from golems.golem import Golem
from golems.shelf import Shelf
from golems.tasks.generation_parameters import MAX_SEED, GenerationParameters
from golems.tasks.text import checked_text
from golems.tasks.text_generation import TextGeneration

StoryState = Literal["waking", "writing", "done", "stopped", "failed"]
MOST_COPIES = 4
GRACE_S = 10.0  # a connection that breaks off for a moment is no goodbye


class Story:
    """One or several continuations of a prompt, as far as they are written.

    Attributes:
        seeds: The seed of each continuation.
        texts: The continuations so far; replaced as a whole, so reading needs no lock.
        state: Where it stands.
        preparing: Share of the checkpoint's assembly that is done, where there is one.
        in_line: Whether it waits until the golem has finished for somebody else.
        error: Why it failed, in words.
        writing_s: Seconds from the first look at the prompt to the last token.
    """

    def __init__(
        self,
        shelf: Shelf,
        card: Card,
        checkpoint: Checkpoint,
        prompt: str,
        parameters: Mapping[str, Any],
        copies: int = 1,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Start to write.

        Args:
            parameters: Of text generation, over the card's.
            copies: Continuations, 1-4; each is drawn with a seed of its own.
            wanted: Whether anybody is still there to read it; it stops after some seconds without.

        Raises:
            BadInput: A parameter that doesn't exist or is out of range, or an empty prompt.
        """
        if not 1 <= copies <= MOST_COPIES:
            raise BadInput(f"{copies} continuations were asked for; 1 to {MOST_COPIES} can be.")
        self.prompt = checked_text(prompt)
        self.checkpoint = checkpoint
        self.parameters = GenerationParameters.of({**card.parameters, **parameters})
        first = self.parameters.seed
        self.seeds = [(first + copy) % (MAX_SEED + 1) for copy in range(copies)]
        self.texts: tuple[Generation, ...] = ()
        self.state: StoryState = "waking"
        self.preparing: float | None = None
        self.in_line = False
        self.error: str | None = None
        self.writing_s = 0.0
        self._asked_at = time.monotonic()
        self._stop = Event()
        self._wanted = wanted
        self._wanted_at = time.monotonic()
        self._thread = Thread(
            target=self._write, args=(shelf, card, checkpoint, copies), daemon=True
        )
        self._thread.start()

    @property
    def running(self) -> bool:
        return self.state in ("waking", "writing")

    @property
    def waited_s(self) -> float:
        """Seconds since it was asked for."""
        return time.monotonic() - self._asked_at

    def stop(self) -> None:
        """Stop before the next layer of the model; what was written is kept.

        While the golem wakes it counts as stopped at once; what is being prepared is finished
        behind the scenes, for the next one.
        """
        self._stop.set()
        if self.state == "waking":
            self.state = "stopped"

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until it is written, stopped or failed."""
        self._thread.join(timeout_s)

    def _write(self, shelf: Shelf, card: Card, checkpoint: Checkpoint, copies: int) -> None:
        try:
            with shelf.lend(
                card, checkpoint, progress=self._prepare, wait=self._stand_in_line
            ) as golem:
                self.in_line = False
                if not self._is_stopped():
                    self.state = "writing"
                    self._go_on(golem, copies)
            self.state = "stopped" if self._stop.is_set() else "done"
        except GolemError as error:
            if self._stop.is_set():
                self.state = "stopped"
                return
            self.error = str(error)
            self.state = "failed"
        except BaseException as error:
            self.error = f"The Storyteller broke down: {type(error).__name__}: {error}"
            self.state = "failed"
            raise

    def _go_on(self, golem: Golem, copies: int) -> None:
        start = time.monotonic()

        def show(texts: list[Generation]) -> None:
            self.texts = tuple(texts)
            self.writing_s = time.monotonic() - start
            self._is_stopped()

        if not isinstance(golem.task, TextGeneration):
            card = golem.plan.card
            raise BadInput(f"{card.title} does {card.task}; it can't go on with a text.")
        encoded = golem.task.encode(self.prompt, self.parameters)
        show(
            golem.task.stream(
                encoded, self.parameters, copies=copies, on_tokens=show, stop=self._stop
            )
        )

    def _is_stopped(self) -> bool:
        """Whether somebody stopped it, or nobody has been there for a while."""
        if self._wanted():
            self._wanted_at = time.monotonic()
        elif time.monotonic() - self._wanted_at > GRACE_S:
            self._stop.set()
        return self._stop.is_set()

    def _stand_in_line(self) -> bool:
        self.in_line = True
        return not self._is_stopped()

    def _prepare(self, share: float) -> None:
        self.preparing = share
