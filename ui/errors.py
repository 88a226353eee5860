"""Errors in words: what a person can mend is a banner, a bug stays an exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from golems.errors import GolemError
from ui.text import plain

MOST_CHARS = 1000


def draw_error(message: str) -> None:
    """Show what is wrong and the way out."""
    short = message if len(message) <= MOST_CHARS else f"{message[:MOST_CHARS]}…"
    st.error(plain(short), icon=":material/error:")


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Show a ``GolemError`` as a banner; the rest of the block is left out."""
    try:
        yield
    except GolemError as error:
        draw_error(str(error))
