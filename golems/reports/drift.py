"""The same golem over two datasets: whether what it says has shifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from golems.errors import BadInput
from golems.reports.kept import kept
from golems.reports.rivals import is_kin, others, refuse_without_labels
from golems.reports.same_rows import why_other_rows
from golems.reports.view import View
from golems.runs import Run
from golems.words import counted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BINS = 20
FLOOR = 1e-4  # share that PSI takes for an empty bin, as it divides by it
FEW = 100
LEAST_EXPECTED = 5


class Counted(NamedTuple):
    """One bin: a label, or scores from and up to, and its rows in both runs."""

    name: str
    here: int
    there: int


@dataclass(frozen=True)
class Distance:
    """How far two distributions are from each other.

    Attributes:
        bins: Of the distributions; one of them at least has rows in each.
        rows: n of both.
        js_divergence: Jensen-Shannon divergence with logarithms to the base 2, 0 (the same) to 1.
        js_distance: Its square root, 0 to 1.
        psi: Population stability index, natural logarithms; empty bins count as a share of 0.0001.
        chi_square, degrees, p_value: Pearson's test of homogeneity, with Yates's correction where
            there are two bins; None where there is one bin only.
        least_expected: The smallest expected count of that test.
    """

    bins: tuple[Counted, ...]
    rows: tuple[int, int]
    js_divergence: float
    js_distance: float
    psi: float
    chi_square: float | None
    degrees: int | None
    p_value: float | None
    least_expected: float | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why not to rely on the figures, in words."""
        said = []
        if min(self.rows) < FEW:
            said.append(
                f"One of the runs has {counted(min(self.rows), 'such row')}; under {FEW} these "
                "distances are large by chance alone."
            )
        if self.least_expected is not None and self.least_expected < LEAST_EXPECTED:
            said.append(
                f"The chi-square test expects fewer than {LEAST_EXPECTED} rows somewhere "
                f"({self.least_expected:.2g}), so its p-value is not to be relied on."
            )
        return tuple(said)


@dataclass(frozen=True)
class Drift:
    """What has shifted.

    Attributes:
        labels: Distance of the labels; None where a run has none.
        scores: Distance of the scores in 20 bins of equal width; None where a run has none.
        precisions: Of both runs; other ones shift scores a little by themselves.
    """

    labels: Distance | None
    scores: Distance | None
    precisions: tuple[str, str]


def kin(run: Run) -> list[Run]:
    """Runs of the same golem over other rows, newest first.

    Raises:
        BadInput: The run predicts no labels.
    """
    mine = run.manifest()
    refuse_without_labels(mine)
    return [
        other
        for other, manifest in others(run)
        if is_kin(mine, manifest) and why_other_rows(run, mine, other, manifest) is not None
    ]


def drift(view: View, other: View) -> Drift:
    """Compare what a golem says of two datasets.

    Labels are called as the first view's choices call them.

    Raises:
        BadInput: The runs are not of the same checkpoint and commit, or predict no labels.
    """
    for one in (view, other):
        refuse_without_labels(one.manifest)
    mine, yours = view.manifest.engine, other.manifest.engine
    if mine is None or yours is None or not is_kin(view.manifest, other.manifest):
        raise BadInput(
            f"Runs {view.run.id} and {other.run.id} are not known to be of the same checkpoint and "
            "commit, so what differs may be the golem and not the data. Choose runs of one golem."
        )
    low, high = _range(_ends(view), _ends(other))
    here, there = _labels(view), _labels(other)
    names = sorted({*here, *there}, key=lambda one: (-here.get(one, 0), -there.get(one, 0), one))
    called = view.choices.names
    labels = [Counted(called.get(one, one), here.get(one, 0), there.get(one, 0)) for one in names]
    width = (high - low) / BINS
    scores = [
        Counted(f"{low + width * place:.4g} to {low + width * (place + 1):.4g}", mine_, yours_)
        for place, (mine_, yours_) in enumerate(
            zip(_scores(view, low, high), _scores(other, low, high), strict=True)
        )
    ]
    return Drift(distance(labels), distance(scores), (mine.precision, yours.precision))


def distance(bins: Sequence[Counted]) -> Distance | None:
    """How far apart two distributions over the same bins are; None where one has no rows."""
    import numpy as np
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import chi2_contingency

    filled = tuple(one for one in bins if one.here or one.there)
    counts = np.array([[one.here for one in filled], [one.there for one in filled]], dtype=float)
    rows = (sum(one.here for one in filled), sum(one.there for one in filled))
    if not all(rows):
        return None
    shares = counts / counts.sum(axis=1, keepdims=True)
    js = float(jensenshannon(*shares, base=2))
    tested = chi2_contingency(counts) if len(filled) > 1 else None
    return Distance(
        bins=filled,
        rows=rows,
        js_divergence=js**2,
        js_distance=js,
        psi=_psi(*shares),
        chi_square=float(tested.statistic) if tested else None,
        degrees=int(tested.dof) if tested else None,
        p_value=float(tested.pvalue) if tested else None,
        least_expected=float(tested.expected_freq.min()) if tested else None,
    )


def _psi(here: npt.NDArray[np.float64], there: npt.NDArray[np.float64]) -> float:
    import numpy as np

    one, other = np.maximum(here, FLOOR), np.maximum(there, FLOOR)
    return float(((one - other) * np.log(one / other)).sum())


@kept
def _labels(view: View) -> dict[str, int]:
    """Label, as the golem calls it -> rows."""
    return dict(
        view.ask("SELECT predicted, count(*) FROM rows WHERE predicted IS NOT NULL GROUP BY ALL")
    )


@kept
def _ends(view: View) -> tuple[float, float] | None:
    """The lowest and the highest score; None without any."""
    [(low, high)] = view.ask("SELECT min(score), max(score) FROM rows")
    return None if low is None else (low, high)


def _range(*ends: tuple[float, float] | None) -> tuple[float, float]:
    """What the bins cover: 0 to 1, or all scores where they are no shares."""
    found = [end for one in ends if one is not None for end in one]
    if all(0 <= end <= 1 for end in found):
        return 0.0, 1.0
    return (min(found), max(found)) if min(found) < max(found) else (min(found), min(found) + 1)


@kept
def _scores(view: View, low: float, high: float) -> tuple[int, ...]:
    """Rows of each bin; the highest score belongs to the last one."""
    found = dict(
        view.ask(
            "SELECT least(greatest(floor((score - $low) / ($high - $low) * $bins), 0), $bins - 1)"
            "::INTEGER, count(*) FROM rows WHERE score IS NOT NULL GROUP BY ALL",
            {"low": low, "high": high, "bins": BINS},
        )
    )
    return tuple(found.get(place, 0) for place in range(BINS))
