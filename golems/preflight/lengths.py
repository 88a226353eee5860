"""How long the rows of a dataset are: a seeded sample of them, and its histogram."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from golems.tasks import Length, Parameters, Task

SAMPLED = 20_000  # rows measured at most: a share is then right within 0.7 %
SEED = 0
BINS = 20
CHARS_TOGETHER = 500_000  # of texts tokenized at once
ROWS_TOGETHER = 256
Z = 1.96  # 95 % of a normal distribution lie within so many deviations


@dataclass(frozen=True)
class Bin:
    """Rows with a length from ``low`` up to but without ``high``."""

    low: int
    high: int
    rows: int


@dataclass(frozen=True)
class Lengths:
    """How long the rows are that can be read.

    Attributes:
        unit: ``tokens`` (special ones included, nothing cut off) or ``pixels``.
        measured: Rows measured: all that can be read, or a random sample of them.
        is_sample: Whether they are a sample.
        shortest: In units, likewise ``median`` and ``longest``; None where nothing was measured.
        bins: Equal bins over them, in order.
        limit: Tokens that the model reads at most; None for pictures.
        cut_off: Of the rows measured those of which the model won't read everything; None for
            pictures.
        cut_off_share: Their share, 0 to 1, and its 95 % interval (Wilson) where it is a sample's.
        refused: Of the rows measured those that the model refuses, as a prompt that is too long.
        refused_reason: Why it refuses the first of them.
        hardly_read: Of the rows measured those that the model can hardly read.
        hardly_read_reason: Why it can't read the first of them.
    """

    unit: str
    measured: int
    is_sample: bool
    shortest: int | None
    median: float | None
    longest: int | None
    bins: tuple[Bin, ...]
    limit: int | None
    cut_off: int | None
    cut_off_share: tuple[float, float, float] | None
    refused: int
    refused_reason: str | None
    hardly_read: int = 0
    hardly_read_reason: str | None = None


@dataclass
class LengthSample:
    """A random sample of a stream's rows, measured as they pass; each is as likely to be in it.

    Attributes:
        found: Place in the dataset -> its length, or why it is refused.
    """

    task: Task[Any, Any]
    parameters: Parameters
    most: int = SAMPLED
    found: dict[int, Length | str] = field(default_factory=dict)
    seen: int = 0
    _slots: list[int] = field(default_factory=list)
    _waiting: dict[int, str | bytes] = field(default_factory=dict)
    _chars: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311

    def offer(self, place: int, content: str | bytes) -> None:
        """Take a row into the sample, or not (Vitter 1985, algorithm R)."""
        self.seen += 1
        if len(self._slots) < self.most:
            self._slots.append(place)
        else:
            slot = self._random.randrange(self.seen)
            if slot >= self.most:
                return
            left = self._slots[slot]
            self.found.pop(left, None)
            self._waiting.pop(left, None)
            self._slots[slot] = place
        self._waiting[place] = content
        self._chars += len(content)
        if len(self._waiting) >= ROWS_TOGETHER or self._chars >= CHARS_TOGETHER:
            self.measure()

    def measure(self) -> None:
        """Measure the rows that wait for it."""
        contents = list(self._waiting.values())
        lengths = self.task.measure(contents, self.parameters)
        self.found.update(zip(self._waiting, lengths, strict=True))
        self._waiting.clear()
        self._chars = 0

    def in_order(self) -> dict[int, Length]:
        """The rows that the model will take, in the dataset's order."""
        return {
            place: length
            for place, length in sorted(self.found.items())
            if isinstance(length, Length)
        }

    def summary(self) -> Lengths:
        """The sample in figures."""
        lengths = list(self.in_order().values())
        reasons = [one for one in self.found.values() if isinstance(one, str)]
        notes = [length.note for length in lengths if length.note is not None]
        units = [length.units for length in lengths]
        is_text = self.task.content == "text"
        cut_off = sum(length.dropped > 0 for length in lengths) if is_text else None
        return Lengths(
            unit="tokens" if is_text else "pixels",
            measured=len(self.found),
            is_sample=self.seen > len(self.found),
            shortest=min(units, default=None),
            median=median(units) if units else None,
            longest=max(units, default=None),
            bins=equal_bins(units),
            limit=getattr(self.task, "max_tokens", None) if is_text else None,
            cut_off=cut_off,
            cut_off_share=None
            if cut_off is None or not lengths
            else share(cut_off, len(lengths), is_sample=self.seen > len(self.found)),
            refused=len(reasons),
            refused_reason=reasons[0] if reasons else None,
            hardly_read=len(notes),
            hardly_read_reason=notes[0] if notes else None,
        )


def equal_bins(values: Sequence[int]) -> tuple[Bin, ...]:
    """At most 20 bins of a whole number of units each, from the smallest value to the largest."""
    if not values:
        return ()
    low, high = min(values), max(values)
    width = -(-(high - low + 1) // BINS)
    counts = [0] * ((high - low) // width + 1)
    for value in values:
        counts[(value - low) // width] += 1
    return tuple(
        Bin(low + place * width, low + (place + 1) * width, count)
        for place, count in enumerate(counts)
    )


def share(count: int, n: int, *, is_sample: bool) -> tuple[float, float, float]:
    """A share with its 95 % interval (Wilson 1927); of all rows it is exact.

    Args:
        n: Rows looked at, >= 1.

    Returns:
        The share, and the lower and upper end of the interval, each 0 to 1.
    """
    found = count / n
    if not is_sample:
        return found, found, found
    middle = (found + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(found * (1 - found) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return found, max(0.0, middle - half), min(1.0, middle + half)
