"""Stopping a run at once where nothing is being computed that would be lost."""

from __future__ import annotations

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from golems.runs.store import Run

POLL_S = 0.2


class Stopped(Exception):  # no error either
    """Somebody asked the run to stop, and what was going on was broken off."""


@contextmanager
def stops_at_once(run: Run) -> Iterator[None]:
    """Break off what goes on inside as soon as somebody asks the run to stop.

    It comes as a key press would, which only a process's main thread hears; in others a stop is
    seen once what goes on has ended.

    Raises:
        Stopped: Somebody did.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over, deciding = threading.Event(), threading.Lock()

    def look() -> None:
        while not over.wait(POLL_S):
            if run.stop_asked():
                with deciding:
                    if not over.is_set():
                        _thread.interrupt_main()
                return

    # A process that a script began in the background hears no key press unless it asks to.
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=look, name="stopping", daemon=True).start()
    try:
        try:
            yield
        finally:
            with deciding:
                over.set()
    except KeyboardInterrupt:
        if run.stop_asked():
            raise Stopped from None
        raise
    finally:
        if before is signal.SIG_IGN:
            signal.signal(signal.SIGINT, before)
