"""Waiting for another process, the one way tests do it."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60.0  # far more than any test needs; a machine may be busy


def wait_until(condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Look again and again until ``condition`` holds.

    Raises:
        TimeoutError: It never did.
    """
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("What was waited for never came.")
        time.sleep(0.01)
