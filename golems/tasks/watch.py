"""What a batch that takes long tells while it is with the model, and how the model is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

LOOK_S = 0.1  # a look is one at a file


class Left(Exception):  # no error
    """Raised inside a model, between two of its layers, to leave it.

    Attributes:
        rows: Places in the batch of the rows that were ready.
        outputs: What ``forward`` gives for those.
    """

    def __init__(self, rows: Sequence[int] = (), outputs: Any = ()) -> None:
        """Without arguments no row was ready."""
        super().__init__()
        self.rows, self.outputs = list(rows), outputs


class BatchWatch:
    """Looks at a task's batches while the model works on them."""

    def __init__(
        self, stop_asked: Callable[[], bool], moved: Callable[[int, float, str], None]
    ) -> None:
        """Take what is asked now and then, and what a task may call as often as it likes.

        Args:
            stop_asked: Whether the model is to be left.
            moved: Called with the rows of the batch that are ready, the work that is done as so
                many rows' worth, and what that is, in words.
        """
        self.moved = moved
        self._stop_asked = stop_asked
        self._next, self._stop = 0.0, False

    def stop_asked(self) -> bool:
        """Whether the model is to be left."""
        if not self._stop and time.monotonic() >= self._next:
            self._stop = self._stop_asked()
            self._next = time.monotonic() + LOOK_S
        return self._stop


@contextmanager
def watched(task: Any, watch: BatchWatch) -> Iterator[None]:
    """Have all batches of a task watched."""
    task.watch = watch
    try:
        with leaving(getattr(task, "model", None), watch.stop_asked):
            yield
    finally:
        task.watch = None


@contextmanager
def leaving(model: Any, asked: Callable[[], bool]) -> Iterator[None]:
    """Make a model of torch raise ``Left`` before its next layer once that is asked for.

    Between tokens would do for a short prompt, but reading a long one takes many seconds.
    """

    def check(*_: object) -> None:
        if asked():
            raise Left

    hooks = [layer.register_forward_pre_hook(check) for layer in layers_of(model)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def layers_of(model: Any) -> list[Any]:
    """The layers of a model that has them in lists; none of one that is not torch's."""
    if not hasattr(model, "modules"):
        return []
    from torch.nn import ModuleList

    return [
        layer for module in model.modules() if isinstance(module, ModuleList) for layer in module
    ]
