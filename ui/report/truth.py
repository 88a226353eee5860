"""Predictions against the truth: how often the golem is right, and where it isn't."""

from __future__ import annotations

from typing import Any

import streamlit as st

from golems.reports.charts.truth import FEW, class_chart, confusion_matrix, drawn_labels
from golems.reports.judging import keep_accuracy
from golems.reports.metrics import Metrics, cells, metrics
from golems.reports.overview import label_shares
from golems.reports.selection import Selection
from golems.reports.view import View
from golems.words import counted
from ui.figures import show_chart
from ui.report.curves import draw_curves
from ui.report.going import ask_for_rows, now
from ui.report.suspects import draw_suspects
from ui.report.truth_choice import draw_choice
from ui.text import plain

PART = "report-truth-part"
MEANT = {
    "Balanced accuracy": "The mean of the recalls: each label counts the same, however rare.",
    "Macro F1": "F1 joins precision and recall of a label; this is its mean over the labels.",
    "Cohen's kappa": "Agreement beyond what chance would give: 0 is chance, 1 is full.",
    "MCC": "Matthews correlation coefficient: 0 is chance, 1 is full agreement. Rare labels "
    "count too.",
}


def draw(view: View) -> None:
    """Draw the choice of the truth; once there is one, how well it is met."""
    if not label_shares(view):
        st.info("This run has predicted no label, so there is nothing to compare with a truth.")
        return
    draw_choice(view)
    if view.choices.truth is None:
        return
    found = metrics(view)
    keep_accuracy(view, found)
    draw_metrics(view, found)
    if not found.n:
        return
    parts = {
        "Confusion": draw_matrix,
        "Each label": draw_classes,
        "Scores": draw_curves,
        "Rows to look at": draw_suspects,
    }
    # Streamlit forgets it while rows are looked at; whoever comes back finds what they left.
    if PART not in st.session_state:
        st.session_state[PART] = st.session_state.get(f"{PART}-last", next(iter(parts)))
    tabs = st.tabs([*parts], key=PART, on_change="rerun")
    for tab, (name, draw_part) in zip(tabs, parts.items(), strict=True):
        if tab.open:
            st.session_state[f"{PART}-last"] = name
            with tab:
                draw_part(view)


def draw_metrics(view: View, found: Metrics) -> None:
    """The figures of all rows, and which rows they are of."""
    if found.accuracy is None:
        st.info(
            f"No row has both a prediction and a truth in {plain(view.choices.truth or '')}: "
            "there is nothing to count."
        )
    else:
        low, high = found.accuracy_interval
        figures = {
            "Accuracy": f"{found.accuracy:.1%}",
            "Balanced accuracy": f"{found.balanced_accuracy:.1%}",
            "Macro F1": f"{found.macro.f1:.3f}" if found.macro else "–",
            "Cohen's kappa": "–" if found.kappa is None else f"{found.kappa:.3f}",
            "MCC": f"{found.mcc:.3f}",
        }
        with st.container(horizontal=True, gap="medium"):
            for name, value in figures.items():
                st.metric(name, value, width="content", help=MEANT.get(name))
        largest = found.classes[0]
        st.markdown(
            plain(
                f"{found.hits:,} of {counted(found.n, 'row')} are right: {found.accuracy:.1%} "
                f"(95% interval {low:.1%} to {high:.1%}). Whoever always said "
                f"{largest.label} would be right in {largest.support / found.n:.1%}."
            )
        )
    for note in _notes(found):
        st.caption(plain(note))


def _notes(found: Metrics) -> list[str]:
    """Rows that are not what one would think."""
    notes = []
    if found.failed:
        notes.append(f"{counted(found.failed, 'row')} with a truth failed: they are not counted.")
    if found.without_truth:
        notes.append(
            f"{found.without_truth:,} of {counted(found.rows, 'row')} have no truth: "
            "they are not counted."
        )
    if found.left_out:
        notes.append(f"{counted(found.left_out, 'row')} left out by hand: not counted.")
    if found.kappa is None and found.n:
        notes.append("There is only one label, so kappa is not defined.")
    return notes


def draw_matrix(view: View) -> None:
    """The confusion matrix; a click, or two choices and a button, open a cell's rows."""
    found = cells(view)
    shares = st.segmented_control(
        "Cells show", ["Rows", "Share of the truth"], default="Rows", required=True,
        key="report-truth-cells", persist_state="page",
    )  # fmt: skip

    def ask_for_cell(clicked: Any) -> None:
        truth, label = clicked
        rest = tuple(sorted({*found.labels} - {*drawn_labels(found)}))
        truths, labels = (rest if one is None else (one,) for one in (truth, label))
        ask_for_rows(view.run, *in_cell(truths, labels))

    show_chart(
        confusion_matrix(found, shares=shares != "Rows"), key="report-truth-matrix",
        on_click=ask_for_cell,
    )  # fmt: skip
    first, second, third = st.columns([2, 2, 1], vertical_alignment="bottom")
    names = [one.label for one in metrics(view).classes]
    # Kept while another part is looked at; another run has other labels.
    key = f"report-truth-cell-{view.run.id}"
    of_truth, of_label = f"{key}-truth", f"{key}-label"
    truth = first.selectbox("Truth", names, key=of_truth, persist_state="page")
    other = min(1, len(names) - 1)  # errors are what people look for first
    label = second.selectbox("Predicted", names, other, key=of_label, persist_state="page")
    third.button(
        "Show these rows", key="report-truth-cell-show",
        on_click=lambda: ask_for_cell((now(of_truth, truth), now(of_label, label))),
    )  # fmt: skip


def in_cell(truths: tuple[str, ...], labels: tuple[str, ...]) -> tuple[Selection, str]:
    """The rows of a cell, and in words what they are."""
    truth = truths[0] if len(truths) == 1 else f"one of {counted(len(truths), 'other label')}"
    label = labels[0] if len(labels) == 1 else f"one of {counted(len(labels), 'other label')}"
    return Selection(truths=truths, labels=labels), f"Truth {truth}, predicted as {label}"


def draw_classes(view: View) -> None:
    """Precision and recall of each label."""
    import pandas as pd

    found = metrics(view)

    def ask_for_wrong(clicked: Any) -> None:
        what, label = clicked
        if what == "precision":
            wrong, why = Selection(labels=(label,)), f"Wrongly predicted as {label}"
        else:
            wrong, why = Selection(truths=(label,)), f"Truth {label}, predicted as another label"
        ask_for_rows(view.run, wrong.but(status="wrong"), why)

    show_chart(
        class_chart(found.classes), key="report-truth-classes", on_click=ask_for_wrong,
        numbers=False,
    )  # fmt: skip
    # Format "percent" leaves out zeros: 93.1% under 90.27%.
    share = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(
        pd.DataFrame(
            {
                "Label": [one.label for one in found.classes],
                "Precision": [
                    100 * one.precision if one.predicted else None for one in found.classes
                ],
                "95% interval": [
                    _interval(*one.precision_interval) if one.predicted else "–"
                    for one in found.classes
                ],
                "Recall": [100 * one.recall if one.support else None for one in found.classes],
                "95% interval ": [
                    _interval(*one.recall_interval) if one.support else "–"
                    for one in found.classes
                ],
                "F1": [one.f1 for one in found.classes],
                "Rows": [one.support for one in found.classes],
                "Predicted": [one.predicted for one in found.classes],
                "Note": [
                    f"Fewer than {FEW} rows: too few to tell" if one.support < FEW else ""
                    for one in found.classes
                ],
            }
        ),
        hide_index=True, placeholder="", key="report-truth-table",
        column_config={"Precision": share, "Recall": share,
                       "F1": st.column_config.NumberColumn(format="%.3f")},
    )  # fmt: skip
    if found.macro and found.weighted:
        st.caption(
            "Averages over the labels: "
            f"precision {found.macro.precision:.3f}, recall {found.macro.recall:.3f}, F1 "
            f"{found.macro.f1:.3f}; weighted by their rows: {found.weighted.precision:.3f}, "
            f"{found.weighted.recall:.3f}, {found.weighted.f1:.3f}. n = {found.n:,}."
        )


def _interval(low: float, high: float) -> str:
    return f"{low:.1%} to {high:.1%}"
