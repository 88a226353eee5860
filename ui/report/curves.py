"""Scores against the truth: two labels told apart, and whether scores mean what they say."""

from __future__ import annotations

import streamlit as st

from golems.reports.charts import Chart
from golems.reports.charts.curves import precision_recall_chart, reliability_chart, roc_chart
from golems.reports.curves import Absent, Curves, binary_curves
from golems.reports.reliability import Reliability, reliability
from golems.reports.view import View
from golems.reports.words import shortened
from golems.words import counted
from ui.figures import show_chart
from ui.text import plain


def draw_curves(view: View) -> None:
    """Draw the ROC, the precision-recall and the reliability curve; nothing without a truth."""
    if view.choices.truth is None:
        return
    curves, scores = binary_curves(view), reliability(view)
    st.subheader("Scores against the truth")
    if isinstance(curves, Absent) and isinstance(scores, Absent):
        for why in dict.fromkeys((curves.why, scores.why)):
            st.info(plain(why), icon=":material/info:")
        return
    _draw_figures(curves, scores)
    charts: dict[str, Chart] = {}
    if isinstance(curves, Curves):
        charts = {"roc": roc_chart(curves), "pr": precision_recall_chart(curves)}
    if isinstance(scores, Reliability):
        charts["reliability"] = reliability_chart(scores)
    for place, (name, chart) in zip(st.columns(len(charts)), charts.items(), strict=True):
        with place:
            show_chart(chart, key=f"report-curves-{name}")


def _draw_figures(curves: Curves | Absent, scores: Reliability | Absent) -> None:
    """Draw the figures, and in words what they are of."""
    places = st.container(horizontal=True)
    if isinstance(curves, Curves):
        low, high = curves.auc_interval
        places.metric(
            "AUC (ROC)",
            f"{curves.auc:.3f}",
            help="How often a row of the positive label scores higher than another one. "
            f"95%: {low:.3f} to {high:.3f}",
        )
        places.metric(
            "Average precision", f"{curves.average_precision:.3f}",
            help="Precision averaged over recall, the area under the curve below; 1 is best.",
        )  # fmt: skip
    if isinstance(scores, Reliability):
        places.metric(
            "Calibration error (ECE)", f"{scores.ece:.3f}",
            help="How far scores and the share that is right are apart, averaged over ten bins; "
            "0 is best.",
        )  # fmt: skip
        places.metric("Rows with a truth", f"{scores.rows:,}")
    said = []
    if isinstance(curves, Curves):
        low, high = curves.auc_interval
        why = "" if curves.chosen else " (choose it under Names of labels)"
        said.append(
            f"AUC {curves.auc:.3f} (95% interval {low:.3f} to {high:.3f}) of "
            f"{counted(curves.rows, 'row')}, with '{shortened(curves.positive)}' as the positive "
            f"label{why}."
        )
        if curves.left_out:
            rows = "row is" if curves.left_out == 1 else "rows are"
            said.append(f"{curves.left_out:,} {rows} left out: another truth, or no score.")
    else:
        said.append(f"No ROC curve: {curves.why}")
    if isinstance(scores, Absent):
        said.append(scores.why)
    st.caption(plain(" ".join(said)))
