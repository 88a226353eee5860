"""What is counted of some rows, so that these can be compared with others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from math import sqrt
from operator import add
from typing import Literal

from golems.reports.intervals import Interval, mean_interval, share_interval

FEW = 20  # rows; fewer say too little to be compared
What = Literal["label", "score", "accuracy", "failed"]


@dataclass(frozen=True)
class Moments:
    """Of some numbers: how many, their mean, and the sum of squared distances from it."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Moments) -> Moments:
        """Those of both together (Chan, Golub and LeVeque 1979: nothing is lost to rounding)."""
        if not self.n or not other.n:
            return self if self.n else other
        n, apart = self.n + other.n, other.mean - self.mean
        return Moments(
            n,
            self.mean + apart * other.n / n,
            self.squares + other.squares + apart * apart * self.n * other.n / n,
        )

    @property
    def sd(self) -> float:
        """Standard deviation, with n - 1; 0 for one number."""
        return sqrt(self.squares / (self.n - 1)) if self.n > 1 else 0.0


@dataclass(frozen=True)
class Figures:
    """What is counted of some rows.

    Attributes:
        predicted: Rows that didn't fail.
        labels: Label, as it is called, -> rows for which it was predicted.
        scores: Of the predicted labels, where they are numbers.
        largest: The score that is furthest from 0.
        judged: Predicted rows whose truth is known; ``right`` of them have it as their label.
    """

    rows: int = 0
    predicted: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    scores: Moments = Moments()
    largest: float = 0.0
    judged: int = 0
    right: int = 0

    @property
    def failed(self) -> int:
        return self.rows - self.predicted


def together(parts: Iterable[Figures]) -> Figures:
    """What is counted of all of them, which have no row in common."""
    parts = list(parts)
    labels: Counter[str] = Counter()
    for one in parts:
        labels.update(one.labels)
    return Figures(
        rows=sum(one.rows for one in parts),
        predicted=sum(one.predicted for one in parts),
        labels=labels,
        scores=reduce(add, (one.scores for one in parts), Moments()),
        largest=max((one.largest for one in parts), default=0.0),
        judged=sum(one.judged for one in parts),
        right=sum(one.right for one in parts),
    )


@dataclass(frozen=True)
class Compared:
    """What slices are compared by.

    Attributes:
        what: The share of a label in the predicted rows; the mean score; the share of right ones
            in those with a truth; the share of failed ones in all.
        label: Of the share.
    """

    what: What
    label: str = ""

    @property
    def words(self) -> str:
        """As a title."""
        return {
            "label": f"Share of {self.label}",
            "score": "Mean score",
            "accuracy": "Accuracy",
            "failed": "Share of failed rows",
        }[self.what]


@dataclass(frozen=True)
class Measured:
    """A figure of some rows.

    Attributes:
        n: Rows it is of.
        value: None where there are none.
        interval: At 95%; of a share Wilson's, of a mean the t interval.
        hits: Of a share: rows for which it holds; None for a mean.
    """

    n: int
    value: float | None
    interval: Interval
    hits: int | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a share, 0 to 1."""
        return self.hits is not None

    @property
    def few(self) -> bool:
        """Whether it is of too few rows to be compared."""
        return self.n < FEW

    def __str__(self) -> str:
        """As ``61.3% (55.2 to 67.1)``, with as many digits as the interval is worth."""
        if self.value is None:
            return "–"
        low, high = self.interval
        if not self.is_share:
            if self.n < 2:
                return f"{self.value:.3g}"
            digits = _digits(high - low)
            return f"{self.value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
        digits = max(1, _digits(high - low) - 2)
        return f"{100 * self.value:.{digits}f}% ({100 * low:.{digits}f} to {100 * high:.{digits}f})"


def _digits(width: float) -> int:
    """Decimals that tell the ends of an interval apart."""
    return next((digits for digits in range(2, 6) if width >= 2 * 10.0**-digits), 6)


def measured(figures: Figures, by: Compared) -> Measured:
    """The figure that slices are compared by."""
    if by.what == "score":
        n, mean, sd = figures.scores.n, figures.scores.mean, figures.scores.sd
        return Measured(n, mean if n else None, mean_interval(n, mean, sd))
    hits, rows = {
        "label": (figures.labels.get(by.label, 0), sum(figures.labels.values())),
        "accuracy": (figures.right, figures.judged),
        "failed": (figures.failed, figures.rows),
    }[by.what]
    return Measured(rows, hits / rows if rows else None, share_interval(hits, rows), hits)
