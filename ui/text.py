"""Other people's words on the screen: shown as they are, never as Markdown or HTML."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$^=@&])")
SHOWN_CHARS = 4000
BESIDE_A_CUT = 500


def plain(text: str) -> str:
    """Text that Streamlit's Markdown shows to the letter, on one line."""
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def megabytes(size_bytes: float) -> str:
    """A size for people: ``538 MB`` or ``1.2 GB`` (10**6 and 10**9 bytes)."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def short_commit(commit: str) -> str:
    """The first 12 digits of a commit or digest, for people."""
    return commit.removeprefix("sha256:")[:12]


def draw_read_and_cut(text: str, chars_read: int) -> None:
    """Show a text with what the golem did not read struck out."""
    read, cut = text[:chars_read], text[chars_read:]
    # Where something was cut off, the place of the cut is what is to be seen.
    most = BESIDE_A_CUT if cut else SHOWN_CHARS
    if len(read) > most:
        read = f"{read[: most // 2]} […] {read[-most // 2 :]}"
    if len(cut) > BESIDE_A_CUT:
        cut = f"{cut[: BESIDE_A_CUT // 2]} […] {cut[-BESIDE_A_CUT // 2 :]}"
    st.html(
        '<div style="white-space: pre-wrap; overflow-wrap: anywhere; max-height: 18rem; '
        f'overflow-y: auto">{escape(read)}<s style="opacity: 0.55">{escape(cut)}</s></div>'
    )
