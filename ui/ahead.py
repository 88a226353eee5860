"""Libraries that take long to import, fetched while the person still reads something else."""

from __future__ import annotations

import importlib
import threading

import streamlit as st

# What a report counts with; a second or two each.
LIBRARIES = ("pandas", "scipy.stats", "sklearn.metrics")


@st.cache_resource(show_spinner=False)
def import_soon() -> threading.Thread:
    """Import them behind the page, once for all sessions."""
    thread = threading.Thread(target=import_all, name="imports ahead", daemon=True)
    thread.start()
    return thread


def import_all() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
