"""Errors in words: what a person can mend is a banner, a bug stays an exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from golems.errors import GolemError
from ui.text import plain


def draw_error(message: str) -> None:
    """Show what is wrong and the way out."""
    st.error(plain(message), icon=":material/error:")


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Show a ``GolemError`` as a banner; the rest of the block is left out."""
    try:
        yield
    except GolemError as error:
        draw_error(str(error))
