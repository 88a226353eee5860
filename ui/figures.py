"""Plotly figures, each with a sentence that says the same and its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from golems.reports.charts import TEMPLATE, as_json
from ui.plotly_chart import plotly_chart
from ui.text import plain

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from golems.reports.charts import Chart

BAR_PIXELS = 34
MOST_BARS = 20
PLAIN = {"typesetMath": False}  # a $ in a label is a dollar
CHART_CONFIG = {**PLAIN, "displayModeBar": False}
# Pointed at, a report's chart offers to be saved as a picture, and nothing else.
SAVED_CONFIG = {**PLAIN, "displaylogo": False, "modeBarButtons": [["toImage"]]}


def draw_chart(
    figure: go.Figure,
    summary: str,
    rows: Sequence[tuple[object, ...]],
    columns: Sequence[str],
    key: str,
) -> None:
    """Show a figure, what it says in a sentence, and its numbers.

    Args:
        summary: Plain text; also what a screen reader is told.
        rows: The numbers, a cell for each of the columns.
    """
    figure.layout.template = {"layout": TEMPLATE}  # in place of Plotly's own
    plotly_chart(str(figure.to_json()), alt=summary, config=CHART_CONFIG, key=key)
    st.caption(plain(summary))
    _draw_numbers(rows, columns, key)


def show_chart(
    chart: Chart,
    *,
    key: str,
    clickable: bool = False,
    on_click: Callable[[Any], None] | None = None,
    numbers: bool = True,
) -> Any:
    """Show a chart under its title, with its sentence, and its numbers behind "As a table".

    Args:
        clickable: Whether a click on a point means something.
        on_click: Told what was clicked, before the page is drawn again for it.
        numbers: Whether they are behind it; False where a fuller table stands below.

    Returns:
        ``customdata[0]`` of the point that was clicked just now; None without one.
    """
    st.markdown(f"### {plain(chart.title)}")
    clicked = plotly_chart(
        as_json(chart.figure), alt=chart.summary, config=SAVED_CONFIG, key=key,
        clickable=clickable or on_click is not None, on_click=on_click,
    )  # fmt: skip
    st.caption(plain(chart.summary))
    if numbers:
        _draw_numbers(chart.rows, chart.columns, key)
    return clicked


def _draw_numbers(rows: Sequence[tuple[object, ...]], columns: Sequence[str], key: str) -> None:
    # Closed tables would keep the browser busy for longer than the charts do.
    behind = st.expander("As a table", key=f"{key}-numbers", on_change="rerun")
    if behind.open:
        import pandas as pd

        table = pd.DataFrame(list(rows), columns=list(columns))
        behind.dataframe(table, hide_index=True, key=f"{key}-table")


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    texts: Sequence[str],
    axis: str,
    fills: Sequence[str] | None = None,
) -> go.Figure:
    """Horizontal bars, the first one on top.

    Args:
        texts: What is written at the end of each bar.
        axis: Title of the value axis.
        fills: Their colours; None for one alone.
    """
    import plotly.graph_objects as go

    names = [shown(label) for label in labels]
    figure = go.Figure(
        go.Bar(
            x=list(values),
            # Places, not names: two labels may look alike once they are shortened.
            y=list(range(len(names))),
            text=list(texts),
            customdata=[[shown(label, 200)] for label in labels],
            hovertemplate="%{customdata[0]}: %{text}<extra></extra>",
            orientation="h",
            marker={"color": None if fills is None else list(fills)},
            textposition="outside",
            cliponaxis=False,
        )
    )
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, autorange="reversed")
    figure.update_xaxes(title=axis, rangemode="tozero", dtick=whole_steps(axis, values))
    if axis == "Score" and all(0 <= value <= 1 for value in values):
        figure.update_xaxes(range=[0, 1])  # a long bar is a high score, whatever the others are
    figure.update_layout(
        height=90 + BAR_PIXELS * len(names), margin={"l": 8, "r": 60, "t": 8, "b": 40}
    )
    return figure


def histogram(bins: Sequence[tuple[float, float, int]], *, axis: str) -> go.Figure:
    """Bars over equal bins: from, to and number of rows of each."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(
            x=[(low + high) / 2 for low, high, _ in bins],
            y=[count for *_, count in bins],
            width=[high - low for low, high, _ in bins],
            customdata=[[f"{low:,.6g} to {high:,.6g}"] for low, high, _ in bins],
            hovertemplate="%{customdata[0]}: %{y:,} rows<extra></extra>",
        )
    )
    figure.update_xaxes(title=axis)
    figure.update_yaxes(title="Rows", dtick=whole_steps("Rows", [count for *_, count in bins]))
    figure.update_layout(height=300, bargap=0.06, margin={"l": 8, "r": 8, "t": 8, "b": 40})
    return figure


def whole_steps(axis: str, values: Sequence[float]) -> int | None:
    """Steps of an axis that counts rows: there is no half of one. None: Plotly chooses."""
    return 1 if axis == "Rows" and max(values, default=0) < 6 else None


def shown(label: str, most: int = 32) -> str:
    """A label for a figure: shortened, and without what Plotly would take for markup."""
    short = label if len(label) <= most else f"{label[: most - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
