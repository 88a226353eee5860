"""Which labels pictures got, where the right one stands, and what is confused."""

from __future__ import annotations

import streamlit as st

from golems.reports.charts.pictures import (
    confused_chart,
    groups_chart,
    labels_chart,
    ordinal,
    ranks_chart,
)
from golems.reports.pictures import (
    BEST,
    MOST_LISTED,
    SHOWN,
    TASK,
    Ranks,
    confused,
    frequent,
    grouped,
    of_rank,
    predicted,
    ranks,
    strangers,
)
from golems.reports.selection import Selection
from golems.reports.view import View
from golems.words import counted
from ui.figures import show_chart
from ui.report.going import show_rows
from ui.text import plain


def draw(view: View) -> None:
    """Draw the section."""
    if view.manifest.task != TASK:
        st.info("This golem labels no pictures.", icon=":material/image:")
        return
    if not predicted(view):
        rows = view.ask("SELECT count(*) FROM rows")[0][0]
        none = f"None of {counted(rows, 'picture')} has a label." if rows else "No rows yet."
        st.info(none, icon=":material/image:")
        return
    if view.choices.truth is None:
        st.caption("Without a truth nothing is said of right and wrong labels.")
    else:
        draw_truth(view)
    left, right = st.columns(2)
    with left:
        draw_labels(view)
    with right:
        draw_groups(view)


def draw_truth(view: View) -> None:
    """Everything that needs a truth."""
    found = ranks(view)
    if not found.rows:
        st.info(
            "No picture with a label has a truth in column "
            f"'{plain(view.choices.truth or '')}'.", icon=":material/help:",
        )  # fmt: skip
        return
    draw_accuracy(view, found)
    draw_strangers(view)
    left, right = st.columns(2)
    with left:
        pressed = show_chart(ranks_chart(found), key="report-pictures-ranks", clickable=True)
        if pressed is not None and int(pressed) >= 0:
            show_rank(view, found, int(pressed))
    with right:
        pairs = confused(view)
        if not pairs:
            st.caption("No picture got a wrong label.")
            return
        pressed = show_chart(confused_chart(pairs), key="report-pictures-pairs", clickable=True)
        if pressed is not None:
            pair = pairs[int(pressed)]
            both = (pair.first, pair.second)
            show_rows(
                view.run,
                Selection(labels=both, truths=both, status="wrong"),
                f"{pair.first} and {pair.second}, taken for each other",
            )


def draw_accuracy(view: View, found: Ranks) -> None:
    """Top-1 and top-5 accuracy, or top-k where fewer labels were kept."""
    best = min(BEST, found.kept)
    for place, k in zip(st.columns(2), sorted({1, best}), strict=False):
        top = found.top(k)
        with place:
            st.metric(f"Top-{k} accuracy", f"{top.share:.1%}")
            st.caption(
                f"{top.hits:,} of {top.rows:,}; 95% interval {top.interval.low:.1%} to "
                f"{top.interval.high:.1%}"
            )
    said = [f"Pictures whose right label is among the {best:,} with the highest scores."]
    if best == 1:
        said = ["Pictures whose right label has the highest score."]
    if found.kept < BEST:
        labels = "label was" if found.kept == 1 else "labels were"
        said.append(f"Only {found.kept} {labels} kept of each, so top-{BEST} can't be told.")
    if keeps_all(view, found):
        said.append(f"These are all {found.kept} labels that the golem knows.")
    if found.without_truth:
        said.append(
            f"Not counted, as they have no truth or were left out: {found.without_truth:,}."
        )
    st.caption(" ".join(said))


def keeps_all(view: View, found: Ranks) -> bool:
    """Whether all labels were kept, and so few that any known one is among the best."""
    asked = view.manifest.parameters.get("top_k")
    return found.kept <= BEST and (asked is None or int(asked) > found.kept)


def draw_strangers(view: View) -> None:
    """Truths that the golem may not know."""
    found = strangers(view)
    if not found.truths:
        return
    shown = ", ".join(f"'{plain(truth)}' ({rows:,})" for truth, rows in found.most[:BEST])
    more = f" and {found.truths - BEST:,} more" if found.truths > BEST else ""
    one = found.rows == 1
    st.warning(
        f"{found.rows:,} {'picture has' if one else 'pictures have'} a truth that is among the "
        f"labels of no picture: {shown}{more}. {'It counts' if one else 'They count'} as wrong. "
        "Where the golem has another name for it, say so at "
        "the truth.",
        icon=":material/help:",
    )


def show_rank(view: View, found: Ranks, rank: int) -> None:
    """Open the rows whose right label stands there; 0: not among those kept."""
    rows = found.places[rank - 1] if rank else found.beyond
    places = of_rank(view, rank or None)
    why = f"right label {ordinal(rank)}" if rank else "right label not among those kept"
    if rows > MOST_LISTED:
        why += f"; the first {MOST_LISTED:,} of {rows:,}"
    show_rows(view.run, Selection(places=places), why)


def draw_labels(view: View) -> None:
    """The most frequent labels; a bar opens its rows."""
    pressed = show_chart(
        labels_chart(frequent(view)), key="report-pictures-labels", clickable=True
    )  # fmt: skip
    if pressed is not None:
        show_rows(view.run, Selection(labels=(str(pressed),)), f"predicted as {pressed}")


def draw_groups(view: View) -> None:
    """Labels that share a last word; a bar opens their rows."""
    groups = grouped(predicted(view))[:SHOWN]
    if not groups:
        st.caption("No two labels given share a last word, so there are no groups of them.")
        return
    pressed = show_chart(groups_chart(groups), key="report-pictures-groups", clickable=True)
    if pressed is not None:
        group = groups[int(pressed)]
        show_rows(
            view.run,
            Selection(labels=group.labels),
            f"predicted as a label that ends in {group.word}",
        )
