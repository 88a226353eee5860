"""The sections of a report; only the one that is open is worked out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from golems.reports.view import View, view_of
from golems.runs import Manifest, Run
from ui.report import overview, rows
from ui.report.going import ROW, ROWS, SECTION
from ui.run_view import draw_title

Draw = Callable[[View], None]
SECTIONS: dict[str, Draw] = {
    "Overview": overview.draw,
    ROWS: rows.draw,
}


def sections_of(manifest: Manifest) -> list[str]:
    """The sections that say something of a run."""
    assert manifest
    return [*SECTIONS]


def draw_report(run: Run) -> None:
    """Draw a run's report."""
    manifest = run.manifest()
    draw_title(run, manifest)
    names = sections_of(manifest)
    if (wanted := st.session_state.pop(f"{SECTION}-next", None)) is not None:
        st.session_state[SECTION] = wanted
    section = st.segmented_control(
        "Section", names, default=names[0], required=True, key=SECTION, bind="query-params",
        label_visibility="collapsed", on_change=forget_row,
    )  # fmt: skip
    with view_of(run) as view:
        SECTIONS[str(section)](view)


def forget_row() -> None:
    """Another section was opened: the row is closed."""
    if ROW in st.query_params:
        del st.query_params[ROW]
