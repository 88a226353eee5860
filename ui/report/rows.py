"""The rows of a run, those that were asked for."""

from __future__ import annotations

import streamlit as st

from golems.reports.rows import page_of_rows
from golems.reports.view import View
from ui.report.going import selected


def draw(view: View) -> None:
    """Draw the rows that were asked for, a page at a time."""
    selection, _ = selected(view.run)
    st.dataframe(page_of_rows(view, selection), hide_index=True)
