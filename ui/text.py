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
KNOWN = (
    "Results that earlier runs, or equal rows, had given already; the golem saw the others only."
)


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
        f'overflow-y: auto">{struck_out(before)}{escape(without_middle(read, most))}'
        f"{struck_out(after)}</div>"
    )


def struck_out(text: str) -> str:
    """HTML of a text that was not read; spaces alone, which are no token, stay as they are."""
    shown = escape(without_middle(text, BESIDE_A_CUT))
    return f'<s style="opacity: 0.55">{shown}</s>' if text.strip() else shown


def without_middle(text: str, most: int) -> str:
    """A text with its middle left out where it has more than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most // 2]} […] {text[-most // 2 :]}"


def rate(rows_per_s: float) -> str:
    """A rate for people: ``3.4``, ``26,846``."""
    return f"{rows_per_s:,.1f}" if rows_per_s < 100 else f"{rows_per_s:,.0f}"


def duration(seconds: float) -> str:
    """A time for people: ``8 s``, ``3 min``, ``2 h 5 min``."""
    if 0 < seconds < 0.1:
        return "under 0.1 s"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
