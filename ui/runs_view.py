"""All runs on the screen, and what can be done with one of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from golems.errors import GolemError
from golems.runs import Run, all_runs, start_worker
from golems.runs.find import remove_run
from golems.runs.state import RESUMABLE
from ui.errors import errors_in_words
from ui.run_view import STATES, duration

POLL_S = 2.0
LIVE = ("queued", "running", "stopping")


def draw_runs() -> None:
    """The table of all runs, and the actions for the one that is chosen."""
    runs = all_runs()
    if not runs:
        st.info("There are no runs yet. Start one on the Batch page.", icon=":material/table_rows:")
        return
    draw_table()
    names = [run.id for run in runs]
    chosen = st.selectbox("Run", names, key="runs-chosen")
    with errors_in_words():
        draw_actions(next(run for run in runs if run.id == chosen))


@st.fragment(run_every=POLL_S)
def draw_table() -> None:
    """The runs as they are now."""
    st.dataframe(pd.DataFrame([as_row(run) for run in all_runs()]), hide_index=True)


def as_row(run: Run) -> dict[str, object]:
    """What the table says of a run; of a damaged one only that."""
    try:
        manifest, progress = run.manifest(), run.progress()
        state = STATES[run.state()]
    except GolemError as error:
        return {"Run": run.id, "State": f"Damaged: {error}"}
    return {
        "Run": run.id,
        "State": state,
        "Golem": manifest.title,
        "Dataset": manifest.dataset.name,
        "Rows": progress.done,
        "of": progress.rows,
        "Failed": progress.failed,
        "Rows a second": round(progress.rows_per_s or 0.0, 1),
        "Time": duration(progress.elapsed_s),
    }


def draw_actions(run: Run) -> None:
    """Open, stop, resume, delete."""
    state = run.state()
    with st.container(horizontal=True):
        if st.button("Open", icon=":material/open_in_new:", key="runs-open"):
            st.switch_page("pages/batch.py", query_params={"run": run.id})
        if state in LIVE and st.button("Stop", icon=":material/stop:", key="runs-stop"):
            run.ask_to_stop()
            st.rerun()
        if state in RESUMABLE and st.button("Resume", icon=":material/resume:", key="runs-resume"):
            run.resume()
            start_worker(run)
            st.rerun()
        if state not in ("running", "stopping"):
            with st.popover("Delete", icon=":material/delete:"):
                st.markdown("The run and its results will be gone for good.")
                if st.button("Delete it", type="primary", key="runs-delete"):
                    remove_run(run)
                    st.rerun()
