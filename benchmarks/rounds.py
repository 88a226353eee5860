"""Interleaved rounds: every side once a round, so that a machine that slows down slows all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 5


@dataclass(frozen=True)
class Spread:
    """The middle of several measurements, and how far they lie apart."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        found = list(values)
        return cls(statistics.median(found), min(found), max(found))

    def text(self, digits: int = 1) -> str:
        """``12.3 (11.0-13.1)``"""
        return f"{self.median:,.{digits}f} ({self.low:,.{digits}f}-{self.high:,.{digits}f})"


def interleave(
    sides: Mapping[str, Callable[[], object]], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Time each side once a round, after a round that doesn't count.

    Returns:
        Side -> seconds of each round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in in_turn(sides.items(), number):
            start = time.perf_counter()
            side()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def in_turn(things: Iterable[T], number: int) -> list[T]:
    """The things, backwards in every second round: what follows a slow one is not always the same.

    Args:
        number: Of the round.
    """
    found = list(things)
    return found[::-1] if number % 2 else found


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """How many times the one was the other, round by round."""
    return Spread.of(one / other for one, other in zip(above, below, strict=True))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, the others to the right."""
    found = [list(headers), *(list(row) for row in rows)]
    if any(len(row) != len(headers) for row in found):
        raise ValueError(f"A row of the table hasn't {len(headers)} cells.")
    widths = [max(3, *(len(row[place]) for row in found)) for place in range(len(headers))]

    def line(row: Sequence[str]) -> str:
        first, *others = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "| " + " | ".join([first, *others]) + " |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(found[0]), line(rule), *(line(row) for row in found[1:])])


def rates_table(
    seconds: Mapping[str, Sequence[float]], amounts: Mapping[str, float], unit: str
) -> str:
    """A row a side: its rate, and how many times as fast the first side is.

    Args:
        amounts: What each side does a round.
    """
    first = next(iter(seconds))
    ours = [one / amounts[first] for one in seconds[first]]
    return table(
        ["side", f"{unit} a second", f"{first} is times as fast"],
        [
            [
                name,
                Spread.of(amounts[name] / one for one in times).text(),
                ratios([one / amounts[name] for one in times], ours).text(2),
            ]
            for name, times in seconds.items()
        ],
    )
