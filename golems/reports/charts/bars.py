"""Horizontal bars of counts, the first one on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.template import counting, markup_free

BAR_PIXELS, AROUND_PIXELS = 30, 70
ROOM = 1.3  # for the numbers beside the longest bar


def bars(
    counts: Sequence[int],
    *,
    meaning: Sequence[Any],
    said: Sequence[str],
    fills: Sequence[str],
    texts: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The trace, over places: two names may look alike once they are shortened.

    Args:
        meaning: What a click on each bar means.
        said: What is told of each bar that is pointed at.
        fills: Their colours.
        texts: What is written at their ends; None for the counts.
    """
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(counts))),
        "x": list(counts),
        "text": [f"{count:,}" for count in counts] if texts is None else list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [markup_free(one, 200) for one in said],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [[one] for one in meaning],
        "marker": {"color": list(fills)},
    }


def layout(names: Sequence[str], *, axis: str, most: float, chars: int = 48) -> dict[str, Any]:
    """The layout around them.

    Args:
        names: Of the bars.
        axis: Title of the axis that counts.
        most: Where the longest bar ends.
        chars: Most of a name that are shown.
    """
    return {
        "height": AROUND_PIXELS + BAR_PIXELS * len(names),
        "yaxis": {
            "tickvals": list(range(len(names))),
            "ticktext": [markup_free(name, chars) for name in names],
            "autorange": "reversed",
        },
        "xaxis": {
            **counting(axis, most), "range": [0, max(most, 1) * ROOM],
        },
        "showlegend": False,
    }  # fmt: skip
