"""How far a share, a mean or an area seen in some rows may be from that of all."""

from __future__ import annotations

from math import inf, sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """From and to, both with it."""

    low: float
    high: float


def share_interval(
    hits: int, rows: int, *, population: int | None = None, confidence: float = CONFIDENCE
) -> Interval:
    """Wilson's score interval of a share.

    E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, Journal of
    the American Statistical Association 22 (1927). Where the rows are a sample drawn without
    putting back, their number is corrected for how much of the population they are. Hits are
    whole numbers: of 50 rows of 100 an interval at 95% holds the true share in 91 to 95% of
    samples, by what that share is; of 100 rows or more that are a quarter at most, in 93 to 97%.

    Args:
        hits: 0 <= hits <= rows.
        rows: n; without any the interval is 0 to 1.
        population: Rows they were drawn from; None where that is far more, or not known.
        confidence: Between 0 and 1.

    Returns:
        Bounds in [0, 1].
    """
    if not rows:
        return Interval(0.0, 1.0)
    share = hits / rows
    n = float(rows)
    if population is not None and population > 1:
        if rows >= population:
            return Interval(share, share)
        n *= (population - 1) / (population - rows)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends rounding would leave the share itself outside.
    return Interval(max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share)))


def area_interval(area: float, positives: int, negatives: int) -> Interval:
    """95% interval of an area under the ROC curve, which says something at 0 and 1 too.

    R. G. Newcombe, Confidence intervals for an effect size measure based on the Mann-Whitney
    statistic, part 2, Statistics in Medicine 25 (2006), method 5: the areas that are no further
    from the one seen than Hanley and McNeil's standard error at them allows.

    Args:
        area: 0 to 1.
        positives, negatives: Rows of each label, >= 1.
    """
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    more = (positives + negatives) / 2 - 1

    def too_far(one: float) -> bool:
        spread = 1 + more * ((1 - one) / (2 - one) + one / (1 + one))
        error = sqrt(one * (1 - one) * spread / (positives * negatives))
        return abs(one - area) > z * error

    def bound(outside: float) -> float:
        if not too_far(outside):
            return outside
        inside = area
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if too_far(middle) else (middle, outside)
        return inside

    return Interval(bound(0.0), bound(1.0))


def mean_interval(n: int, mean: float, sd: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Student's t interval of a mean.

    Args:
        n: Values; fewer than two don't say how much they differ, and leave it without bounds.
        sd: Their standard deviation, with n - 1.
        confidence: Between 0 and 1.
    """
    from scipy.special import stdtrit

    if n < 2:
        return Interval(-inf, inf)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sd / sqrt(n)
    return Interval(mean - half, mean + half)
