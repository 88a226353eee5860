"""The one Shelf of this process, and lending from it with something to watch while waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from golems.base import Card, Checkpoint
from golems.golem import Golem
from golems.shelf import Shelf


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """The Shelf that all sessions share."""
    return Shelf()


@contextmanager
def lend(card: Card, checkpoint: Checkpoint) -> Iterator[Golem]:
    """Lend a golem to this session, showing what is going on until it is there.

    Raises:
        GolemError: As ``Shelf.lend``.
    """
    waiting = st.empty()
    waiting.caption(f"Waking the {card.title} …")

    def progress(share: float) -> None:
        waiting.progress(share, text=f"Preparing the {card.title} for its first use …")

    with shelf().lend(card, checkpoint, progress=progress) as golem:
        waiting.empty()
        yield golem
