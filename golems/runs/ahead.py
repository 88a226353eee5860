"""The next window, made ready while the model is at the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from threading import Event
from typing import TypeVar

from golems.runs.stopping import Stopped

T = TypeVar("T")


@contextmanager
def ahead(
    make: Callable[[Callable[[], None]], Iterator[T]],
) -> Iterator[Iterator[T]]:
    """What an iterator makes, one item ahead of whoever uses them.

    A thread makes them, always the same one; two are held at a time: one in use, one ready or being
    made.

    Args:
        make: Gives the iterator. It is handed a function to call now and then, which raises
            ``Stopped`` once nobody wants the items any more.

    Raises:
        Exception: What making an item raised, where that one would have come.
    """
    left = Event()

    def look() -> None:
        if left.is_set():
            raise Stopped

    source = make(look)

    def items() -> Iterator[T]:
        coming: Future[list[T]] = thread.submit(some)
        while item := coming.result():
            coming = thread.submit(some)
            yield item.pop()

    def some() -> list[T]:
        """The next item alone, or nothing behind the last one."""
        return list(islice(source, 1))

    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            yield items()
        finally:
            left.set()
