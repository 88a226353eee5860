"""How all charts look, in light and dark, on the page and in the passport."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golems.reports.words import shortened

# Okabe and Ito (2008): told apart by colour-blind people too; then lighter and darker ones.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F",
)  # fmt: skip
GREY = "#9A948A"  # of what says too little: slices of few rows
MARGIN = {"l": 8, "r": 24, "t": 8, "b": 40}
MOST_CHARS = 32
FEW = 6
# Of all charts; on a page words and lines have its colours.
TEMPLATE: dict[str, Any] = {
    "colorway": list(PALETTE),
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "bargap": 0.06,
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    "hoverlabel": {"align": "left"},
    # The button that saves a picture, to be seen in light and dark.
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#767676", "activecolor": "#767676"},
    # Room for what is written along the axes.
    "xaxis": {"automargin": True, "title": {"standoff": 12}},
    "yaxis": {"automargin": True, "title": {"standoff": 12}},
}


@dataclass(frozen=True)
class Chart:
    """A figure with what it says, in words and as numbers.

    Attributes:
        title: The finding in a few words, where there is one; else what is shown.
        summary: The same for whoever can't see it, and more exactly; a sentence or two.
        figure: ``data`` and ``layout`` as Plotly's schema has them. What a click on a point means
            is its ``customdata[0]``.
        columns, rows: The numbers behind it, a cell for each column.
    """

    title: str
    summary: str
    figure: dict[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = field(repr=False)


def chart(
    title: str,
    summary: str,
    data: Sequence[Mapping[str, Any]],
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    height: int = 300,
    **layout: Any,
) -> Chart:
    """A chart in the house's template.

    Args:
        data: Plotly's traces.
        height: Pixels.
        layout: More of Plotly's layout; it goes before the template's.
    """
    whole = {
        **TEMPLATE,
        "height": height,
        "margin": MARGIN,
        **layout,
        **{axis: _axis(axis, layout.get(axis, {})) for axis in ("xaxis", "yaxis")},
    }
    return Chart(
        title,
        summary,
        {"data": [dict(one) for one in data], "layout": whole},
        tuple(columns),
        tuple(map(tuple, rows)),
    )


def _axis(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    usual = TEMPLATE[name]
    return {**usual, **given, "title": {**usual["title"], **given.get("title", {})}}


def as_json(figure: Mapping[str, Any]) -> str:
    """A figure as JSON; what is no number in it is null.

    Raises:
        TypeError: It holds something that JSON doesn't know.
    """
    said = json.dumps(figure, default=_plain)
    if "NaN" in said or "Infinity" in said:
        said = json.dumps(json.loads(said, parse_constant=lambda _: None))
    return said


def _plain(value: Any) -> Any:
    """An array or a number of numpy's as plain ones."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"A figure holds a {type(value).__name__}, which is no JSON.")


def colours(labels: Iterable[str]) -> dict[str, str]:
    """Label -> its colour: the same wherever the same labels are drawn, in whatever order."""
    names = sorted(set(labels), key=str.encode)
    return {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(names)}


def counting(title: str, most: float) -> dict[str, Any]:
    """An axis that counts from zero; there is no half of a row.

    Args:
        title: What is counted.
        most: The largest number.
    """
    steps = {"dtick": 1} if most < FEW else {}  # else Plotly chooses whole ones itself
    return {"title": {"text": title}, "rangemode": "tozero", "tickformat": ",~d", **steps}


def markup_free(text: str, most: int = MOST_CHARS) -> str:
    """A text for a figure: shortened, on one line, and without what Plotly takes for markup."""
    return shortened(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
