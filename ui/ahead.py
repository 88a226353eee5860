"""What a report will need, made ready while the person still reads something else."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import streamlit as st

from golems.errors import GolemError
from golems.reports.view import View
from golems.runs import Run
from golems.settings import settings

LIBRARY = "scipy.stats"  # what reports test with; a second to import
LOWEST = 19
COMPARE_S = 10.0
PAINT_S = 2.0  # the page is painted first, and a click at once isn't held up


@st.cache_resource(show_spinner=False)
def import_soon() -> threading.Thread:
    """Import it behind the page, once for all sessions."""
    return begin_soon(partial(importlib.import_module, LIBRARY))


def work_out_soon(view: View) -> None:
    """Have the sections that take longest worked out behind the page, once for the same rows."""
    key = hash((view.segments.signature, view.choices.model_dump_json()))
    _worked_out(view.run, str(view.run.folder), key)


@st.cache_resource(show_spinner=False, max_entries=64)
def _worked_out(_run: Run, folder: str, key: int) -> threading.Thread:  # noqa: ARG001 - a key
    return begin_soon(partial(work_out_quietly, _run))


def work_out_quietly(run: Run) -> None:
    from golems.reports.ahead import compare_with_newest, work_out

    importlib.import_module(LIBRARY)
    make_way()
    # Whoever opens the section is told what is wrong.
    with suppress(GolemError):
        work_out(run)
        # Rarely what is looked at first, and it would be in the way of what is.
        time.sleep(COMPARE_S)
        compare_with_newest(run)


def make_way() -> None:
    """Let this thread, and those that it starts, work only where nobody else wants to."""
    if sys.platform == "linux":  # elsewhere threads have no priority that one may just lower
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)


def begin_soon(what: Callable[[], object]) -> threading.Thread:
    """Do something once the page has been painted; nothing where nobody wants it done ahead."""
    thread = threading.Timer(PAINT_S, what)
    thread.name, thread.daemon = "ahead", True
    if settings().warm_up:
        thread.start()
    return thread
