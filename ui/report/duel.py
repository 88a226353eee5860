"""A run beside others over the same rows, and its golem over other data."""

from __future__ import annotations

import streamlit as st

from golems.reports.charts.duel import agreement_chart, distribution_chart
from golems.reports.disagreements import (
    Between,
    page_of_disagreements,
    places_of,
    select_disagreements,
)
from golems.reports.duel import Duel, Share, of_rivals
from golems.reports.mcnemar import Contest
from golems.reports.rivals import MOST, Rival, attach, described, refuse_without_labels, rivals
from golems.reports.view import View
from golems.reports.words import p_is, percent
from golems.runs import Run
from golems.runs.facts import facts_of
from golems.runs.state import ENDED
from golems.words import counted
from ui.ahead import compare_soon
from ui.errors import errors_in_words
from ui.figures import show_chart
from ui.report.drift import draw_drift
from ui.report.going import show_rows
from ui.report.picking import as_line
from ui.text import plain

KEY = "report-compare"
PAGE_ROWS = 100
FEW = 20


def draw(view: View) -> None:
    """Draw the run beside others, and the golem over other data."""
    with errors_in_words():
        refuse_without_labels(view.manifest)
        draw_duel(view)
        st.divider()
        with errors_in_words():
            draw_drift(view)


def draw_duel(view: View) -> None:
    """Ask which runs to compare with, and compare."""
    found = {run.id: run for run in rivals(view.run)}
    st.markdown("### The same rows, other runs")
    if not found:
        st.info(
            "No other run has the same rows. Start another run over the same data, with another "
            "checkpoint, precision or way to read long texts, and compare it here.",
            icon=":material/compare_arrows:",
        )
        return
    chosen = st.multiselect(
        f"Compare with up to {MOST - 1} other runs over the same rows", [*found],
        format_func=lambda id_: line_of(view, found[id_]), max_selections=MOST - 1,
        key=f"{KEY}-runs-{view.run.id}", placeholder="Choose runs", persist_state="page",
    )  # fmt: skip
    if not chosen:
        compare_soon(view, [*found.values()])
        return
    with errors_in_words():
        others = attach(view, [found[id_] for id_ in chosen])
        duel = of_rivals(view, others)
        draw_figures(view, others, duel)
        draw_disagreements(view, others, duel)


def line_of(view: View, run: Run) -> str:
    """A run on one line, with what tells it from this one."""
    _, about = described([view.manifest, run.manifest()])
    return f"{as_line(facts_of(run))} · {about}" if about != run.id else as_line(facts_of(run))


def draw_figures(view: View, others: tuple[Rival, ...], duel: Duel) -> None:
    """Who is who, where they agree, and with a truth who is right."""
    st.dataframe(
        [
            {"Run": side.name, "What tells it apart": side.about, "Id": side.run_id,
             "Predicted": side.predicted, "Rows of A": duel.rows}
            for side in duel.sides
        ],
        hide_index=True, placeholder="", key=f"{KEY}-sides",
    )  # fmt: skip
    for run in (view.run, *(one.run for one in others)):
        if run.state() not in ENDED:
            st.caption(plain(f"Run {run.id} goes on; these are the rows so far."))
    if not duel.compared:
        st.info("No row was predicted by all of these runs, so there is nothing to compare.")
        return
    if not duel.common:
        st.warning(
            "The runs have no label in common, so they can't agree. If their labels mean the "
            "same, give them the same names in each run's report."
        )
    if duel.mended:
        st.caption(
            f"{counted(duel.mended, 'text')} mended by hand in one of the runs; the others may "
            "have read other texts there."
        )
    left, right = st.columns(2)
    with left:
        show_chart(agreement_chart(duel), key=f"{KEY}-agreement")
    with right:
        show_chart(distribution_chart(duel), key=f"{KEY}-labels")
    kappas = [
        f"{_names(duel, pair.first, pair.second)} "
        f"{'is not defined' if pair.kappa is None else f'{pair.kappa:.3f}'}"
        for pair in duel.pairs
    ]
    st.caption(
        plain(
            f"Cohen's kappa, agreement beyond what chance would give (1 is full): "
            f"{'; '.join(kappas)}."
        )
    )
    draw_accuracy(duel)


def draw_accuracy(duel: Duel) -> None:
    """Who is right how often; nothing without a truth."""
    if not duel.sides[0].right.rows:
        st.caption(
            "No row compared has a truth, so nothing can be said of who is right. Choose the "
            "column that holds it in this run's report."
        )
        return
    st.markdown("### Who is right")
    st.dataframe(
        [
            {"Run": side.name, "Accuracy": share_in_words(side.right), "Right": side.right.hits,
             "n": side.right.rows}
            for side in duel.sides
        ],
        hide_index=True, placeholder="", key=f"{KEY}-accuracy",
    )  # fmt: skip
    n = duel.sides[0].right.rows
    few = f" Under {FEW} rows say little." if n < FEW else ""
    st.caption(
        f"Over the {counted(n, 'row')} that all runs predicted and that have a truth, with "
        f"Wilson's 95% interval.{few}"
    )
    if duel.unknown_truths:
        st.caption(
            f"The truth of {duel.unknown_truths:,} of these rows is a label that none of the runs "
            "has ever given; they count as wrong for all. Map such values in this run's report."
        )
    for pair in duel.pairs:
        if pair.contest is not None:
            st.markdown(
                plain(contest_in_words(pair.contest, _names(duel, pair.first, pair.second)))
            )
    if len(duel.pairs) > 1:
        st.caption(
            f"{len(duel.pairs)} tests at once: even of golems that are equally good, one test in "
            "twenty has a p-value below 0.05."
        )


def share_in_words(share: Share) -> str:
    """``91.0% (88.1% to 93.2%)``."""
    low, high = share.interval
    return f"{percent(share.share or 0.0)} ({percent(low)} to {percent(high)})"


def contest_in_words(contest: Contest, names: str) -> str:
    """What came of two golems on the rows that both predicted."""
    test = "exact binomial" if contest.exact else f"chi-square {contest.statistic:.2f}, corrected"
    if contest.interval is None:
        difference = "No row tells them apart, so there is no interval."
    else:
        low, high = contest.interval
        difference = (
            f"The accuracies differ by {contest.difference * 100:+.1f} points (paired bootstrap, "
            f"95%: {low * 100:+.1f} to {high * 100:+.1f})."
        )
        if contest.is_narrow:
            difference += " Too few rows tell them apart: the interval is too narrow."
    return (
        f"{names}, {counted(contest.rows, 'row')} with a truth: the first alone is right on "
        f"{contest.first:,}, the second alone on {contest.second:,}. McNemar's test ({test}): "
        f"{p_is(contest.p_value)}. {difference}"
    )


def draw_disagreements(view: View, others: tuple[Rival, ...], duel: Duel) -> None:
    """The rows on which they don't agree, a page at a time."""
    st.markdown("### Where they disagree")
    between: Between = None
    if len(duel.pairs) > 1:
        pairs: list[Between] = [None, *((pair.first, pair.second) for pair in duel.pairs)]
        between = st.selectbox(
            "Runs", pairs, key=f"{KEY}-between", persist_state="page",
            format_func=lambda two: "Any of them" if two is None else _names(duel, *two),
        )  # fmt: skip
    total = duel.disagreements
    if between is not None:
        same = duel.pair(*between).same
        total = same.rows - same.hits
    if not total:
        st.caption("There is no such row.")
        return
    places = places_of(duel, between)
    all_of = "" if len(places) == total else f" The {len(places):,} surest can be looked at."
    rows = "1 row has" if total == 1 else f"{total:,} rows have"
    st.caption(f"{rows} different labels; first those of which all are sure.{all_of}")
    pages = -(-len(places) // PAGE_ROWS)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Page, 1 to {pages}", 1, pages, key=f"{KEY}-page"))
    table = page_of_disagreements(
        view, others, duel, between=between, first=(page - 1) * PAGE_ROWS, rows=PAGE_ROWS
    )
    table["place"] += 1
    names = {"place": "Row", "text": "Content", "truth": "Truth"}
    for number, side in enumerate(duel.sides):
        names |= {f"label_{number}": side.name, f"score_{number}": f"Score of {side.name}"}
    if not duel.sides[0].right.rows:
        table = table.drop(columns="truth")
    st.dataframe(table.rename(columns=names), hide_index=True, placeholder="", key=f"{KEY}-rows")
    if st.button("Show these rows", icon=":material/table_rows:", key=f"{KEY}-show"):
        who = "The runs" if between is None else _names(duel, *between)
        show_rows(view.run, select_disagreements(duel, between), f"{who} disagree")
    if between is not None:
        st.dataframe(
            [
                {duel.sides[between[0]].name: one, duel.sides[between[1]].name: other, "Rows": rows}
                for one, other, rows in duel.pair(*between).changes
            ],
            hide_index=True, placeholder="", key=f"{KEY}-changes",
        )  # fmt: skip


def _names(duel: Duel, first: int, second: int) -> str:
    return f"{duel.sides[first].name} and {duel.sides[second].name}"
