"""What a run gave, at a glance."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st

from golems.reports import parity_sentence
from golems.reports.charts.labels import label_bars
from golems.reports.charts.overview import length_line, reason_bars, score_histogram
from golems.reports.overview import (
    Counts,
    counts,
    hardly_read_sentence,
    label_shares,
    reasons,
    score_bins,
    score_by_length,
)
from golems.reports.selection import Selection, Slice
from golems.reports.view import View
from ui.figures import show_chart
from ui.report.going import ask_for_rows, show_rows
from ui.text import KNOWN, duration, plain, rate, short_commit

HARDLY_READ = "Their results mean little; the column `note` says why."
HARDLY_READ_ROWS = "Rows that the golem can hardly read"


def draw(view: View) -> None:
    """Draw the figures that matter first; a click on one shows its rows."""
    found = counts(view)
    if not found.rows:
        st.info("No row was written yet.", icon=":material/hourglass_empty:")
        draw_facts(view)
        return
    draw_numbers(view)
    shares = label_shares(view)
    if found.is_part and shares:
        st.caption(
            "These rows are part of a larger dataset. Where a share has an interval, that of all "
            "rows lies in it 95 times of 100, if these are as good as drawn at random."
        )
    around = [
        (label_bars(found, shares), rows_of_label),
        (score_histogram(score_bins(view), [one.label for one in shares]), rows_of_score),
        (length_line(score_by_length(view)), rows_of_length),
        (reason_bars(found, reasons(view)), rows_of_reason),
    ]
    charts = [(chart, go) for chart, go in around if chart is not None]
    if not charts:
        st.caption("What the golem wrote is under Texts, and beside its prompts under Rows.")
    columns = st.columns(2, gap="medium")
    for place, (chart, go) in enumerate(charts):
        with columns[place % 2]:
            show_chart(chart, key=f"report-overview-{place}", on_click=partial(go, view))
    draw_facts(view)


def draw_numbers(view: View) -> None:
    """Rows, and what became of them."""
    found, progress = counts(view), view.run.progress()
    columns = view.manifest.result_columns
    # What is kept of a run that has ended spares a look into each of its parts.
    counted = view.manifest.counts or asdict(view.run.counts())
    known = int(counted["known"] + counted["repeated"])
    shown: list[tuple[str, str, str | None]] = [
        ("Rows", f"{found.rows:,}", None),
        ("Predicted" if "predicted_label" in columns else "Written", f"{found.ok:,}", None),
        ("Failed", f"{found.failed:,}", None),
    ]
    if "tokens_dropped" in columns:
        shown.append(("Cut off", f"{found.cut_off:,}", "The golem didn't read all of these texts."))
    if found.hardly_read:
        shown.append(("Hardly read", f"{found.hardly_read:,}", HARDLY_READ))
    if known:
        shown.append(("Known already", f"{known:,}", KNOWN))
    if progress.elapsed_s:
        shown.append(("Time", duration(progress.elapsed_s), None))
        shown.append(("Rows a second", rate(found.rows / progress.elapsed_s), None))
    with st.container(horizontal=True):
        for name, value, help_ in shown:
            st.metric(name, value, width="content", help=help_)
    if found.hardly_read:
        draw_hardly_read(view, found)


def draw_hardly_read(view: View, found: Counts) -> None:
    """How many rows the golem can hardly read, and the way to them."""
    st.warning(f"{hardly_read_sentence(found)} {HARDLY_READ}", icon=":material/translate:")
    if st.button("Show these rows", icon=":material/table_rows:", key="report-hardly-read"):
        show_rows(view.run, Selection(status="hardly read"), HARDLY_READ_ROWS)


def draw_facts(view: View) -> None:
    """What ran on what, so that a figure can be traced."""
    manifest = view.manifest
    engine, dataset = manifest.engine, manifest.dataset
    facts = [("Golem", manifest.title), ("Checkpoint", manifest.checkpoint)]
    if engine is not None:
        facts.append(("Commit", short_commit(engine.commit)))
        facts.append(("Precision", f"{engine.precision} on {engine.device}"))
        if said := parity_sentence(
            engine.parity.model_dump() if engine.parity else None, manifest.task
        ):
            facts.append(("Against fp32", said))
    facts.append(("Dataset", dataset.name))
    if dataset.column:
        facts.append(("Column", dataset.column))
    if dataset.fingerprint:
        facts.append(("Fingerprint of the dataset", short_fingerprint(dataset.fingerprint)))
    facts.append(("Licence of the checkpoint", manifest.license))
    if manifest.asked_by:
        facts.append(("Asked by", manifest.asked_by))
    facts.append(("Run", manifest.id))
    with st.expander("What ran on what", icon=":material/fact_check:"):
        lines = [f"**{name}**: {plain(value)}" for name, value in facts if value]
        st.markdown("\n\n".join(lines))


def short_fingerprint(fingerprint: str) -> str:
    """Its kind, and the first 12 digits."""
    kind, _, digits = fingerprint.partition(":")
    return f"{kind}:{digits[:12]}" if digits else fingerprint[:12]


def rows_of_label(view: View, label: Any) -> None:
    ask_for_rows(view.run, Selection(labels=(label,)), f"Predicted as {label}")


def rows_of_score(view: View, clicked: Any) -> None:
    label, low, high = clicked
    labels = () if label is None else (label,)
    what = f"{label}, with a score" if label is not None else "Score"
    ask_for_rows(
        view.run, Selection(labels=labels, score=(low, high)), f"{what} from {low:g} to {high:g}"
    )


def rows_of_length(view: View, clicked: Any) -> None:
    low, high = clicked
    column = view.manifest.dataset.column
    if column is not None:
        one = Slice(column, "length", low=low, high=high, closed=True)
        ask_for_rows(view.run, Selection(slices=(one,)), f"Texts of {low:,} to {high:,} characters")


def rows_of_reason(view: View, clicked: Any) -> None:
    ask_for_rows(view.run, Selection(status="failed"), f"Failed; the most frequent: {clicked}")
