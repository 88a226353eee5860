"""Fetching checkpoints from the Hub, with a bar to watch."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from golems.base import Card, Checkpoint, HubSource
from golems.errors import UnknownName
from golems.fetched import checkpoints_of, remember
from golems.loading import fetch, is_here
from golems.registry import choose_checkpoint, is_hub_id
from ui.errors import errors_in_words
from ui.text import plain


def draw_fetching(card: Card) -> None:
    """The card's checkpoints of the Hub: those here, those to fetch, and any other by its id."""
    for checkpoint in checkpoints_of(card):
        if not isinstance(checkpoint.source, HubSource):
            continue
        if is_here(checkpoint):
            st.caption(f":material/check: {plain(checkpoint.id)} is on this machine.")
            continue
        st.caption(f"{plain(checkpoint.id)}, {checkpoint.size_mb:,.0f} MB")
        if st.button("Fetch it", key=f"fetch-{checkpoint.id}", icon=":material/download:"):
            fetch_for(card, checkpoint)
    with st.form(f"fetch-{card.name}", border=False):
        name = st.text_input(
            "Another model of the Hub", key=f"fetch-id-{card.name}", placeholder="owner/name",
            help=f"Its id on the Hub. It has to be made for {card.task}.",
        ).strip()  # fmt: skip
        if st.form_submit_button("Fetch", icon=":material/download:"):
            with errors_in_words():
                if not is_hub_id(name):
                    raise UnknownName(f"'{name}' is not the id of a model: it reads owner/name.")
                fetch_for(card, choose_checkpoint(card, name))


def fetch_for(card: Card, checkpoint: Checkpoint) -> None:
    """Download a checkpoint with a bar to watch, and offer it from then on."""
    bar = st.progress(0.0, text="Asking the Hub …")
    with errors_in_words():
        try:
            fetch(checkpoint, partial(draw_share, bar))
            remember(card, checkpoint)
        finally:
            bar.empty()
        st.rerun()


def draw_share(bar: DeltaGenerator, share: float) -> None:
    bar.progress(share, text=f"{share:.0%} is here")
