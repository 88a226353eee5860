"""The sidebar on every page: how much memory the golems take."""

from __future__ import annotations

import streamlit as st

from golems.settings import settings
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
        if waiting := waiting_bytes():
            st.caption(
                f"A worker keeps its golem for the next run: {megabytes(waiting)}",
                help="Beside the golems above; PANTHEON_WARM_S says how long it stays.",
            )
        st.caption("Everything runs on this machine. Your data stays here.")


def waiting_bytes() -> int:
    """Memory of workers that stay for the next run."""
    if not any(settings().queue_dir.glob("idle-*.json")):
        return 0  # without the weight of all that a run needs
    from golems.runs.idle import idle_bytes

    return idle_bytes()
