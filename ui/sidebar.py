"""The sidebar on every page: how much memory the golems take."""

from __future__ import annotations

import streamlit as st

from ui.shelf import shelf
from ui.text import megabytes


def draw_sidebar() -> None:
    """Draw memory in use against the budget."""
    used, budget = shelf().used_bytes, shelf().budget_bytes
    with st.sidebar:
        st.progress(
            min(1.0, used / budget),
            text=f"Golems in memory: {megabytes(used)} of {megabytes(budget)}",
        )
        st.caption("Everything runs on this machine. Your data stays here.")
