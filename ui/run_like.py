"""A new run that begins as another one was: its golem, its settings, its data."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from golems.base import Card
from golems.registry import card_named
from golems.runs import Manifest, open_run
from ui.errors import errors_in_words
from ui.text import plain

LIKE = "like"


def run_to_copy() -> Manifest | None:
    """The run that the page's address names as the one to begin with, if it does."""
    name = st.query_params.get(LIKE)
    if name is None:
        return None
    manifest = None
    with errors_in_words():
        manifest = open_run(name).manifest()
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.info(
            f"A new run like {plain(manifest.title)} on {plain(manifest.dataset.name)} "
            f"({plain(manifest.id)}). Change what you like, then run it.",
            icon=":material/content_copy:",
        )
        if right.button("Start afresh", icon=":material/restart_alt:"):
            del st.query_params[LIKE]
            st.rerun()
    return manifest


def card_of(manifest: Manifest | None) -> Card | None:
    """The golem of a run, where it can still be found; else that is said."""
    card = None
    if manifest is not None:
        with errors_in_words():
            card = card_named(manifest.golem, manifest.task)
    return card


def as_asked(card: Card, manifest: Manifest | None) -> Card:
    """A golem with the parameters of a run of its task for defaults."""
    if manifest is None or manifest.task != card.task:
        return card
    return replace(card, parameters={**card.parameters, **manifest.parameters})
