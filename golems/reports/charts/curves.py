"""Charts of scores against the truth: ROC, precision and recall, reliability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.template import GREY, PALETTE, Chart, chart, markup_free
from golems.reports.curves import Curves
from golems.reports.intervals import share_interval
from golems.reports.reliability import Reliability
from golems.reports.words import shortened
from golems.words import counted

NEAR = 0.01  # a difference that nobody would act on
FEW = 20  # rows; fewer say too little to be drawn like others
BLUE = PALETTE[0]
CHANCE = {"color": GREY, "dash": "dash", "width": 1}


def roc_chart(curves: Curves) -> Chart:
    """True against false positive rate at every score; a click gives the score."""
    low, high = curves.auc_interval
    positive, negative = shortened(curves.positive), shortened(curves.negative)
    return chart(
        f"AUC {curves.auc:.3f}: how {positive} ranks above {negative}",
        f"A row that is {positive} scores higher for it than one that is {negative} in "
        f"{curves.auc:.1%} of all pairs (95% interval {low:.1%} to {high:.1%}; "
        f"{curves.positives:,} and {counted(curves.negatives, 'row')}; chance gives 50%).",
        [
            _chance([0, 1], [0, 1]),
            {
                "type": "scatter",
                "mode": _mode(len(curves.roc)),
                "name": f"{markup_free(curves.positive)} against {markup_free(curves.negative)}",
                "x": [one.false_positive_rate for one in curves.roc],
                "y": [one.true_positive_rate for one in curves.roc],
                "customdata": [_score(one.threshold) for one in curves.roc],
                "line": {"color": BLUE},
                "hovertemplate": "Score from %{customdata[1]}: true positive rate %{y:.1%}, "
                "false positive rate %{x:.1%}<extra></extra>",
            },
        ],
        columns=("Score from", "False positive rate", "True positive rate"),
        rows=curves.roc,
        showlegend=False,
        xaxis=share_axis("False positive rate"),
        yaxis=share_axis("True positive rate"),
    )


def precision_recall_chart(curves: Curves) -> Chart:
    """Precision against recall at every score; a click gives the score."""
    base = curves.positives / curves.rows
    positive = shortened(curves.positive)
    return chart(
        f"Average precision {curves.average_precision:.3f} for {positive}",
        f"Precision, the share of rows called {positive} that are, averaged over recall, the "
        f"share of {positive} rows that are found: {curves.average_precision:.3f}, where chance "
        f"gives {base:.3f} ({curves.positives:,} of {curves.rows:,} rows are {positive}).",
        [
            _chance([0, 1], [base, base]),
            {
                "type": "scatter",
                "mode": _mode(len(curves.precision_recall)),
                "name": markup_free(curves.positive),
                "x": [one.recall for one in curves.precision_recall],
                "y": [one.precision for one in curves.precision_recall],
                "customdata": [_score(one.threshold) for one in curves.precision_recall],
                # The area that the average counts is under steps.
                "line": {"color": BLUE, "shape": "vh"},
                "hovertemplate": "Score from %{customdata[1]}: precision %{y:.1%}, "
                "recall %{x:.1%}<extra></extra>",
            },
        ],
        columns=("Score from", "Recall", "Precision"),
        rows=curves.precision_recall,
        showlegend=False,
        xaxis=share_axis("Recall"),
        yaxis=share_axis("Precision"),
    )


def reliability_chart(found: Reliability) -> Chart:
    """The share that is right in each of ten bins of the score; a click gives the bin's ends."""
    drawn = [one for one in found.bins if one.rows]
    share, mean = found.right / found.rows, found.mean_score
    low, high = share_interval(found.right, found.rows)
    finding = (
        "Scores and the share that is right agree on the whole"
        if low <= mean <= high or abs(share - mean) < NEAR
        else "The scores promise more than is right" if mean > share
        else "The scores promise less than is right"
    )  # fmt: skip
    grey = f" Grey: under {FEW} rows." if any(one.rows < FEW for one in drawn) else ""
    return chart(
        finding,
        f"Mean score {mean:.3f}; {share:.1%} of {counted(found.rows, 'row')} right (95% "
        f"interval {low:.1%} to {high:.1%}). Over ten bins the two are "
        f"{found.ece:.3f} apart on average (ECE), and {found.mce:.3f} at most.{grey}",
        [
            _chance([0, 1], [0, 1]),
            {
                "type": "scatter",
                "mode": "markers+lines",
                "name": "Right",
                "x": [one.mean_score for one in drawn],
                "y": [one.share for one in drawn],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [one.interval.high - (one.share or 0) for one in drawn],
                    "arrayminus": [(one.share or 0) - one.interval.low for one in drawn],
                    "thickness": 1,
                },
                "customdata": [[[one.low, one.high], one.rows] for one in drawn],
                "line": {"color": BLUE},
                "marker": {"color": [GREY if one.rows < FEW else BLUE for one in drawn]},
                "hovertemplate": "Mean score %{x:.1%}: %{y:.1%} right, "
                "%{customdata[1]:,} rows<extra></extra>",
            },
        ],
        columns=("Score from", "To", "Rows", "Mean score", "Right", "Share", "From", "To "),
        rows=[
            (
                one.low, one.high, one.rows, one.mean_score, one.right, one.share,
                *(one.interval if one.rows else (None, None)),
            )
            for one in found.bins
        ],
        showlegend=False,
        xaxis=share_axis("Mean score"),
        yaxis=share_axis("Share that is right"),
    )  # fmt: skip


def _chance(x: Sequence[float], y: Sequence[float]) -> dict[str, Any]:
    """A dashed line to compare with; nothing to click."""
    return {
        "type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "line": CHANCE,
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def share_axis(title: str) -> dict[str, Any]:
    """An axis from 0 to 100%, with room for points on its ends."""
    return {"title": {"text": title}, "range": [-0.01, 1.02], "tickformat": ".0%"}


def _mode(points: int) -> str:
    """Few points are drawn as points too: there is nothing between them."""
    return "lines+markers" if points <= 30 else "lines"


def _score(threshold: float | None) -> list[float | str | None]:
    """What a click on a point of a curve means, and what is shown of it."""
    return [threshold, "above all" if threshold is None else f"{threshold:.4f}"]
