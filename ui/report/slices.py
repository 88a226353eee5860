"""Which rows differ: the run's rows sliced by the columns of its dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from golems.reports.charts.slices import slices_chart
from golems.reports.differing import COUNTED, LEVEL, Differing, differing
from golems.reports.kinds import kinds_of, usual
from golems.reports.measures import FEW, Compared, Figures, measured, together
from golems.reports.selection import Selection, Sliced
from golems.reports.slices import SliceFigures, slices_of
from golems.reports.view import View, view_of
from golems.runs import Run
from golems.words import counted
from ui.errors import errors_in_words
from ui.figures import show_chart
from ui.report.going import ask_for_rows, now
from ui.text import plain

KEY = "report-slices"
KINDS: dict[Sliced, str] = {
    "value": "Values", "number": "Numbers", "date": "Dates", "length": "Lengths",
}  # fmt: skip
MOST_FOUND = 8


def draw(view: View) -> None:
    """Draw what differs most, and the slices of one column."""
    if not view.columns:
        st.info("The dataset has no columns to slice its rows by.")
        return
    most = st.container()
    draw_column(view)
    # Comparing all columns takes longest: everything else is there by then.
    with most:
        st.markdown("### What differs most")
        with st.spinner("Comparing the slices of all columns …"):
            found = differing(view)
        draw_differing(view, found)
        draw_copies(found)


def draw_differing(view: View, found: Differing) -> None:
    """Draw the slices that stand out, and out of how many comparisons."""
    if not found.comparisons:
        st.caption(
            f"There is nothing to compare: no slice of at least {FEW} rows, or nothing predicted."
        )
        return
    for place, one in enumerate(found.found[:MOST_FOUND]):
        said, button = st.columns([4, 1], vertical_alignment="center")
        said.markdown(f"{plain(one.words)} · {plain(_p(one.corrected))}")
        button.button(
            "Show these rows", key=f"{KEY}-found-{place}", on_click=ask_for_rows,
            args=(view.run, one.selection, one.slice.words),
        )  # fmt: skip
    times = f"{found.comparisons:,} comparison{'s' if found.comparisons != 1 else ''}"
    count = len(found.found)
    stand = f"{count:,} stand{'s' if count == 1 else ''} out" if count else "none stands out"
    more = f"; the {MOST_FOUND} largest differences are shown" if count > MOST_FOUND else ""
    st.caption(
        plain(
            f"Of {times}, {stand}{more}. Each slice of at least {FEW} rows was compared with all "
            "other rows (chi-square, or Fisher's exact test of few rows, for shares; Welch's t "
            "test for scores). What stands out has p < "
            f"{LEVEL} after Benjamini and Hochberg's correction for the number of comparisons, and "
            "95% intervals that have nothing in common. "
            "Among very many rows small differences stand out too, and none of them is a cause: "
            "columns go together."
        )
    )


def draw_copies(found: Differing) -> None:
    """Say which columns were left out: too many, or another one says all that they say."""
    if found.bounds:
        st.caption(found.bounds)
    if found.copies:
        said = "; ".join(f"{one} as {other}" for one, other in found.copies.items())
        st.caption(plain(f"Columns that slice the rows the same were compared once: {said}."))


def _p(p: float) -> str:
    return "corrected p < 0.0001" if p < 0.0001 else f"corrected p = {p:.2g}"


def draw_column(view: View) -> None:
    """Ask for a column, and draw its slices."""
    pick, what, how = st.columns(3)
    # Runs have other columns, and columns other kinds: each has its own choice.
    key = f"{KEY}-{view.run.id}"
    columns = [*view.columns]
    column = pick.selectbox(
        "Column", columns, columns.index(usual(view)), key=f"{key}-column", persist_state="page"
    )
    kinds = kinds_of(view, column).kinds
    if not kinds:
        st.info(
            plain(f"No row has anything in column {column}, so there is nothing to slice by."),
            icon=":material/info:",
        )
        return
    kind = kinds[0]
    key = f"{key}-{[*view.columns].index(column)}"
    if len(kinds) > 1:
        with how:
            kind = st.segmented_control(
                "Slice by", kinds, default=kind, required=True, format_func=KINDS.__getitem__,
                key=f"{key}-kind", persist_state="page",
            )  # fmt: skip
    slices = slices_of(view, column, kind)
    by = ask_what(view, together(one.figures for one in slices), what)

    def ask_for_dot(place: Any) -> None:
        one = slices[int(place)]
        ask_for_rows(view.run, Selection(slices=one.where, status=COUNTED[by.what]), one.words)

    show_chart(
        slices_chart(slices, by), key=f"{key}-{kind}-chart", on_click=ask_for_dot, numbers=False
    )
    draw_table(slices, by, has_truth=view.choices.truth is not None)
    chosen, button = st.columns([4, 1], vertical_alignment="bottom")
    name = f"{key}-{kind}-slice"
    picked = chosen.selectbox(
        "Slice", range(len(slices)), key=name, persist_state="page",
        format_func=lambda one: f"{slices[one].name} · {counted(slices[one].figures.rows, 'row')}",
    )  # fmt: skip
    button.button(
        "Show these rows", key=f"{KEY}-{view.run.id}-show", on_click=ask_for_slice,
        args=(view.run, column, kind, picked),
    )  # fmt: skip


def ask_for_slice(run: Run, column: str, kind: Sliced, place: int) -> None:
    """Ask for the rows of the slice that is chosen now: a press may be quicker than the drawing.

    Args:
        column, kind, place: Which was chosen when the button was drawn.
    """
    with errors_in_words(), view_of(run) as view:
        key = f"{KEY}-{run.id}"
        chosen = now(f"{key}-column", column)
        key = f"{key}-{[*view.columns].index(chosen)}"
        usual_kinds = kinds_of(view, chosen).kinds
        if not usual_kinds:
            return  # nothing to slice by, as the page says
        chosen_kind = now(f"{key}-kind", kind if chosen == column else usual_kinds[0])
        is_drawn = (chosen, chosen_kind) == (column, kind)
        slices = slices_of(view, chosen, chosen_kind)
        one = slices[int(now(f"{key}-{chosen_kind}-slice", place if is_drawn else 0))]
    ask_for_rows(run, Selection(slices=one.where), one.words)


def ask_what(view: View, whole: Figures, where: st.delta_generator.DeltaGenerator) -> Compared:
    """Ask what to compare slices by, out of what there is."""
    labels = sorted(whole.labels, key=lambda label: (-whole.labels[label], label))
    if view.choices.positive in labels:
        labels.remove(view.choices.positive)
        labels.insert(0, view.choices.positive)
    possible = [Compared("label", label) for label in labels]
    # The first label, then what there is one of, then the others, which may be a thousand.
    single = [
        *([Compared("accuracy")] if whole.judged else []),
        *([Compared("score")] if whole.scores.n else []),
        Compared("failed"),
    ]
    possible[1:1] = single
    if not labels:
        possible = single
    return where.selectbox(
        "Compare by", possible, format_func=lambda one: one.words, key=f"{KEY}-{view.run.id}-by",
        persist_state="page",
    )  # fmt: skip


def draw_table(slices: Sequence[SliceFigures], by: Compared, *, has_truth: bool) -> None:
    """Draw the figures of each slice as text, with their intervals."""
    import pandas as pd

    columns = [by] if by.what == "label" else []
    columns += [Compared("score")] if any(one.figures.scores.n for one in slices) else []
    columns += [Compared("accuracy")] if has_truth else []
    st.dataframe(
        pd.DataFrame(
            {
                "Slice": [one.name for one in slices],
                "Rows": [one.figures.rows for one in slices],
                "Failed": [one.figures.failed for one in slices],
                **{
                    what.words: [str(measured(one.figures, what)) for one in slices]
                    for what in columns
                },
                "Note": [f"under {FEW} rows" if one.few else "" for one in slices],
            }
        ),
        hide_index=True,
        placeholder="",
        column_config={
            name: st.column_config.NumberColumn(format="localized") for name in ("Rows", "Failed")
        },
    )
