"""What cutting long texts off has done to their labels."""

from __future__ import annotations

import streamlit as st

from golems.errors import RunFailed
from golems.reports.truncation import WAYS, OtherWay, read_otherwise, truncation, way_of
from golems.reports.view import View
from golems.reports.words import percent
from golems.runs import Run, open_run, start_worker
from golems.runs.state import ENDED
from golems.words import counted, counted_of
from ui.errors import errors_in_words
from ui.run_view import STATES
from ui.text import plain

KEY = "report-cut-off"
FEW = 20
POLL_S = 2.0


def draw(view: View) -> None:
    """Draw what other runs say of the rows that were cut off; offer the runs that are missing."""
    if way_of(view.manifest) is None:
        st.info("The texts that this golem reads are never cut off in one way or another.")
        return
    with errors_in_words():
        found = truncation(view)
        if not found.cut.hits:
            st.info("No text of this run was cut off: the golem has read all of each.")
            return
        low, high = found.cut.interval
        st.markdown(
            plain(
                f"{found.cut.hits:,} of {counted(found.cut.rows, 'row')} "
                f"({percent(found.cut.share or 0.0)}; {percent(low)} to {percent(high)}) were too "
                f"long for the golem; of these texts it has read {WAYS[found.way]}."
            )
        )
        for other in found.ways:
            draw_way(other, found.cut.hits)
        if found.missing:
            draw_missing(view, found.missing, found.cut.hits)


def draw_way(other: OtherWay, cut: int) -> None:
    """How many labels change where the texts are read in another way."""
    st.markdown(f"### Reading {WAYS[other.way]} instead")
    changed = other.changed
    if not changed.rows:
        st.info("There is no label of that run to compare yet.", icon=":material/hourglass_empty:")
    else:
        low, high = changed.interval
        few = f" Under {FEW} rows say little." if changed.rows < FEW else ""
        st.markdown(
            plain(
                f"{changed.hits:,} of {counted(changed.rows, 'label')} change "
                f"({percent(changed.share or 0.0)}; 95% interval {percent(low)} to "
                f"{percent(high)}).{few}"
            )
        )
        if changed.rows < cut:
            st.caption(
                f"{cut - changed.rows:,} of the rows that were cut off have no label in one of the "
                "runs, or not the same text."
            )
    if other.is_going:
        st.fragment(draw_going, run_every=POLL_S)(open_run(other.run_id))
    if other.precision is not None:
        st.caption(
            f"That run computes in {other.precision}, another precision than this one; some labels "
            "may change by that alone."
        )
    if other.right_here.rows:
        st.caption(
            f"Of {counted(other.right_here.rows, 'such row')} with a truth "
            f"{other.right_here.hits:,} are right here and {other.right_there.hits:,} there."
        )
    if other.changes:
        st.dataframe(
            [{"Label here": one, "Label there": two, "Rows": n} for one, two, n in other.changes],
            hide_index=True, placeholder="", key=f"{KEY}-{other.way}-changes",
        )  # fmt: skip
    if st.button("Open that run", icon=":material/open_in_new:", key=f"{KEY}-{other.way}-open"):
        st.switch_page("pages/batch.py", query_params={"run": other.run_id})


def draw_going(run: Run) -> None:
    """How far that run is; the section is drawn again once it has ended. Ends the script then."""
    if run.state() in ENDED:
        st.rerun()
    with errors_in_words():
        progress = run.progress()
        rows = counted_of(progress.done, progress.rows, "row")
        st.progress(
            min(1.0, progress.done / progress.rows) if progress.rows else 0.0,
            plain(f"{STATES[run.state()]}: {rows} of run {run.id} so far"),
        )


def draw_missing(view: View, ways: tuple[str, ...], cut: int) -> None:
    """Offer runs over the cut-off rows alone."""
    st.caption(
        "To see how much was lost, have the golem read the texts that were cut off in another way, "
        "in a run of its own; the other rows are not read again."
    )
    for way in ways:
        rows = counted(cut, "row")
        label = f"Read {WAYS[way]} ({rows})"
        if st.button(label, icon=":material/play_arrow:", key=f"{KEY}-read-{way}"):
            run = read_otherwise(view, way, asked_by="on the page, for the rows cut off")
            try:
                start_worker(run)
            except RunFailed:
                # It waits there for whoever starts it.
                st.warning(plain(f"Run {run.id} was made, but could not be started."))
                raise
            st.rerun()
