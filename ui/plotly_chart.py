"""Plotly's charts by a build of its library that a browser takes in at once.

Streamlit brings the whole library, with maps and 3D: 4.7 MB, which keep a browser busy for half a
second before the first chart is drawn. Ours have two axes, and need a third of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from golems.reports.charts.library import PLOTLY, plotly_js

# From the address of a page; names what is there, so that browsers may keep it.
ADDRESS = f"charts/{PLOTLY.stem}.{sha256(plotly_js().encode()).hexdigest()[:8]}.js"
HERE = Path(__file__)


def plotly_chart(
    figure: str,
    *,
    alt: str,
    key: str,
    config: Mapping[str, Any],
    clickable: bool = False,
    on_click: Callable[[Any], None] | None = None,
) -> Any:
    """Draw a figure as wide as there is room.

    Args:
        figure: ``data`` and ``layout`` as Plotly's schema has them, in JSON; the layout says the
            height.
        alt: What a screen reader is told.
        config: Of Plotly's.
        clickable: Whether a click on a point means something.
        on_click: Told what was clicked, before the page is drawn again for it.

    Returns:
        ``customdata[0]`` of the point that was clicked just now; None without one.
    """
    data = {"figure": figure, "alt": alt, "config": dict(config), "clickable": clickable}

    heard = f"{key}-heard"

    def tell() -> None:
        if key in st.session_state:
            st.session_state[heard] = st.session_state[key]["clicked"]
        # Of the second of two quick clicks the chart may be gone: it is what the first was.
        if on_click is not None and heard in st.session_state:
            on_click(json.loads(st.session_state[heard]))

    st.session_state.pop(heard, None)
    how = {"on_clicked_change": tell} if clickable else {}
    clicked = _component()(data=data, key=key, **how).get("clicked")
    return None if clicked is None else json.loads(clicked)


@cache
def _component() -> Callable[..., Mapping[str, Any]]:
    script = HERE.with_suffix(".js").read_text("utf-8").replace("LIBRARY", ADDRESS)
    style = HERE.with_suffix(".css").read_text("utf-8")
    return st.components.v2.component("chart", js=script, css=style, isolate_styles=False)
