"""What a report will need, made ready while the person still reads something else."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from golems.errors import GolemError
from golems.reports.view import View
from golems.runs import Run
from golems.settings import settings

LIBRARY = "scipy.stats"  # what reports test with; a second to import
LOWEST = 19
PAINT_S = 2.0  # the page is painted first, and a click at once isn't held up
CHOOSE_S = 0.1  # a section is painted sooner, and whoever opens a list chooses within a second


@st.cache_resource(show_spinner=False)
def import_soon() -> threading.Thread:
    """Import it behind the page, once for all sessions."""
    return begin_soon(partial(importlib.import_module, LIBRARY))


def work_out_soon(view: View) -> None:
    """Have the sections that take longest worked out behind the page, once for the same rows."""
    _begun(view.run, _work_out, PAINT_S, str(view.run.folder), _rows_of(view))


def compare_soon(view: View, others: Sequence[Run]) -> None:
    """Likewise have the run compared with others, while a person chooses from them."""
    names = tuple(one.id for one in others)
    _begun(view.run, _compare, CHOOSE_S, str(view.run.folder), hash((_rows_of(view), names)))


def _rows_of(view: View) -> int:
    return hash((view.segments.signature, view.choices.model_dump_json()))


@st.cache_resource(show_spinner=False, max_entries=64)
def _begun(
    _run: Run,
    _what: Callable[[Run], None],
    after_s: float,
    folder: str,  # noqa: ARG001 - a key, as the next
    key: int,  # noqa: ARG001
) -> threading.Thread:
    return begin_soon(partial(_quietly, _what, _run), after_s)


def _quietly(what: Callable[[Run], None], run: Run) -> None:
    importlib.import_module(LIBRARY)
    make_way()
    # Whoever opens the section is told what is wrong.
    with suppress(GolemError):
        what(run)


def _work_out(run: Run) -> None:
    from golems.reports.ahead import work_out

    work_out(run)


def _compare(run: Run) -> None:
    from golems.reports.ahead import compare_with_others

    compare_with_others(run)


def make_way() -> None:
    """Let this thread, and those that it starts, work only where nobody else wants to."""
    if sys.platform == "linux":  # elsewhere threads have no priority that one may just lower
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)


def begin_soon(what: Callable[[], object], after_s: float = PAINT_S) -> threading.Thread:
    """Do something once the page has been painted; nothing where nobody wants it done ahead."""
    thread = threading.Timer(after_s, what)
    thread.name, thread.daemon = "ahead", True
    if settings().warm_up:
        thread.start()
    return thread
