"""What a run gave, at a glance."""

from __future__ import annotations

import streamlit as st

from golems.reports.rows import count_rows
from golems.reports.view import View


def draw(view: View) -> None:
    """Draw the figures that matter first."""
    st.metric("Rows", f"{count_rows(view):,}")
