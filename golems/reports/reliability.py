"""Whether scores mean what they say: the share that is right among rows of like score."""

from __future__ import annotations

from dataclasses import dataclass

from golems.reports.curves import NO_ROWS, NO_TRUTH, Absent
from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.view import View

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rows whose predicted label scores from ``low`` up to but not with ``high``.

    Attributes:
        rows, right: How many there are, and how many of them are predicted as the truth says.
        mean_score: None without rows.
    """

    low: float
    high: float
    rows: int
    right: int
    mean_score: float | None

    @property
    def share(self) -> float | None:
        """The right ones' share, 0 to 1; None without rows."""
        return self.right / self.rows if self.rows else None

    @property
    def interval(self) -> Interval:
        """The share's 95% interval."""
        return share_interval(self.right, self.rows)

    @property
    def gap(self) -> float:
        """How far the share is from the mean score; 0 without rows."""
        if self.share is None or self.mean_score is None:
            return 0.0
        return abs(self.share - self.mean_score)


@dataclass(frozen=True)
class Reliability:
    """Scores beside what is right.

    Attributes:
        bins: Ten equal ones over [0, 1]; the last one includes 1.
        rows: Rows with a prediction and a truth.
    """

    bins: tuple[Bin, ...]
    rows: int

    @property
    def ece(self) -> float:
        """Expected calibration error, 0 to 1: the bins' gaps, each weighted by its rows.

        M. P. Naeini and others, Obtaining Well Calibrated Probabilities Using Bayesian Binning,
        AAAI (2015); C. Guo and others, On Calibration of Modern Neural Networks, ICML (2017).
        """
        return sum(one.rows * one.gap for one in self.bins) / self.rows

    @property
    def mce(self) -> float:
        """Maximum calibration error, 0 to 1: the largest gap of a bin."""
        return max(one.gap for one in self.bins)

    @property
    def mean_score(self) -> float:
        """Mean score of the predicted labels."""
        return sum(one.rows * (one.mean_score or 0) for one in self.bins) / self.rows

    @property
    def right(self) -> int:
        """Rows that are predicted as the truth says."""
        return sum(one.right for one in self.bins)


@kept
def reliability(view: View) -> Reliability | Absent:
    """Scores of the predicted labels beside the truth, or why that can't be said."""
    if view.choices.truth is None:
        return Absent(NO_TRUTH)
    [(rows, scored, low, high)] = view.ask(
        "SELECT count(*), count(score), min(score), max(score) FROM rows "
        "WHERE predicted IS NOT NULL AND truth IS NOT NULL"
    )
    if not rows:
        return Absent(NO_ROWS)
    if scored < rows:
        return Absent(
            f"{rows - scored:,} of {rows:,} scores are no finite numbers, so there is no "
            "calibration error."
        )
    if low < 0 or high > 1:
        return Absent(
            f"The scores go from {low:,.4g} to {high:,.4g}; a calibration error is of scores "
            "between 0 and 1."
        )
    counted = {
        place: rest
        for place, *rest in view.ask(
            "SELECT least(floor(score * $bins), $bins - 1)::INT, count(*), "
            "count(*) FILTER (label = truth), avg(score) FROM rows "
            "WHERE predicted IS NOT NULL AND truth IS NOT NULL GROUP BY 1",
            {"bins": BINS},
        )
    }
    return Reliability(
        tuple(
            Bin(place / BINS, (place + 1) / BINS, *counted.get(place, (0, 0, None)))
            for place in range(BINS)
        ),
        rows,
    )
