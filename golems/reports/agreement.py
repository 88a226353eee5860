"""How far two ways to label the same rows agree, from rows counted by both labels."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Sums(NamedTuple):
    """Rows by label: of the one way, of the other, and where both are the same."""

    one: Numbers
    other: Numbers
    same: Numbers


def sums(one: Numbers, other: Numbers, rows: Numbers) -> Sums:
    """Add up cells.

    Args:
        one, other: Numbers of labels, >= 0, one a cell; a pair is there once.
        rows: Of each cell.
    """
    import numpy as np

    count = 1 + max(one.max(initial=-1), other.max(initial=-1))
    added = Sums(*(np.zeros(count, dtype=np.int64) for _ in range(3)))
    both = one == other
    np.add.at(added.one, one, rows)
    np.add.at(added.other, other, rows)
    np.add.at(added.same, one[both], rows[both])
    return added


def cohen_kappa(added: Sums) -> float | None:
    """Cohen's kappa, -1 to 1; None with a single label, where chance alone agrees on every row.

    J. Cohen, A Coefficient of Agreement for Nominal Scales, Educational and Psychological
    Measurement 20 (1960).
    """
    n = added.one.sum()
    apart = n - (added.one / max(n, 1) * added.other).sum()
    single = ((added.one + added.other) > 0).sum() < 2
    return None if single else float(1 - (n - added.same.sum()) / apart)


def correlation(added: Sums) -> float:
    """Matthews' correlation coefficient of any number of labels, -1 to 1; 0 of a single one.

    J. Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient,
    Computational Biology and Chemistry 28 (2004).
    """
    # In shares, as the squares of many rows would not fit.
    n = max(added.one.sum(), 1)
    first, second, agreed = added.one / n, added.other / n, added.same.sum() / n
    spread = (1 - (first**2).sum()) * (1 - (second**2).sum())
    return float((agreed - (first * second).sum()) / sqrt(spread)) if spread > 0 else 0.0
