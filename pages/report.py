"""The report of a run: what it gave, how sure, for whom, and where it fails."""

import streamlit as st

from golems.runs import open_run
from ui.errors import errors_in_words
from ui.report.picking import keep_picked, pick_run
from ui.report.sections import draw_report

st.title("Report")
run_id = st.query_params.get("run")
with errors_in_words():
    if run_id is None:
        pick_run()
    else:
        keep_picked(run_id)
        draw_report(open_run(run_id))
