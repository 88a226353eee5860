"""Charts of what a run gave, at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.bars import bars, layout
from golems.reports.charts.labels import label_bars
from golems.reports.charts.template import (
    GREY,
    Chart,
    chart,
    colours,
    counting,
    markup_free,
)
from golems.reports.overview import (
    Counts,
    LengthBin,
    Reason,
    ScoreBins,
    counts,
    label_shares,
    reasons,
    score_bins,
    score_by_length,
)
from golems.reports.view import View
from golems.reports.words import percent, shortened
from golems.words import counted

FEW = 20  # rows; fewer say too little, and are grey
OTHERS = "other labels"
HEIGHT, LEGEND_PIXELS = 300, 20


def overview_charts(view: View) -> list[Chart]:
    """All charts of the overview that there is something to draw of."""
    around = counts(view)
    found = (
        label_bars(around, label_shares(view)),
        score_histogram(score_bins(view), [one.label for one in label_shares(view)]),
        length_line(score_by_length(view)),
        reason_bars(around, reasons(view)),
    )
    return [one for one in found if one is not None]


def score_histogram(bins: ScoreBins | None, labels: Sequence[str] = ()) -> Chart | None:
    """Scores by label; a click says label (None: any other), from and to. None without scores.

    Args:
        labels: All labels of the run, so that each has the colour it has elsewhere.
    """
    if bins is None:
        return None
    of = colours([*labels, *(label for label in bins.labels if label is not None)])
    low_high = list(zip(bins.edges, bins.edges[1:], strict=False))
    traces = []
    for label, numbers in zip(bins.labels, bins.counts, strict=True):
        name = OTHERS if label is None else markup_free(label)
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": [(low + high) / 2 for low, high in low_high],
                "width": [(high - low) * 0.94 for low, high in low_high],
                "y": list(numbers),
                "hovertext": [
                    f"{name}, {low:.6g} to {high:.6g}: {counted(number, 'row')}"
                    for (low, high), number in zip(low_high, numbers, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "customdata": [[[label, low, high]] for low, high in low_high],
                "marker": {"color": GREY if label is None else of[label]},
            }
        )
    totals = [sum(column) for column in zip(*bins.counts, strict=True)]
    most = max(totals)
    low, high = low_high[totals.index(most)]
    span = f"{low:.6g} to {high:.6g}"
    return chart(
        f"{percent(most / bins.rows)} of the scores are {span}",
        f"Scores of the predicted labels of {counted(bins.rows, 'row')}, in {len(low_high)} equal "
        f"bins; most, {counted(most, 'row')}, from {span}. A score is what the model gives, not "
        "the probability of being right.",
        traces,
        columns=("From", "To", *(OTHERS if one is None else one for one in bins.labels)),
        rows=[
            (low, high, *numbers)
            for (low, high), numbers in zip(low_high, zip(*bins.counts, strict=True), strict=True)
        ],
        # A legend of many labels needs a line for each where there is little room.
        height=HEIGHT + LEGEND_PIXELS * max(0, len(bins.labels) - 2),
        barmode="stack",
        xaxis={"title": {"text": "Score"}, "range": [bins.edges[0], bins.edges[-1]]},
        yaxis=counting("Rows", most),
        showlegend=len(bins.labels) > 1,
    )


def length_line(bins: Sequence[LengthBin]) -> Chart | None:
    """Mean score by length of the text; a click says from and to. None without scores."""
    if not bins:
        return None
    rows = sum(one.rows for one in bins)
    told = [one for one in bins if one.rows >= FEW]
    few = len(told) < len(bins)
    point = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [(one.low + one.high) / 2 for one in bins],
        "y": [one.score for one in bins],
        "hovertext": [
            f"{_lengths(one)}: mean score {one.score:.3f}, {counted(one.rows, 'row')}"
            for one in bins
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [[[one.low, one.high]] for one in bins],
        "marker": {
            "size": 9,
            "color": [colours(["score"])["score"] if one.rows >= FEW else GREY for one in bins],
        },
        "line": {"width": 1},
    }
    wide = bins[0].low > 0 and bins[-1].high > 30 * bins[0].low
    return chart(
        _length_finding(told),
        f"Mean score of {counted(rows, 'text')} by length, in {counted(len(bins), 'bin')} of about "
        f"as many texts each: {bins[0].score:.3f} for {_lengths(bins[0])}, {bins[-1].score:.3f} "
        f"for {_lengths(bins[-1])}."
        + (f" Grey: fewer than {FEW} texts, which say too little." if few else ""),
        [point],
        columns=("From characters", "To characters", "Rows", "Mean score"),
        rows=[(one.low, one.high, one.rows, round(one.score, 4)) for one in bins],
        xaxis={
            "title": {"text": "Characters of the text"},
            "type": "log" if wide else "linear",
            **(_labelled(_ticks(bins[0].low, bins[-1].high)) if wide else {}),
        },
        yaxis={"title": {"text": "Mean score"}},
        showlegend=False,
    )


def reason_bars(around: Counts, reasons: Sequence[Reason]) -> Chart | None:
    """Why rows failed; a click says the reason. None where no row did."""
    if not reasons:
        return None
    first = reasons[0]
    rest = around.failed - sum(one.rows for one in reasons)
    return chart(
        f"{counted(around.failed, 'row')} of {around.rows:,} failed",
        f"{counted(around.failed, 'row')} of {around.rows:,} could not be predicted. The most "
        f"frequent reason, with {counted(first.rows, 'row')}: {first.text}"
        + (f" {counted(rest, 'row')} failed for other reasons than those shown." if rest else ""),
        [
            bars(
                [one.rows for one in reasons],
                meaning=[one.text for one in reasons],
                said=[f"{shortened(one.text, 120)}: {counted(one.rows, 'row')}" for one in reasons],
                fills=[GREY] * len(reasons),
            )
        ],
        columns=("Reason", "Rows"),
        rows=[(one.text, one.rows) for one in reasons],
        **layout([one.text for one in reasons], axis="Rows", most=first.rows),
    )


def _lengths(one: LengthBin) -> str:
    if one.low == one.high:
        return counted(one.low, "character")
    return f"{one.low:,} to {one.high:,} characters"


def _length_finding(told: Sequence[LengthBin]) -> str:
    if len(told) < 2:
        return "Mean score by length of the text"
    means = [one.score for one in told]
    return f"Mean scores are {min(means):.2f} to {max(means):.2f}, by length of the text"


def _labelled(ticks: Sequence[int]) -> dict[str, Any]:
    return {"tickvals": list(ticks), "ticktext": [f"{one:,}" for one in ticks]}


def _ticks(low: int, high: int) -> list[int]:
    """Round numbers of characters for an axis of powers of ten."""
    steps = [number * 10**power for power in range(10) for number in (1, 2, 5)]
    return [one for one in steps if low <= one <= high]
