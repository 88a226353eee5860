"""What cutting long texts off has done to their labels."""

from __future__ import annotations

import streamlit as st

from golems.errors import RunFailed
from golems.reports.truncation import WAYS, OtherWay, read_otherwise, truncation, way_of
from golems.reports.view import View
from golems.reports.words import percent
from golems.runs import start_worker
from ui.errors import errors_in_words
from ui.text import plain

KEY = "report-cut-off"
FEW = 20


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
                f"{found.cut.hits:,} of {found.cut.rows:,} rows "
                f"({percent(found.cut.share or 0.0)}; {percent(low)} to {percent(high)}) were "
                f"too long for the golem; of these texts it has read {WAYS[found.way]}."
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
        st.info(plain(f"Run {other.run_id} is to say; it has no rows yet."))
    else:
        low, high = changed.interval
        few = f" Under {FEW} rows say little." if changed.rows < FEW else ""
        st.markdown(
            plain(
                f"{changed.hits:,} of {changed.rows:,} labels change "
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
        st.caption(plain(f"Run {other.run_id} goes on; open this section again for more."))
    if other.precision is not None:
        st.caption(
            f"That run computes in {other.precision}, another precision than this one; some labels "
            "may change by that alone."
        )
    if other.right_here.rows:
        st.caption(
            f"Of {other.right_here.rows:,} such rows with a truth {other.right_here.hits:,} are "
            f"right here and {other.right_there.hits:,} there."
        )
    if other.changes:
        st.dataframe(
            [{"Label here": one, "Label there": two, "Rows": n} for one, two, n in other.changes],
            hide_index=True, key=f"{KEY}-{other.way}-changes",
        )  # fmt: skip
    if st.button("Open that run", icon=":material/open_in_new:", key=f"{KEY}-{other.way}-open"):
        st.switch_page("pages/batch.py", query_params={"run": other.run_id})


def draw_missing(view: View, ways: tuple[str, ...], cut: int) -> None:
    """Offer runs over the cut-off rows alone."""
    st.caption(
        "To see how much was lost, have the golem read the texts that were cut off in another way, "
        "in a run of its own; the other rows are not read again."
    )
    for way in ways:
        rows = "1 row" if cut == 1 else f"{cut:,} rows"
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
