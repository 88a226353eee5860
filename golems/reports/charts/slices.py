"""How slices of a run compare: a dot each, with how far it may be off."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from golems.reports.charts.template import GREY, PALETTE, Chart, chart, markup_free
from golems.reports.measures import FEW, Compared, Measured, measured, together
from golems.reports.slices import SliceFigures
from golems.words import counted

PIXELS, MARGIN_PIXELS = 30, 90


def slices_chart(slices: Sequence[SliceFigures], by: Compared) -> Chart:
    """A dot with its 95% interval for each slice of a column, and a line at the figure of all.

    ``customdata[0]`` is the slice's place. Slices of fewer than 20 rows are grey; one without a
    figure, as all its rows failed, has no dot.

    Args:
        slices: At least one.
    """
    column, kind = slices[0].column, slices[0].kind
    figures = [measured(one.figures, by) for one in slices]
    overall = measured(together(one.figures for one in slices), by)
    scale = 100 if overall.is_share else 1
    shown = [place for place, one in enumerate(figures) if one.value is not None]
    names = [markup_free(one.name) for one in slices]
    known = [(figures[place], place) for place in shown]
    dots = {
        "type": "scatter",
        "mode": "markers",
        # Places, not names: two values may look alike once they are shortened.
        "x": [scale * (one.value or 0.0) for one, _ in known],
        "y": shown,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [scale * _reach(one, up=True) for one, _ in known],
            "arrayminus": [scale * _reach(one, up=False) for one, _ in known],
            "color": GREY,
            "thickness": 1.5,
        },
        "marker": {
            "size": 10,
            "color": [GREY if one.few else PALETTE[0] for one, _ in known],
            "symbol": ["circle-open" if one.few else "circle" for one, _ in known],
        },
        "customdata": [
            [place, names[place], str(one), f"{one.n:,}{' (few)' if one.few else ''}"]
            for one, place in known
        ],
        "hovertemplate": (
            "%{customdata[1]}: %{customdata[2]}<br>rows: %{customdata[3]}<extra></extra>"
        ),
    }  # fmt: skip
    axis = f"{markup_free(by.words)}{', %' if overall.is_share else ''}"
    layout: dict[str, Any] = {
        "showlegend": False,
        "xaxis": {"title": {"text": axis}},
        "yaxis": {
            "tickvals": [*range(len(slices))],
            "ticktext": names,
            "autorange": "reversed",
            "title": {"text": markup_free(_what(column, kind))},
        },
    }
    if overall.value is not None:
        layout["shapes"] = [
            {
                "type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1,
                "x0": scale * overall.value, "x1": scale * overall.value,
                "line": {"color": GREY, "width": 1, "dash": "dot"},
            }
        ]  # fmt: skip
    return chart(
        _title(slices, figures, by),
        _summary(figures, overall, by),
        [dots],
        columns=(_what(column, kind), "Rows", "Failed", "Of rows", by.words, "From", "To"),
        rows=[
            (
                one.name, one.figures.rows, one.figures.failed, figure.n, figure.value,
                *(end if figure.value is not None and isfinite(end) else None
                  for end in figure.interval),
            )
            for one, figure in zip(slices, figures, strict=True)
        ],
        height=MARGIN_PIXELS + PIXELS * len(slices),
        **layout,
    )  # fmt: skip


def _what(column: str, kind: str) -> str:
    return f"characters of {column}" if kind == "length" else column


def _reach(one: Measured, *, up: bool) -> float:
    """How far an interval reaches from its figure; nowhere, where it has no bounds."""
    reach = one.interval.high - (one.value or 0.0) if up else (one.value or 0.0) - one.interval.low
    return reach if isfinite(reach) else 0.0


def _title(slices: Sequence[SliceFigures], figures: Sequence[Measured], by: Compared) -> str:
    """From the lowest to the highest slice, of those that have rows enough."""
    words = f"{by.words} by {_what(slices[0].column, slices[0].kind)}"
    sure = [
        (one.value, name, str(one).partition(" (")[0])
        for one, name in zip(figures, (one.name for one in slices), strict=True)
        if one.value is not None and not one.few
    ]
    if len(sure) < 2:
        return words
    (_, least, low), (_, most, high) = min(sure), max(sure)
    return f"{words}: {low} ({least}) to {high} ({most})"


def _summary(figures: Sequence[Measured], overall: Measured, by: Compared) -> str:
    if overall.value is None:
        return f"There is no row to take the {by.words[:1].lower()}{by.words[1:]} of."
    few = sum(one.few for one in figures)
    grey = (
        f" {few} of {len(figures)} slices have fewer than {FEW} rows and are grey." if few else ""
    )
    return (
        f"{by.words} of all {counted(overall.n, 'row')}: {overall} (dotted line). Each dot is a "
        f"slice, its bar the 95% interval.{grey}"
    )
