"""How often a run is right, where the truth is known: computed from counts, not from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

from golems.errors import BadInput
from golems.reports.agreement import Sums, cohen_kappa, correlation, sums
from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.view import View, bare

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

MOST_LABELS = 2_000  # a table of all pairs has to fit into memory


@dataclass(frozen=True)
class Cells:
    """Rows that have a truth and a prediction, counted by both.

    Attributes:
        labels: Every truth and every predicted label, as they are called; sorted.
        truth, label: Places in ``labels``; int64, one a cell.
        rows: Of each cell, 1 or more; int64.
    """

    labels: tuple[str, ...]
    truth: Numbers
    label: Numbers
    rows: Numbers

    def matrix(self) -> Numbers:
        """Rows by truth (first axis) and predicted label."""
        import numpy as np

        counts = np.zeros((len(self.labels),) * 2, dtype=np.int64)
        counts[self.truth, self.label] = self.rows
        return counts

    @cached_property
    def sums(self) -> Sums:
        """Rows by label: of the truth, of the predictions, and where both are the same."""
        return sums(self.truth, self.label, self.rows)


@dataclass(frozen=True)
class Averages:
    """Of all classes; all three in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ClassMetrics:
    """One label.

    Attributes:
        support: Rows of which it is the truth.
        predicted: Rows for which it was predicted.
        hits: Rows that are both.
        precision: hits / predicted; 0 where it was never predicted.
        recall: hits / support; 0 where it is never the truth.
    """

    label: str
    support: int
    predicted: int
    hits: int
    precision: float
    recall: float
    f1: float
    precision_interval: Interval
    recall_interval: Interval


@dataclass(frozen=True)
class Metrics:
    """How predictions agree with the truth.

    All are as scikit-learn has them, with its conventions: the labels are those that occur as truth
    or prediction; a precision or recall of no rows is 0 and counts in the macro average; balanced
    accuracy is the mean recall of the labels that occur as truth; the correlation of a single label
    is 0. What is undefined is None: all of them without rows, and kappa of a single label.

    Attributes:
        rows: Written so far.
        n: With truth and prediction; everything else is about these.
        hits: Of them, those that are right.
        failed: Rows with a truth, but without a prediction.
        without_truth: Rows without a truth.
        left_out: Rows with a truth that a person left out.
        accuracy_interval: Wilson's, 95%; so are those of the classes.
        kappa: Cohen's, -1 to 1.
        mcc: Matthews' correlation coefficient, -1 to 1.
        classes: Largest support first.
    """

    rows: int
    n: int
    hits: int
    failed: int
    without_truth: int
    left_out: int
    accuracy: float | None
    accuracy_interval: Interval
    balanced_accuracy: float | None
    macro: Averages | None
    weighted: Averages | None
    kappa: float | None
    mcc: float | None
    classes: tuple[ClassMetrics, ...]


@kept
def cells(view: View) -> Cells:
    """Rows with truth and prediction, counted by both.

    Raises:
        BadInput: There are too many different truths for that.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    both = "truth IS NOT NULL AND label IS NOT NULL"
    many = BadInput(
        f"'{view.choices.truth}' and the predictions have more than {MOST_LABELS:,} different "
        "labels; choose a truth with fewer of them."
    )
    few = f"SELECT DISTINCT truth FROM rows WHERE {both} LIMIT {MOST_LABELS + 1}"
    if view.ask(f"SELECT count(*) FROM ({few})")[0][0] > MOST_LABELS:
        raise many
    counted = view.connection.sql(
        f"SELECT truth, label, count(*) AS times FROM rows WHERE {both} GROUP BY truth, label"
    ).to_arrow_table()
    truths, labels = (
        counted[name].cast(pa.string()).combine_chunks() for name in ("truth", "label")
    )
    names = sorted(pc.unique(pa.concat_arrays([truths, labels])).to_pylist())
    if len(names) > MOST_LABELS:
        raise many
    truth, label = (
        pc.index_in(one, pa.array(names, pa.string())).to_numpy(zero_copy_only=False)
        for one in (truths, labels)
    )
    return Cells(
        tuple(names), truth.astype(np.int64), label.astype(np.int64), counted["times"].to_numpy()
    )


@kept
def metrics(view: View) -> Metrics:
    """Compare the predictions with the truth; see ``Metrics`` for the conventions.

    Raises:
        BadInput: There are too many different truths for that.
    """
    found = cells(view)
    truth = view.choices.truth
    given = "NULL" if truth is None else bare(view.column(truth))
    ((rows, failed, without, left_out),) = view.ask(
        "SELECT count(*), count(*) FILTER (truth IS NOT NULL AND label IS NULL), "
        f"count(*) FILTER ({given} IS NULL), "
        f"count(*) FILTER (truth IS NULL AND {given} IS NOT NULL) FROM rows"
    )
    n = int(found.rows.sum())
    hits = int(found.sums.same.sum())
    interval = share_interval(hits, n)
    if not n:
        return Metrics(
            rows, 0, 0, failed, without, left_out, None, interval, None, None, None, None, None, ()
        )
    classes = of_classes(found)
    balanced, macro, weighted = averages(classes)
    return Metrics(
        rows, n, hits, failed, without, left_out, hits / n, interval, balanced, macro, weighted,
        cohen_kappa(found.sums), correlation(found.sums), classes,
    )  # fmt: skip


def of_classes(found: Cells) -> tuple[ClassMetrics, ...]:
    """Each label by itself, largest support first."""
    support, predicted, hits = (one.tolist() for one in found.sums)
    classes = [
        ClassMetrics(
            name, support[at], predicted[at], hits[at],
            share(hits[at], predicted[at]), share(hits[at], support[at]),
            share(2 * hits[at], support[at] + predicted[at]),
            share_interval(hits[at], predicted[at]), share_interval(hits[at], support[at]),
        )
        for at, name in enumerate(found.labels)
    ]  # fmt: skip
    return tuple(sorted(classes, key=lambda one: (-one.support, -one.predicted, one.label)))


def averages(classes: Sequence[ClassMetrics]) -> tuple[float, Averages, Averages]:
    """Balanced accuracy, and the averages of all classes, weighted by nothing and by support."""
    n = sum(one.support for one in classes)
    recalls = [one.recall for one in classes if one.support]
    macro, weighted = (
        Averages(
            fsum(one.precision * weight for one, weight in weighed),
            fsum(one.recall * weight for one, weight in weighed),
            fsum(one.f1 * weight for one, weight in weighed),
        )
        for weighed in (
            [(one, 1 / len(classes)) for one in classes],
            [(one, one.support / n) for one in classes],
        )
    )
    return fsum(recalls) / len(recalls), macro, weighted


def share(hits: int, rows: int) -> float:
    """Of no rows it is 0."""
    return hits / rows if rows else 0.0
