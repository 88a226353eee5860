"""Filters of the rows: what a click on a chart sets can be set, and changed, by hand too."""

from __future__ import annotations

import streamlit as st

from golems.reports.bins import moment, number
from golems.reports.overview import counts, label_shares, score_bins
from golems.reports.rows import true_labels
from golems.reports.selection import Selection, Slice, Status
from golems.reports.slices import NOT_OF
from golems.reports.view import View
from golems.words import counted
from ui.report.going import select, turn_of
from ui.text import plain

STATES: dict[Status, str] = {
    "all": "All",
    "ok": "Predicted",
    "failed": "Failed",
    "cut off": "Cut off",
    "hardly read": "Hardly read",
    "right": "Right",
    "wrong": "Wrong",
    "judged": "Judged",
}
WHOLE = (0.0, 1.0)


def pick_rows(view: View, was: Selection) -> Selection:
    """Ask for rows, beginning with those that were asked for before.

    Returns:
        Those that are asked for now; they are kept.
    """
    found, bins = counts(view), score_bins(view)
    # A click elsewhere has other values to begin with, and so other widgets.
    key = f"report-filter-{view.run.id}-{turn_of(view.run)}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search", was.search, key=f"{key}-search", icon=":material/search:", width=260,
            placeholder="Words in any column",
        )  # fmt: skip
        states: list[Status] = [
            state for state in STATES
            if state != "judged"  # of a figure that asks for it
            and (state not in ("right", "wrong") or view.choices.truth is not None)
            and (state != "cut off" or found.cut_off)
            and (state != "hardly read" or found.hardly_read)
            and (state != "failed" or found.failed)
        ]  # fmt: skip
        if was.status not in states:
            states.append(was.status)
        state: Status = st.segmented_control(
            "Rows", states, format_func=STATES.__getitem__, default=was.status, required=True,
            key=f"{key}-status",
        )  # fmt: skip
    labels, truths, score = was.labels, was.truths, was.score
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names := [one.label for one in label_shares(view)]:
            labels = tuple(
                st.multiselect(
                    "Predicted", [*dict.fromkeys([*names, *was.labels])], was.labels,
                    key=f"{key}-labels", width=320,
                )
            )  # fmt: skip
        if view.choices.truth is not None:
            truths = tuple(
                st.multiselect(
                    "Truth", [*dict.fromkeys([*true_labels(view), *was.truths])], was.truths,
                    key=f"{key}-truths", width=320,
                )
            )  # fmt: skip
        if bins is not None and (bins.edges[0], bins.edges[-1]) == (0, 1):
            low, high = sorted(min(max(one, 0.0), 1.0) for one in was.score or WHOLE)
            given = st.slider("Score", 0.0, 1.0, (low, high), 0.01, key=f"{key}-score", width=240)
            score = None if given == WHOLE else given
    if was.slices or was.places is not None or was.below is not None:
        st.caption(f"Within: {plain(within(was))}")
    now = was.but(search=search, status=state, labels=labels, truths=truths, score=score)
    if now != was:
        select(view.run, now, keep=True)
    return now


def within(selection: Selection) -> str:
    """What else a selection asks for, in words."""
    said = [in_words(one) for one in selection.slices]
    if selection.below is not None:
        said.append(f"score under {selection.below:g}")
    if selection.places is not None:
        said.append(f"{counted(len(selection.places), 'chosen row')}")
    return ", ".join(said)


def in_words(one: Slice) -> str:
    """What a slice's rows have in common: ``day from 2020-01-01 and before 2021-01-01``."""
    if one.kind == "value":
        if one.other_than:
            return f"{one.column} has another value than the most frequent ones"
        return f"{one.column} is {one.value}" if one.value else f"{one.column} is empty"
    if one.low is None and one.high is None:
        return f"{one.column} is {NOT_OF[one.kind]}"
    of, show, under = one.column, number, "under"
    if one.kind == "length":
        of = f"length of {one.column}"
    elif one.kind == "date":
        show, under = moment, "before"
    ends = [] if one.low is None else [f"from {show(one.low)}"]
    if one.high is not None:
        ends.append(f"{'up to' if one.closed else under} {show(one.high)}")
    return f"{of} {' and '.join(ends)}"
