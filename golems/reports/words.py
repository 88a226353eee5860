"""Numbers and names as people say them."""

from __future__ import annotations

from datetime import datetime

from golems.reports.intervals import Interval


def percent(share: float) -> str:
    """A share: ``62.0%``; 0% and 100% only where it is none or all: ``99.98%``, ``< 0.01%``."""
    value = 100 * share
    if value in (0, 100):
        return f"{value:.0f}%"
    if 1 <= value <= 99:
        return f"{value:.1f}%"
    if value < 0.01:
        return "< 0.01%"
    return "> 99.99%" if value > 99.99 else f"{value:.2f}%"


def probability(p: float) -> str:
    """A p-value, which is never 0: ``0.031``, ``< 0.0001``."""
    return "< 0.0001" if p < 0.0001 else f"{p:.2g}"


def p_is(p: float) -> str:
    """The same in a sentence: ``p = 0.031``, ``p < 0.0001``."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.3g}"


def between(interval: Interval) -> str:
    """An interval of a share: ``59.0% to 65.2%``."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def shortened(text: str, most: int = 40) -> str:
    """A text for a sentence: on one line, and of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def day(moment: datetime) -> str:
    """``21 November 2026``."""
    return f"{moment.day} {moment:%B %Y}"
