"""Python's search for objects that hold each other, kept out of the way of a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 100_000  # several windows of rows, or as many batches as anybody has


@contextmanager
def seldom_sought() -> Iterator[None]:
    """Look for such objects once in so many new ones, and not among those of before.

    A window is tens of thousands of objects that hold nobody who holds them: to look through them
    and the model's again and again took a tenth of the time.
    """
    first, *others = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(max(first, NEW_OBJECTS) if first else 0, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
        gc.unfreeze()
