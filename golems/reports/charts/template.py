"""How all charts look, in light and dark, on the page and in the passport."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from math import cos, pi, sin
from typing import Any

from golems.reports.words import shortened

# Okabe and Ito (2008): told apart by colour-blind people too; then lighter and darker ones.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F",
)  # fmt: skip
GREY = "#9A948A"  # of what says too little: slices of few rows
# Place in the palette of labels that stand beside each other in many runs.
USUAL = {
    "positive": 0, "negative": 1, "neutral": 7, "label 0": 1, "label 1": 0, "label 2": 2,
    "label 3": 3, "label 4": 4, "label 5": 5, "label 6": 6, "yes": 0, "no": 1, "true": 0,
    "false": 1, "spam": 1, "ham": 0, "toxic": 1, "non-toxic": 0, "joy": 4, "sadness": 0,
    "anger": 1, "fear": 3, "love": 6, "surprise": 5, "disgust": 2, "good": 0, "bad": 1,
    "1 star": 1, "2 stars": 4, "3 stars": 7, "4 stars": 5, "5 stars": 0,
}  # fmt: skip
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
    """Label -> its colour: the label's own, in every run and beside whatever others."""
    return {name: colour_of(name) for name in labels}


@cache
def colour_of(label: str) -> str:
    """A label's colour, which nothing else has a say in.

    The most usual labels have the palette's. Any other has a hue and a lightness drawn out of its
    name, at lightnesses that stand out from white and from black, in OKLCH (B. Ottosson, 2020),
    where hues are as far apart as they look.
    """
    name = " ".join(label.casefold().replace("_", " ").split())
    if name in USUAL:
        return PALETTE[USUAL[name]]
    drawn = sha256(name.encode("utf-8", "surrogatepass")).digest()
    hue = 2 * pi * int.from_bytes(drawn[:2], "big") / 0x10000
    light = (0.52, 0.60, 0.68)[drawn[2] % 3]
    a, b = 0.12 * cos(hue), 0.12 * sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_channel(one):02X}" for one in linear)


def _channel(linear: float) -> int:
    """A linear share of light as a byte of sRGB."""
    one = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055))


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
