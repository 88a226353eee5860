"""Charts of runs against each other, and of one golem over two datasets."""

from __future__ import annotations

from collections.abc import Sequence

from golems.reports.charts.template import GREY, PALETTE, Chart, chart, colours, markup_free
from golems.reports.drift import Distance
from golems.reports.duel import Duel
from golems.reports.words import percent
from golems.words import counted

MOST_LABELS = 12
OTHERS = "other labels"


def agreement_chart(duel: Duel) -> Chart:
    """How often each two runs give the same label, with its interval."""
    names = [side.name for side in duel.sides]
    least = min(
        (pair for pair in duel.pairs if pair.same.rows),
        key=lambda pair: pair.same.share or 0.0,
        default=None,
    )
    if least is None:
        title, summary = "No row that two runs predicted", "There is nothing to compare yet."
    else:
        who = f"{names[least.first]} and {names[least.second]}"
        low, high = least.same.interval
        title = f"{who} agree on {percent(least.same.share or 0.0)} of the rows"
        if least.same.share == 1:
            title = f"{'Both' if len(names) == 2 else 'All'} agree on every row"
        elif len(names) > 2:
            title = f"Least agreement: {title}"
        summary = (
            f"{who} give the same label to {least.same.hits:,} of "
            f"{counted(least.same.rows, 'row')} that both predicted (95% interval {percent(low)} "
            f"to {percent(high)})."
        )
    drawn = [pair for pair in duel.pairs if pair.same.share is not None]
    shares = [pair.same.share or 0.0 for pair in drawn]
    ends = [pair.same.interval for pair in drawn]
    dots = {
        "type": "scatter", "mode": "markers+text", "x": shares,
        "y": [f"{names[pair.first]} and {names[pair.second]}" for pair in drawn],
        "marker": {"color": PALETTE[0], "size": 10},
        "text": [f"{percent(pair.same.share or 0.0)} (n = {pair.same.rows:,})" for pair in drawn],
        "textposition": [words_at(share) for share in shares], "cliponaxis": False,
        "error_x": {
            "type": "data", "symmetric": False, "color": PALETTE[0],
            "array": [end.high - share for share, end in zip(shares, ends, strict=True)],
            "arrayminus": [share - end.low for share, end in zip(shares, ends, strict=True)],
        },
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }  # fmt: skip
    return chart(
        title,
        summary,
        [dots],
        columns=("Runs", "Same label", "Rows", "Share", "From", "To", "Cohen's kappa"),
        rows=(
            (
                f"{names[pair.first]} and {names[pair.second]}",
                pair.same.hits, pair.same.rows, pair.same.share, *pair.same.interval, pair.kappa,
            )
            for pair in duel.pairs
        ),
        height=110 + 70 * len(drawn),
        yaxis={"autorange": "reversed", "type": "category"},
        xaxis={
            "range": [-0.02, 1.02], "tickformat": ".0%",
            "title": {"text": "Rows with the same label"},
        },
    )  # fmt: skip


def words_at(share: float) -> str:
    """Where the words of a share from 0 to 1 stand, so that both ends leave them room."""
    return "top right" if share < 0.25 else "top left" if share > 0.75 else "top center"


def distribution_chart(duel: Duel) -> Chart:
    """How often each run gives each label, side by side."""
    shown = duel.labels[:MOST_LABELS]
    colour = colours(duel.labels)
    x = [f"{side.name} (n = {side.predicted:,})" for side in duel.sides]
    rows = []
    traces = []
    for label in (*shown, *((OTHERS,) if len(duel.labels) > MOST_LABELS else ())):
        rest = label == OTHERS and label not in shown
        counts = [
            side.predicted - sum(side.labels.get(one, 0) for one in shown)
            if rest
            else side.labels.get(label, 0)
            for side in duel.sides
        ]
        shares = [
            count / side.predicted if side.predicted else 0.0
            for count, side in zip(counts, duel.sides, strict=True)
        ]
        rows.append((label, *counts, *shares))
        traces.append(
            {
                "type": "bar",
                "name": markup_free(label),
                "x": x,
                "y": shares,
                "marker": {"color": GREY if rest else colour[label]},
                "customdata": [[label] for _ in x],
                "text": [percent(share) for share in shares],
                "hovertemplate": "%{fullData.name}: %{text} of %{x}<extra></extra>",
            }
        )
    apart = max(((max(row[-len(x) :]) - min(row[-len(x) :]), row[0]) for row in rows), default=None)
    if apart is None:
        title, summary = "No row has a label yet", "There is nothing to compare yet."
    else:
        title = "What each run says how often"
        summary = "All runs give each label equally often."
    if apart is not None and apart[0]:
        points = f"{apart[0] * 100:.1f}" if apart[0] >= 0.0005 else "less than 0.1"
        summary = (
            f"The shares of '{markup_free(apart[1])}' differ most: by {points} points between the "
            "runs that give it most and least often."
        )
    return chart(
        title,
        summary,
        traces,
        columns=(
            "Label",
            *(f"{side.name}: rows" for side in duel.sides),
            *(f"{side.name}: share" for side in duel.sides),
        ),
        rows=rows,
        barmode="group",
        yaxis={"title": {"text": "Share of rows"}, "tickformat": ".0%", "rangemode": "tozero"},
        xaxis={"type": "category"},
    )


def drift_chart(distance: Distance, what: str, *, labels: Sequence[str] = ()) -> Chart:
    """Two distributions side by side: this run's in full colour, the other's in a lighter one.

    Args:
        what: ``labels`` or ``scores``.
        labels: If the bins are labels, all of them, so that their colours are those of elsewhere.
    """
    bins = distance.bins
    if labels:
        most = sorted(bins, key=lambda one: -(one.here + one.there))[:MOST_LABELS]
        bins = tuple(one for one in bins if one in most)
    colour = colours(labels)
    marked = [colour.get(one.name, "#0072B2") for one in bins]
    names = [markup_free(one.name) for one in bins]
    traces = []
    for place, (who, counts) in enumerate(
        (("This run", [one.here for one in bins]), ("The other run", [one.there for one in bins]))
    ):
        n = distance.rows[place]
        traces.append(
            {
                "type": "bar",
                "name": f"{who} (n = {n:,})",
                # Places, not names: two of these may look alike once they are shortened.
                "x": list(range(len(bins))),
                "y": [count / n for count in counts],
                "marker": {"color": marked, "opacity": 0.45 if place else 1.0},
                "customdata": [[one.name] for one in bins],
                "text": [f"{count:,} of {n:,}, {percent(count / n)}" for count in counts],
                "textposition": "none",
                "hovertemplate": f"{who}: %{{text}}<extra></extra>",
            }
        )
    more = (
        f" The {len(bins)} most frequent of {len(distance.bins):,} are drawn."
        if len(bins) < len(distance.bins)
        else ""
    )
    return chart(
        f"The {what} are {distance.js_distance:.3f} apart, on a scale from 0 to 1",
        f"Jensen-Shannon distance {distance.js_distance:.4f} (divergence "
        f"{distance.js_divergence:.4f} bits) and population stability index {distance.psi:.4f} "
        f"between {distance.rows[0]:,} and {counted(distance.rows[1], 'row')}.{more}",
        traces,
        columns=("Label" if labels else "Score", "This run", "The other run"),
        rows=distance.bins,
        barmode="group",
        xaxis={"tickvals": list(range(len(bins))), "ticktext": names},
        yaxis={"title": {"text": "Share of rows"}, "tickformat": ".0%", "rangemode": "tozero"},
    )
