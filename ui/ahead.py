"""What a report will need, made ready while the person still reads something else."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from golems.errors import GolemError
from golems.reports.view import View
from golems.runs import Run
from golems.settings import settings

# What reports count with; a second or two each.
LIBRARIES = ("pandas", "scipy.stats", "sklearn.metrics")


@st.cache_resource(show_spinner=False)
def import_soon() -> threading.Thread:
    """Import them behind the page, once for all sessions."""
    return begun(import_all if settings().warm_up else lambda: None)


def import_all() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)


def work_out_soon(view: View) -> None:
    """Have the sections that take longest worked out behind the page, once for the same rows."""
    if not settings().warm_up:
        return
    key = hash((view.segments.signature, view.choices.model_dump_json()))
    _worked_out(view.run, str(view.run.folder), key)


@st.cache_resource(show_spinner=False, max_entries=64)
def _worked_out(_run: Run, folder: str, key: int) -> threading.Thread:  # noqa: ARG001 - a key
    return begun(lambda: work_out_quietly(_run))


def work_out_quietly(run: Run) -> None:
    from golems.reports.ahead import work_out

    import_all()
    # Whoever opens the section is told what is wrong.
    with suppress(GolemError):
        work_out(run)


def begun(what: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=what, name="ahead", daemon=True)
    thread.start()
    return thread
