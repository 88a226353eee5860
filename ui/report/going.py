"""From a figure to its rows: which section of a report is open, and which rows it shows."""

from __future__ import annotations

import streamlit as st

from golems.reports.selection import ALL, Selection
from golems.runs import Run

SECTION, ROWS = "report-section", "Rows"


def selected(run: Run) -> tuple[Selection, str]:
    """The rows that were asked for, and in words why; all of them at first."""
    found: tuple[Selection, str] = st.session_state.get(_key(run), (ALL, ""))
    return found


def select(run: Run, selection: Selection, why: str = "") -> None:
    """Keep which rows are asked for."""
    st.session_state[_key(run)] = (selection, why)


def show_rows(run: Run, selection: Selection, why: str) -> None:
    """Open the section with the rows, and there only these; ends the script.

    Args:
        why: What they are, in plain words: ``negative, predicted as positive``.
    """
    select(run, selection, why)
    st.session_state[f"{SECTION}-next"] = ROWS
    st.rerun()


def _key(run: Run) -> str:
    return f"report-selection-{run.id}"
