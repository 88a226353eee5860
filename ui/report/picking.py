"""Which run a report is of, where the page's address doesn't say."""

from __future__ import annotations

import streamlit as st

from golems.runs.facts import RunFacts, all_facts
from golems.words import counted
from ui.text import plain

LATEST = 5
OFFERED = "report-runs-offered"


def pick_run() -> None:
    """Ask for a run, newest first; its address is the report's from then on."""
    st.session_state[OFFERED] = True
    runs = {one.run.id: one for one in all_facts() if one.damage is None}
    if not runs:
        st.info("There are no runs yet. Start one on the Batch page.", icon=":material/table_rows:")
        return
    st.markdown("## The latest")
    for one in [*runs.values()][:LATEST]:
        st.page_link(
            "pages/report.py", label=plain(as_line(one)), icon=":material/analytics:",
            query_params={"run": one.run.id},
        )  # fmt: skip
    chosen = st.selectbox(
        "Run", [*runs], index=None, format_func=lambda id_: as_line(runs[id_]), key="report-run",
        placeholder="Choose a run",
    )  # fmt: skip
    if chosen is not None:
        st.query_params["run"] = chosen
        st.rerun()


def keep_picked(run_id: str) -> None:
    """Have the address name the run whose link was followed.

    Streamlit leaves the browser's address as it is where a link leads to the page it stands on.
    """
    if st.session_state.pop(OFFERED, False):
        st.query_params["run"] = run_id


def as_line(facts: RunFacts) -> str:
    """A run on one line."""
    what = facts.name or f"{facts.title} on {facts.dataset}"
    return f"{what} · {counted(facts.progress.done, 'row')} · {facts.run.id}"
