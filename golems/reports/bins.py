"""Where to cut numbers and dates, so that bins are about as large and can be read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST_BINS = 10
FEWEST_EDGES = 5  # of dates: years are read more easily than months, if they tell enough apart
STEPS = (5.0, 2.0, 1.0)
UNITS = ("Y", "M", "D", "h", "m", "s")
WHOLE_UNITS = ("Y", "M", "D")  # of which people say the last one: 2019 to 2020


@dataclass(frozen=True)
class Bins:
    """Bins from one edge up to, and without, the next.

    Attributes:
        edges: Between the bins, ascending; there is one bin more than edges.
        names: Of the bins, in plain words.
    """

    edges: tuple[float, ...]
    names: tuple[str, ...]


def of_single_values(values: Sequence[float], *, dates: bool = False) -> Bins:
    """A bin for each of a few values, which are ascending."""
    names = (moment(one) if dates else number(one) for one in values)
    return Bins(tuple(values[1:]), tuple(names))


def of_numbers(cuts: Sequence[float], low: float, high: float, *, whole: bool = False) -> Bins:
    """Bins of numbers, cut near some cuts at the roundest numbers there.

    Args:
        cuts: Ascending, over ``low`` and at most ``high``, the smallest and largest number.
        whole: Whether all numbers are whole ones.
    """
    around = [low, *cuts, high]
    edges = [
        rounded(cut, min(cut / 4 - around[place] / 4, around[place + 2] / 4 - cut / 4))
        for place, cut in enumerate(cuts)
    ]
    if not edges:
        return Bins((), (f"{number(low)} to {number(high)}",))

    def between(first: float, end: float) -> str:
        if not whole:
            return f"{number(first)} to under {number(end)}"
        return number(first) if first == end - 1 else f"{number(first)} to {number(end - 1)}"

    lowest = number(low) if whole and edges[0] == low + 1 else f"under {number(edges[0])}"
    highest = number(high) if edges[-1] == high else f"{number(edges[-1])} or more"
    return Bins(tuple(edges), (lowest, *map(between, edges, edges[1:]), highest))


def rounded(value: float, room: float) -> float:
    """The roundest number that is at most ``room`` from a value."""
    if room <= 0:
        return value
    exponent = floor(log10(max(abs(value), room))) + 1
    # Further out powers of ten are no numbers any more.
    for power in range(min(exponent, 300), max(exponent - 17, -300), -1):
        for step in STEPS:
            whole = round(value / (step * 10.0**power))
            found = float(f"{whole * step:.0f}e{power}")
            if abs(found - value) <= room:
                return found + 0.0  # there is no minus nought
    return value


def number(value: float) -> str:
    """A number for people: ``12,000``, but ``2019``, which may be a year."""
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.0f}"
    return f"{value:.12g}"


def of_dates(cuts: Sequence[float], low: float, high: float) -> Bins:
    """Bins of dates in seconds since 1970, cut near some cuts where a year, month ... begins.

    Args:
        cuts: Ascending, over ``low`` and at most ``high``, the earliest and latest date.
    """
    found: list[np.datetime64] = []
    for unit in UNITS:
        found = sorted({_date(cut).astype(f"datetime64[{unit}]") for cut in cuts})
        found = [one for one in found if seconds(one) > low]
        if len(found) >= min(FEWEST_EDGES, len(cuts)):
            break
    else:
        unit, found = "us", [_date(cut) for cut in cuts]
    edges = [seconds(one) for one in found]
    if not edges:
        return Bins((), (f"{moment(low)} to {moment(high)}",))

    def between(first: np.datetime64, end: np.datetime64) -> str:
        if unit not in WHOLE_UNITS:
            return f"{_text(first)} to before {_text(end)}"
        return str(first) if first == end - 1 else f"{first} to {end - 1}"

    names = (
        f"before {_text(found[0])}", *map(between, found, found[1:]), f"from {_text(found[-1])} on"
    )  # fmt: skip
    return Bins(tuple(edges), names)


def _date(value: float) -> np.datetime64:
    import numpy as np

    return np.datetime64(round(value * 1e6), "us")


def seconds(date: np.datetime64) -> float:
    """Seconds since 1970, as the view's dates are numbers."""
    return int(date.astype("datetime64[us]").astype("int64")) / 1e6


def _text(date: np.datetime64) -> str:
    import numpy as np

    # Nobody reads 10 for ten o'clock.
    by_hours = np.datetime_data(date)[0] == "h"
    return str(date.astype("datetime64[m]") if by_hours else date).replace("T", " ")


def moment(value: float) -> str:
    """A date, with its time only where it has one."""
    date = _date(value)
    for unit in ("D", "m", "s"):
        if seconds(date.astype(f"datetime64[{unit}]")) == value:
            return _text(date.astype(f"datetime64[{unit}]"))
    return _text(date)
