"""Other people's words on the screen: shown as they are, never as Markdown or HTML."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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


def local(moment: datetime) -> datetime:
    """A time as the reader's clock has it; as this machine's has it where that isn't known."""
    name = st.context.timezone
    try:
        zone = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None  # browsers may know zones that this machine doesn't
    return moment.astimezone(zone)


def when(moment: datetime) -> str:
    """A time for the reader: ``today at 14:05``, or ``21 November 2026 at 14:05``."""
    there, now = local(moment), local(datetime.now(moment.tzinfo))
    if there.date() == now.date():
        return f"today at {there:%H:%M}"
    return f"{there.day} {there:%B %Y} at {there:%H:%M}"


def short_commit(commit: str) -> str:
    """The first 12 digits of a commit or digest, for people."""
    return commit.removeprefix("sha256:")[:12]


def draw_read_and_cut(text: str, first: int, end: int) -> None:
    """Show a text with what the golem did not read struck out.

    Args:
        first: Characters before the first one read.
        end: Characters up to the end of the last one read.
    """
    before, read, after = text[:first], text[first:end], text[end:]
    # Where something was cut off, the place of the cut is what is to be seen.
    most = BESIDE_A_CUT if (before + after).strip() else SHOWN_CHARS
    st.html(
        '<div style="white-space: pre-wrap; overflow-wrap: anywhere; max-height: 18rem; '
        f'overflow-y: auto">{struck_out(before)}{escape(shortened(read, most))}'
        f"{struck_out(after)}</div>"
    )


def struck_out(text: str) -> str:
    """HTML of a text that was not read; spaces alone, which are no token, stay as they are."""
    shown = escape(shortened(text, BESIDE_A_CUT))
    return f'<s style="opacity: 0.55">{shown}</s>' if text.strip() else shown


def shortened(text: str, most: int) -> str:
    """A text with its middle left out where it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most // 2]} […] {text[-most // 2 :]}"
