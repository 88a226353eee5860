"""Which slices of a run differ from the rest of its rows, by more than chance explains.

Whoever looks at a hundred slices finds some that stand out by chance alone. So all comparisons that
were made count: Benjamini and Hochberg's correction keeps the share of false ones among those that
are named at 5% (Journal of the Royal Statistical Society B 57, 1995).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from golems.reports.cells import narrowed
from golems.reports.kept import kept
from golems.reports.kinds import sliceable
from golems.reports.measures import FEW, Compared, Measured, Moments, What, measured, together
from golems.reports.selection import Selection, Status
from golems.reports.slices import SliceFigures, slices_of
from golems.reports.view import View
from golems.words import counted

MOST_LABELS = 10
MOST_COLUMNS = 200  # compared, which takes some seconds
LEVEL = 0.05
# Rows that a figure is of.
COUNTED: dict[What, Status] = {
    "label": "ok", "score": "ok", "accuracy": "judged", "failed": "all",
}  # fmt: skip
Rows = tuple[Any, ...]
EXPECTED = 5  # rows in each cell of a table, for chi-square to be near enough


@dataclass(frozen=True)
class Difference:
    """A slice compared with the rest of the rows.

    Attributes:
        value, rest: Of the slice's rows, and of all others.
        p: How probable a difference as large is, if there were none in truth.
        corrected: The same by Benjamini and Hochberg over all comparisons.
        size: How large the difference is against what it can be, 0 to 1.
    """

    slice: SliceFigures
    by: Compared
    value: Measured
    rest: Measured
    p: float
    size: float
    corrected: float = 1.0

    @property
    def points(self) -> float:
        """Percentage points, or the difference of the mean scores."""
        assert self.value.value is not None
        assert self.rest.value is not None
        return (self.value.value - self.rest.value) * (100 if self.value.is_share else 1)

    @property
    def words(self) -> str:
        """The finding: ``date before 2021: negative 61.4% of 140 rows, 38.1% elsewhere``."""
        value, rest = (_short(one, self.points) for one in (self.value, self.rest))
        if not self.value.is_share:
            what = f"mean score {value} in {counted(self.value.n, 'row')}"
        elif self.by.what == "accuracy":
            what = f"right {value} of {counted(self.value.n, 'row')}"
        else:
            what = f"{self.by.label} {value} of {counted(self.value.n, 'row')}"
        return f"{self.slice.words}: {what}, {rest} elsewhere"

    @property
    def is_apart(self) -> bool:
        """Whether the two 95% intervals have nothing in common, so that neither allows for 0."""
        one, other = self.value.interval, self.rest.interval
        return one.low > other.high or other.low > one.high

    @property
    def selection(self) -> Selection:
        """The rows that the figure is of, no others of the slice."""
        return Selection(slices=self.slice.where, status=COUNTED[self.by.what])


@dataclass(frozen=True)
class Differing:
    """What came of comparing all slices.

    Attributes:
        found: With a corrected p under 0.05 and intervals apart, the largest difference first.
        comparisons: That were made.
        columns: Whose slices were compared.
        copies: Column -> the one whose slices are all the same, and which speaks for it.
        left: Columns after those, which were not compared: each takes several questions.
    """

    found: tuple[Difference, ...]
    comparisons: int
    columns: tuple[str, ...]
    copies: dict[str, str] = field(default_factory=dict)
    left: int = 0

    @property
    def bounds(self) -> str:
        """Which columns were compared, in plain words; empty where all were."""
        if not self.left:
            return ""
        compared, whole = len(self.columns), len(self.columns) + self.left
        return f"The first {compared:,} of {whole:,} columns that can be sliced were compared."


@kept
def differing(view: View) -> Differing:
    """Compare every slice of at least 20 rows with the other rows of the run.

    By the share of each label, of the 10 most frequent (of two labels by one of them: the other
    says the same), by the mean score, and by accuracy where there is truth. The column of the
    truth itself is left out: that labels depend on what is right is no finding. So are
    columns that just name rows: how long an id is says nothing. A slice of the same rows as one of
    the truth, or of a column before it, would say the same once more, and is left out too.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    ((rows,),) = view.ask("SELECT count(*) FROM rows")
    if rows < 2 * FEW:
        return Differing((), 0, ())
    columns = [
        column
        for column, one in sliceable(view).items()
        if column != view.choices.truth and not one.names_rows
    ]
    columns, left = columns[:MOST_COLUMNS], len(columns[MOST_COLUMNS:])
    truth = view.choices.truth
    asked = [*([truth] if truth in view.columns else []), *columns]
    with narrowed(view, asked) if left else nullcontext():
        compared, copies = _compared(view, asked)
    corrected = false_discovery_control(np.clip([one.p for one in compared], 0, 1))
    found = [
        replace(one, corrected=float(p))
        for one, p in zip(compared, corrected, strict=True)
        if p < LEVEL and one.is_apart
    ]
    found.sort(key=lambda one: (-one.size, one.p, one.slice.column, one.slice.name))
    return Differing(tuple(found), len(compared), tuple(columns), copies, left)


def _compared(view: View, columns: Sequence[str]) -> tuple[list[Difference], dict[str, str]]:
    """All comparisons, and which column says the same as another one."""
    compared: list[Difference] = []
    spoken: dict[Rows, str] = {}
    copies: dict[str, str] = {}
    for column in columns:
        slices = slices_of(view, column)
        rows = [_rows_of(one) for one in slices]
        of = {spoken.get(one) for one in rows}
        if column != view.choices.truth:
            if len(rows) > 1 and len(of) == 1 and (other := of.pop()) is not None:
                copies[column] = other
            compared += [
                one
                for one in differences(slices, view.choices.positive)
                if _rows_of(one.slice) not in spoken
            ]
        for one in rows:
            spoken.setdefault(one, column)
    return compared, copies


def _rows_of(one: SliceFigures) -> Rows:
    """What tells the rows of a slice: those of another slice with all the same figures are them."""
    figures = one.figures
    scores = (figures.scores.n, f"{figures.scores.mean:.9g}", f"{figures.scores.squares:.6g}")
    labels = tuple(sorted(figures.labels.items()))
    return (figures.rows, figures.predicted, labels, scores, figures.judged, figures.right)


def differences(slices: Sequence[SliceFigures], positive: str | None) -> Iterator[Difference]:
    """Each slice of a column compared with the others, where both have enough rows."""
    whole = together(one.figures for one in slices)
    labels = sorted(whole.labels, key=lambda label: (-whole.labels[label], label))[:MOST_LABELS]
    if len(whole.labels) == 2:
        labels = [positive if positive in labels else labels[0]]
    elif len(whole.labels) < 2:
        labels = []
    by = [*(Compared("label", label) for label in labels), Compared("score"), Compared("accuracy")]
    # Of two slices each is the rest of the other.
    for one in slices if len(slices) > 2 else sorted(slices, key=lambda one: one.figures.rows)[:1]:
        rest = together(other.figures for other in slices if other is not one)
        for this in by:
            value, others = measured(one.figures, this), measured(rest, this)
            if value.few or others.few:
                continue
            if this.what == "score":
                p = p_of_means(one.figures.scores, rest.scores)
                scale = max(1.0, whole.largest)
            else:
                p, scale = p_of_shares(value, others), 1.0
            if p is not None:
                size = abs((value.value or 0.0) - (others.value or 0.0)) / scale
                yield Difference(one, this, value, others, p, size)


def p_of_shares(one: Measured, other: Measured) -> float | None:
    """The p of two shares: chi-square without continuity correction, or Fisher's exact test.

    None where all rows are hits, or none is: there is nothing to compare then.
    """
    import numpy as np
    from scipy.stats import chi2_contingency, fisher_exact
    from scipy.stats.contingency import expected_freq

    table = np.array([[of.hits or 0, of.n - (of.hits or 0)] for of in (one, other)])
    if not table.sum(axis=0).all():
        return None
    if expected_freq(table).min() < EXPECTED:
        return float(fisher_exact(table).pvalue)
    return float(chi2_contingency(table, correction=False).pvalue)


def p_of_means(one: Moments, other: Moments) -> float | None:
    """The p of two means by Welch's t test; None where neither varies."""
    from scipy.stats import ttest_ind_from_stats

    if not one.squares and not other.squares:
        return None
    found: Any = ttest_ind_from_stats(
        one.mean, one.sd, one.n, other.mean, other.sd, other.n, equal_var=False
    )
    return float(found.pvalue)


def _short(one: Measured, points: float) -> str:
    """A figure with as many digits as tell the two apart."""
    assert one.value is not None
    if not one.is_share:
        digits = next((digits for digits in range(2, 6) if abs(points) >= 2 * 10.0**-digits), 6)
        return f"{one.value:.{digits}f}"
    return f"{100 * one.value:.1f}%"
