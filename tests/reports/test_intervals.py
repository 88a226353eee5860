"""Intervals hold what they say they hold, as often as they say."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from golems.reports.intervals import Interval, mean_interval, share_interval

DRAWS = 8_000
GRID = tuple(share / 10 for share in range(1, 10))


def bounds(n: int, population: int | None) -> np.ndarray:
    """The interval for each number of hits."""
    return np.array([share_interval(hits, n, population=population) for hits in range(n + 1)])


@pytest.mark.parametrize(
    ("hits", "n"),
    [(0, 1), (1, 1), (0, 40), (3, 40), (40, 40), (1, 2), (77, 1000), (999_999, 10**6)],
)
def test_a_share_has_wilsons_interval(hits: int, n: int) -> None:
    expected = proportion_confint(hits, n, alpha=0.05, method="wilson")
    assert share_interval(hits, n) == pytest.approx(expected, abs=1e-12)
    wide = proportion_confint(hits, n, alpha=0.01, method="wilson")
    assert share_interval(hits, n, confidence=0.99) == pytest.approx(wide, abs=1e-12)


@pytest.mark.parametrize("n", [50, 100, 200, 500, 1000])
@pytest.mark.parametrize("times", [None, 20, 4, 2, 1.25])
def test_19_of_20_samples_have_the_true_share_in_their_interval(
    n: int, times: float | None
) -> None:
    """Whatever the share is, and however much of the population was drawn."""
    rng = np.random.default_rng(n)
    shares = rng.uniform(0.1, 0.9, DRAWS)
    population = None if times is None else round(times * n)
    if population is None:
        hits = rng.binomial(n, shares)
    else:
        of_all = np.round(shares * population).astype(int)
        hits = rng.hypergeometric(of_all, population - of_all, n)
        shares = of_all / population
    low, high = bounds(n, population)[hits].T
    held = np.mean((low <= shares) & (shares <= high))
    assert 0.93 <= held <= 0.97


@pytest.mark.parametrize("n", [100, 200, 500, 1000])
@pytest.mark.parametrize("times", [None, 20, 4])
@pytest.mark.parametrize("share", GRID)
def test_so_it_is_for_every_single_share(n: int, times: int | None, share: float) -> None:
    """Worked out over all samples there can be, not drawn."""
    hits = np.arange(n + 1)
    population = None if times is None else times * n
    if population is None:
        chances = stats.binom.pmf(hits, n, share)
    else:
        chances = stats.hypergeom.pmf(hits, population, round(share * population), n)
    low, high = bounds(n, population).T
    assert 0.93 <= chances[(low <= share) & (share <= high)].sum() <= 0.97


def test_a_population_that_was_drawn_whole_leaves_no_doubt() -> None:
    assert share_interval(3, 10, population=10) == Interval(0.3, 0.3)
    low, high = share_interval(3, 10, population=11)
    wide = share_interval(3, 10)
    assert wide.low < low < 0.3 < high < wide.high
    assert share_interval(0, 0) == Interval(0, 1)


@pytest.mark.parametrize(("n", "mean", "sd"), [(2, 0.5, 0.1), (20, -3.0, 4.0), (10**6, 0.75, 0.14)])
def test_a_mean_has_students_interval(n: int, mean: float, sd: float) -> None:
    expected = stats.t.interval(0.95, n - 1, loc=mean, scale=sd / n**0.5)
    assert mean_interval(n, mean, sd) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n", [5, 20, 100, 500])
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_19_of_20_samples_have_the_true_mean_in_their_interval(n: int, kind: str) -> None:
    rng = np.random.default_rng(n)
    drawn = rng.normal(0.7, 0.1, (DRAWS, n)) if kind == "normal" else rng.random((DRAWS, n)) + 0.2
    means, sds = drawn.mean(axis=1), drawn.std(axis=1, ddof=1)
    given = zip(means, sds, strict=True)
    low, high = np.array([mean_interval(n, float(mean), float(sd)) for mean, sd in given]).T
    assert 0.93 <= np.mean((low <= 0.7) & (high >= 0.7)) <= 0.97


def test_one_number_does_not_say_how_far_it_may_be_off() -> None:
    assert mean_interval(1, 0.5, 0.0) == Interval(-inf, inf)
    assert mean_interval(0, 0.0, 0.0) == Interval(-inf, inf)
    assert mean_interval(3, 0.5, 0.0) == Interval(0.5, 0.5)
