"""A chart of what lines through the scores keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.curves import FEW, share_axis
from golems.reports.charts.template import GREY, PALETTE, Chart, chart
from golems.reports.threshold import Coverage, Line
from golems.words import counted

BLUE, ORANGE = PALETTE[0], PALETTE[1]


def coverage_chart(found: Coverage, chosen: Line) -> Chart:
    """What is kept at every line through the scores, and how right it is or what is left.

    A click gives the line's score.
    """
    lines = found.lines
    at = [one.threshold for one in lines]
    kept = f"{chosen.kept:,} of {counted(found.scored, 'row')} ({_percent(chosen.coverage)})"
    traces = [_line("Kept", at, [one.coverage for one in lines], BLUE)]
    if found.known:
        low, high = chosen.accuracy_interval
        title = f"From {chosen.threshold:g} on, {_percent(chosen.accuracy)} of the rows are right"
        summary = (
            f"A line at {chosen.threshold:g} keeps {kept}; {chosen.right:,} of {chosen.known:,} "
            f"with a truth are right (95% interval {low:.1%} to {high:.1%})."
        )
        if not chosen.known:
            title = f"From {chosen.threshold:g} on, no row with a truth is kept"
            summary = f"A line at {chosen.threshold:g} keeps {kept}, none of them with a truth."
        traces += _accuracy(lines)
        if any(0 < one.known < FEW for one in lines):
            summary += f" Grey: under {FEW} rows."
    else:
        review = 1 - chosen.coverage if chosen.coverage is not None else None
        title = f"A line at {chosen.threshold:g} leaves {_percent(review)} to be looked at"
        summary = f"It keeps {kept}, and leaves {counted(chosen.below, 'row')} to be checked."
        left = [None if one.coverage is None else 1 - one.coverage for one in lines]
        traces.append(_line("To be looked at", at, left, ORANGE))
    return chart(
        title,
        summary,
        traces,
        columns=("Score from", "Kept", "Share kept", "Below", "With truth", "Right", "Accuracy",
                 "From", "To"),
        rows=[
            (
                one.threshold, one.kept, one.coverage, one.below, one.known, one.right,
                one.accuracy, *(one.accuracy_interval if one.known else (None, None)),
            )
            for one in lines
        ],
        xaxis={"title": {"text": "Score from"}, "range": [0, 1]},
        yaxis=share_axis("Share of rows"),
        shapes=[
            {
                "type": "line", "x0": chosen.threshold, "x1": chosen.threshold, "y0": 0, "y1": 1,
                "yref": "paper", "line": {"color": GREY, "dash": "dot"},
            }
        ],
    )  # fmt: skip


def _accuracy(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The accuracy at every line with its interval; grey where few rows are left."""
    known = [one for one in lines if one.known]
    bounds = [one.accuracy_interval for one in known]
    at = [one.threshold for one in known]
    band = {
        "type": "scatter",
        "mode": "lines",
        "x": [*at, *reversed(at)],
        "y": [*(one.low for one in bounds), *(one.high for one in reversed(bounds))],
        "fill": "toself",
        "fillcolor": "rgba(213, 94, 0, 0.15)",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    many = [one for one in known if one.known >= FEW]
    few = [*many[-1:], *(one for one in known if one.known < FEW)]
    traces = [
        band,
        _line("Right", [one.threshold for one in many], [one.accuracy for one in many], ORANGE),
    ]
    if len(many) < len(known):
        name = f"Right, under {FEW} rows"
        shares = [one.accuracy for one in few]
        traces.append(_line(name, [one.threshold for one in few], shares, GREY))
    return traces


def _line(
    name: str, at: Sequence[float], shares: Sequence[float | None], colour: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(at),
        "y": list(shares),
        "customdata": [[one] for one in at],
        "line": {"color": colour},
        "hovertemplate": f"From %{{x:.2f}}: %{{y:.1%}} {name.lower()}<extra></extra>",
    }


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{share:.1%}"
