"""Fetching checkpoints from the Hub, with a bar to watch."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from golems.base import Card, HubSource
from golems.errors import GolemError
from golems.loading import fetch, is_here
from ui.errors import draw_error
from ui.text import plain


def draw_fetching(card: Card) -> None:
    """The card's checkpoints that are on the Hub and not here."""
    for checkpoint in card.checkpoints:
        if not isinstance(checkpoint.source, HubSource):
            continue
        if is_here(checkpoint):
            st.caption(f":material/check: {plain(checkpoint.id)} is on this machine.")
        elif st.button(
            f"Fetch {plain(checkpoint.id)} ({checkpoint.size_mb:,.0f} MB)",
            key=f"fetch-{checkpoint.id}", icon=":material/download:",
        ):  # fmt: skip
            bar = st.progress(0.0, text="Asking the Hub …")
            try:
                fetch(checkpoint, partial(draw_share, bar))
            except GolemError as error:
                bar.empty()
                draw_error(str(error))
            else:
                st.rerun()


def draw_share(bar: DeltaGenerator, share: float) -> None:
    bar.progress(share, text=f"{share:.0%} is here")
