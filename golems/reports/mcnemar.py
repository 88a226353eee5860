"""Whether one of two golems is right more often on the same rows, or chance may have made it so."""

from __future__ import annotations

from dataclasses import dataclass

from golems.reports.intervals import CONFIDENCE, Interval

EXACT_BELOW = 25  # rows that only one of them has right
FEW = 10  # of those; the bootstrap knows too little
RESAMPLES = 10_000
SEED = 20_261_121


@dataclass(frozen=True)
class Contest:
    """Two golems on rows with a truth.

    Attributes:
        both, first, second, neither: Rows that both have right, the first alone, ...
        exact: Whether the p-value is that of the exact binomial test; else of the chi-square
            test with continuity correction.
        p_value: McNemar's, two-sided: how often golems that are equally good would differ as much
            or more.
        statistic: Of chi-square; None for the exact test.
        interval: Of the difference, paired bootstrap, 95%; None where no row tells them apart.
    """

    both: int
    first: int
    second: int
    neither: int
    exact: bool
    p_value: float
    statistic: float | None
    interval: Interval | None

    @property
    def rows(self) -> int:
        return self.both + self.first + self.second + self.neither

    @property
    def difference(self) -> float:
        """Accuracy of the first less that of the second, -1 to 1."""
        return (self.first - self.second) / self.rows

    @property
    def is_narrow(self) -> bool:
        """Whether too few rows tell them apart for the interval to be trusted."""
        return self.first + self.second < FEW


def contest(*, both: int, first: int, second: int, neither: int) -> Contest:
    """Compare two golems by the rows that only one of them has right.

    Q. McNemar, Note on the Sampling Error of the Difference between Correlated Proportions or
    Percentages, Psychometrika 12 (1947).

    Args:
        both, first, second, neither: Rows, >= 0, together >= 1.
    """
    from scipy import stats

    apart = first + second
    statistic = None
    if apart < EXACT_BELOW:
        p_value = stats.binomtest(min(first, second), apart).pvalue if apart else 1.0
    else:
        statistic = (abs(first - second) - 1) ** 2 / apart
        p_value = stats.chi2.sf(statistic, 1)
    return Contest(
        both, first, second, neither,
        exact=statistic is None,
        p_value=float(p_value),
        statistic=statistic,
        interval=bootstrap(both, first, second, neither) if apart else None,
    )  # fmt: skip


def bootstrap(
    both: int,
    first: int,
    second: int,
    neither: int,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The paired bootstrap's interval of the difference of two accuracies.

    Drawing n of n rows with putting back is drawing from the multinomial distribution of the four
    kinds of rows, so nothing but their numbers is needed, and it is as quick for a million rows.

    Args:
        both, first, second, neither: Rows, together n >= 1.
        resamples: 2,000 or more for a steady answer.
        seed: The same one gives the same interval.

    Returns:
        Percentiles of the differences, in [-1, 1].
    """
    import numpy as np

    cells = np.array([both, first, second, neither], dtype=float)
    n = int(cells.sum())
    drawn = np.random.default_rng(seed).multinomial(n, cells / n, size=resamples)
    differences = (drawn[:, 1] - drawn[:, 2]) / n
    tail = (1 - confidence) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    return Interval(float(low), float(high))
