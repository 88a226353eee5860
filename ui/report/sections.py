"""The sections of a report; only the one that is open is worked out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from golems.reports.view import View, view_of
from golems.runs import Run
from ui.report import overview, rows
from ui.report.going import ROWS, SECTION
from ui.text import plain

Draw = Callable[[View], None]
SECTIONS: dict[str, Draw] = {
    "Overview": overview.draw,
    ROWS: rows.draw,
}


def draw_report(run: Run) -> None:
    """Draw a run's report."""
    manifest = run.manifest()
    st.subheader(plain(f"{manifest.title} on {manifest.dataset.name}"))
    if (wanted := st.session_state.pop(f"{SECTION}-next", None)) is not None:
        st.session_state[SECTION] = wanted
    section = st.segmented_control(
        "Section", [*SECTIONS], default="Overview", required=True, key=SECTION,
        label_visibility="collapsed",
    )  # fmt: skip
    with view_of(run) as view:
        SECTIONS[str(section)](view)
