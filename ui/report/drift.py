"""The golem of a run over other data: whether what it says has shifted."""

from __future__ import annotations

import streamlit as st

from golems.reports.charts.duel import drift_chart
from golems.reports.drift import FLOOR, Distance, drift, kin
from golems.reports.view import View, view_of
from golems.reports.words import p_is
from golems.runs.facts import facts_of
from ui.figures import show_chart
from ui.report.picking import as_line
from ui.text import plain

KEY = "report-drift"


def draw_drift(view: View) -> None:
    """Ask for a run of the same golem over other data, and compare what it says."""
    st.markdown("### Drift: the same golem, other data")
    found = {run.id: run for run in kin(view.run)}
    if not found:
        st.info(
            "No other run of this checkpoint and commit has other data. Run the golem over "
            "another dataset to see whether its labels and scores shift.",
            icon=":material/trending_flat:",
        )
        return
    chosen = st.selectbox(
        "Compare with", [*found], index=None, key=f"{KEY}-run-{view.run.id}",
        format_func=lambda id_: as_line(facts_of(found[id_])), placeholder="Choose a run",
    )  # fmt: skip
    if chosen is None:
        return
    with view_of(found[chosen]) as other:
        shift = drift(view, other)
    if shift.precisions[0] != shift.precisions[1]:
        st.caption(
            f"The runs computed in {' and '.join(shift.precisions)}; that alone shifts scores a "
            "little."
        )
    for what, distance in (("labels", shift.labels), ("scores", shift.scores)):
        if distance is None:
            st.info(f"One of the runs has no {what}, so there is nothing to compare.")
        else:
            draw_distance(distance, what)


def draw_distance(distance: Distance, what: str) -> None:
    """A chart, the test, and what is against relying on them."""
    labels = [one.name for one in distance.bins] if what == "labels" else []
    show_chart(drift_chart(distance, what, labels=labels), key=f"{KEY}-{what}")
    if distance.chi_square is None or distance.p_value is None:
        tested = f"All {what} fall in one bin, so there is nothing to test."
    else:
        degrees = "1 degree" if distance.degrees == 1 else f"{distance.degrees} degrees"
        tested = (
            f"Chi-square test of the counts: {distance.chi_square:.2f} with {degrees} of freedom, "
            f"{p_is(distance.p_value)}."
        )
    st.caption(
        plain(
            f"{tested} In the population stability index an empty bin counts as a share of "
            f"{FLOOR:g}. With many rows a small shift has a small p-value too: look at the "
            "distances."
        )
    )
    for warning in distance.warnings:
        st.warning(plain(warning))
