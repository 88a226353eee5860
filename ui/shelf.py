"""The one Shelf of this process, and lending from it with something to watch while waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from golems.base import Card, Checkpoint
from golems.golem import Golem
from golems.settings import settings
from golems.shelf import Shelf
from golems.warming import WarmUp


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """The Shelf that all sessions share."""
    return Shelf()


@st.cache_resource(show_spinner=False)
def warm_up() -> WarmUp:
    """The one thread that loads golems ahead."""
    return WarmUp(shelf())


def wake_soon(card: Card, checkpoint: Checkpoint) -> None:
    """Have a golem loaded behind this page while the person still reads or types."""
    if settings().warm_up:
        warm_up().ask(card, checkpoint)


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


def session_is_open() -> Callable[[], bool]:
    """A way to tell, from any thread, whether this person's page is still open."""
    context = get_script_run_ctx()
    assert context is not None, "Asked outside of a page."
    session_id = context.session_id
    return lambda: not Runtime.exists() or Runtime.instance().is_active_session(session_id)
