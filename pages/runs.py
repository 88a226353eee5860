"""Runs: all of them, with what can be done with each."""

import streamlit as st

from ui.errors import errors_in_words
from ui.runs_view import draw_runs

st.title("Runs")
st.markdown("Every run of the Batch page and of the command line.")
with errors_in_words():
    draw_runs()
