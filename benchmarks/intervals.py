"""How often the intervals of a report hold what they are about: 2,000 simulated runs each.

A 95% interval should in 95% of them, and chance alone lets that vary by a point up or down; where
rows are few, hits are whole numbers and no interval can. ``python -m benchmarks.intervals``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from golems.reports.intervals import Interval, area_interval, mean_interval, share_interval
from golems.reports.mcnemar import bootstrap

TIMES, SEED = 2000, 1
Dice = np.random.Generator
Draw = Callable[[Dice], Interval]


def main() -> None:
    print(f"{'interval':<52}{'holds':>8}   of {TIMES:,}")
    for name, truth, draw in cases():
        dice = np.random.default_rng(SEED)
        held = sum(low <= truth <= high for low, high in (draw(dice) for _ in range(TIMES)))
        print(f"{name:<52}{held / TIMES:>8.1%}")


def cases() -> Iterator[tuple[str, float, Draw]]:
    """What is simulated: its name, what is true, and one run's interval."""
    for n, share in ((50, 0.5), (100, 0.2), (200, 0.7), (500, 0.05), (1000, 0.5), (5000, 0.9)):
        yield f"share {share:g} of {n:,} rows", share, shares(n, share)
    for n, population in ((200, 1000), (500, 2000)):
        name = f"share 0.3 of {n:,} rows of {population:,}"
        yield name, 0.3, shares_of(n, population, 0.3)
    for n in (20, 200):
        yield f"mean score of {n} rows", 2 / 3, means(n)
    for positives, negatives, area in ((50, 50, 0.76), (200, 400, 0.76), (30, 300, 0.92)):
        name = f"area {area:g} of {positives} and {negatives} rows"
        yield name, area, areas(positives, negatives, area)
    for n, better, worse in ((300, 0.12, 0.08), (2000, 0.05, 0.05)):
        yield f"difference of two golems on {n:,} rows", better - worse, pairs(n, better, worse)


def shares(n: int, share: float) -> Draw:
    return lambda dice: share_interval(int(dice.binomial(n, share)), n)


def shares_of(n: int, population: int, share: float) -> Draw:
    """Drawn without putting back."""
    hits = round(population * share)
    return lambda dice: share_interval(
        int(dice.hypergeometric(hits, population - hits, n)), n, population=population
    )


def means(n: int) -> Draw:
    """Scores as a beta distribution has them, whose mean is 2/3."""

    def draw(dice: Dice) -> Interval:
        scores = dice.beta(4, 2, n)
        return mean_interval(n, float(scores.mean()), float(scores.std(ddof=1)))

    return draw


def areas(positives: int, negatives: int, area: float) -> Draw:
    """Scores of two normal distributions that lie as far apart as the area says."""
    from scipy.special import ndtri
    from scipy.stats import mannwhitneyu

    apart = float(ndtri(area)) * 2**0.5

    def draw(dice: Dice) -> Interval:
        seen = mannwhitneyu(dice.normal(apart, 1, positives), dice.normal(0, 1, negatives))
        return area_interval(float(seen.statistic) / (positives * negatives), positives, negatives)

    return draw


def pairs(n: int, better: float, worse: float) -> Draw:
    """Two golems of which each alone is right on some rows, and both on half of all."""

    def draw(dice: Dice) -> Interval:
        shares = [0.5, better, worse, 0.5 - better - worse]
        return Interval(*bootstrap(*dice.multinomial(n, shares).tolist()))

    return draw


if __name__ == "__main__":
    main()
