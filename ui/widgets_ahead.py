"""Widgets that the next click will need, drawn once out of sight while the person reads.

A browser compiles code when it runs for the first time: a table and the filters above it take it
twice as long then as ever after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from golems.settings import settings

KEY = "widgets-ahead"
# Drawn like others, but neither seen, nor read aloud, nor reached by keys. It has to be on the page
# as long as they are: Streamlit takes them away only after what stood beside them.
OUT_OF_SIGHT = f"""
.st-key-{KEY}, :has(> .st-key-{KEY}-drawn)
{{position: absolute; visibility: hidden; width: 40rem; height: 0; overflow: hidden}}"""


def draw_widgets_soon() -> None:
    """Draw them once the browser has taken in their code and has nothing else to do."""
    if settings().warm_up:
        _draw_when_idle()


@st.fragment
def _draw_when_idle() -> None:
    # Only who was told to draw them draws them: when the page is drawn anew, they are gone.
    if _component()(key=KEY, on_idle_change=_nothing).get("idle"):
        with st.container(key=f"{KEY}-drawn"):
            _draw_widgets()


def _draw_widgets() -> None:
    """One of each kind that the sections of a report begin with."""
    import pandas as pd

    st.text_input("Text", icon=":material/search:", key=f"{KEY}-text")
    st.multiselect("Several", ["a"], key=f"{KEY}-several")
    st.selectbox("One", ["a"], key=f"{KEY}-one")
    st.slider("Range", 0.0, 1.0, (0.0, 1.0), key=f"{KEY}-range")
    st.number_input("Number", 1, 2, key=f"{KEY}-number")
    st.button("Button", icon=":material/open_in_full:", key=f"{KEY}-button")
    st.dataframe(
        pd.DataFrame({"row": [1], "label": ["a"], "score": [0.5]}),
        hide_index=True,
        on_select="ignore",
        column_config={"score": st.column_config.NumberColumn(format="%.4f")},
        key=f"{KEY}-table",
    )


def _nothing() -> None:
    """Have the fragment drawn again."""


@cache
def _component() -> Callable[..., Mapping[str, Any]]:
    script = Path(__file__).with_suffix(".js").read_text("utf-8")
    return st.components.v2.component(KEY, js=script, isolate_styles=False)
