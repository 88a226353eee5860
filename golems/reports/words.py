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


def between(interval: Interval) -> str:
    """An interval of a share: ``59.0% to 65.2%``."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def counted(number: int, noun: str) -> str:
    """``1 row``, ``1,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, most: int = 40) -> str:
    """A text for a sentence: on one line, and of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def day(moment: datetime) -> str:
    """``21 November 2026``."""
    return f"{moment.day} {moment:%B %Y}"
