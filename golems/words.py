"""Numbers as people say them, whatever is counted."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 row``, ``1,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted_of(number: int, whole: int | None, noun: str) -> str:
    """``5 of 1,000 rows`` where some are missing, ``5 rows`` where none is or nobody knows."""
    if whole is None or whole == number:
        return counted(number, noun)
    return f"{number:,} of {counted(whole, noun)}"
