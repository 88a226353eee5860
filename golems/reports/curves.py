"""Two labels told apart at every score: the ROC and the precision-recall curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from golems.reports.intervals import Interval, area_interval
from golems.reports.kept import kept
from golems.reports.known_labels import called
from golems.reports.view import View, own_labels
from golems.reports.words import shortened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_POINTS = 500  # drawn of a curve; its area is that of all points
NO_TRUTH = "No column of the dataset is chosen as the truth."
NO_ROWS = "No row has both a prediction and a truth."


@dataclass(frozen=True)
class Absent:
    """Why there is no such figure, in a sentence."""

    why: str


class RocPoint(NamedTuple):
    """What comes of calling each row positive whose score is at least ``threshold``.

    Attributes:
        threshold: None before the first row.
        false_positive_rate, true_positive_rate: In [0, 1].
    """

    threshold: float | None
    false_positive_rate: float
    true_positive_rate: float


class PrecisionRecallPoint(NamedTuple):
    """The same as precision and recall, both in [0, 1]."""

    threshold: float | None
    recall: float
    precision: float


@dataclass(frozen=True)
class Curves:
    """How well the score of one label tells its rows from those of another.

    Attributes:
        positive, negative: The two labels, as they are called.
        chosen: Whether a person chose the positive one.
        positives, negatives: Rows of each; ``left_out``: predicted rows with another truth, or
            without a score that is a number.
        auc: Area under the ROC curve, 0 to 1; 0.5 is what chance gives.
        average_precision: 0 to 1; chance gives the positives' share.
        roc, precision_recall: At most ``MOST_POINTS`` points, from the highest score down.
    """

    positive: str
    negative: str
    chosen: bool
    positives: int
    negatives: int
    left_out: int
    auc: float
    average_precision: float
    roc: tuple[RocPoint, ...]
    precision_recall: tuple[PrecisionRecallPoint, ...]

    @property
    def rows(self) -> int:
        """Rows that the curves are of."""
        return self.positives + self.negatives

    @property
    def auc_interval(self) -> Interval:
        """The area's 95% interval."""
        return area_interval(self.auc, self.positives, self.negatives)


@kept
def binary_curves(view: View) -> Curves | Absent:
    """The curves of a run whose truth has exactly two labels that the golem knows.

    The positive label is the one that was chosen; else the later one by name, as scikit-learn
    takes it: POSITIVE after NEGATIVE, LABEL_1 after LABEL_0. Rows are ranked by its score,
    whichever label they were predicted as.
    """
    if view.choices.truth is None:
        return Absent(NO_TRUTH)
    own = {called(view, label): label for label in own_labels(view)}
    [(everything, classes)] = view.ask(
        "SELECT count(*), list(DISTINCT truth) FILTER (truth IN (SELECT unnest(?))) FROM rows "
        "WHERE truth IS NOT NULL AND predicted IS NOT NULL",
        [[*own]],
    )
    if not everything:
        return Absent(NO_ROWS)
    labels: list[str] = sorted(classes or ())
    if len(labels) != 2:
        return Absent(_not_two(labels))
    if (chosen := view.choices.positive) is not None and chosen not in labels:
        return Absent(
            f"'{shortened(chosen)}' is chosen as the positive label, and the truth has only "
            f"'{shortened(labels[0])}' and '{shortened(labels[1])}'."
        )
    positive = labels[1] if chosen is None else chosen
    negative = labels[1 - labels.index(positive)]
    found = _scores(view, own[positive], positive, negative)
    if isinstance(found, Absent):
        return found
    true, scores = found
    if true.all() or not true.any():
        return Absent("Only one of the two labels has rows with scores that are numbers.")
    return _curves(
        true, scores, positive=positive, negative=negative, chosen=chosen is not None,
        left_out=everything - len(true),
    )  # fmt: skip


def _not_two(labels: list[str]) -> str:
    if not labels:
        return "The truth has no label that the golem knows."
    if len(labels) == 1:
        return f"The truth has one label alone that the golem knows, '{shortened(labels[0])}'."
    return f"The truth has {len(labels):,} labels; ROC and precision-recall curves are of two."


def _scores(
    view: View, own: str, positive: str, negative: str
) -> tuple[NDArray[np.bool_], NDArray[np.float64]] | Absent:
    """Of each row with one of the two truths: whether it is positive, and that label's score."""
    import numpy as np

    condition = "predicted IS NOT NULL AND truth IN ($positive, $negative)"
    given: dict[str, Any] = {"own": own, "positive": positive, "negative": negative}
    columns: dict[str, Any] = view.connection.execute(
        "SELECT hit, CASE WHEN isfinite(score) THEN score END AS score FROM ("
        "SELECT truth = $positive AS hit, scores[list_position(labels, $own)] AS score "
        f"FROM rows WHERE {condition})",
        given,
    ).fetchnumpy()
    true, scores = columns["hit"], columns["score"]
    mask = np.ma.getmaskarray(scores)
    if mask.any():
        [(kept_out, rows)] = view.ask(
            "SELECT count(*) FILTER (labels IS NOT NULL AND NOT list_contains(labels, $own)), "
            f"count(*) FROM rows WHERE {condition}",
            given,
        )
        if kept_out:
            return Absent(
                f"The scores of '{shortened(positive)}' weren't kept in {kept_out:,} of {rows:,} "
                f"rows. Run it again with the scores of all labels kept (top_k)."
            )
    return np.ma.getdata(true)[~mask].astype(bool), np.ma.getdata(scores)[~mask]


def _curves(
    true: NDArray[np.bool_], scores: NDArray[np.float64], *, left_out: int, **labels: Any
) -> Curves:
    """The curves of rows, of which there is at least one of each label.

    These are scikit-learn's definitions, which a test compares them with. It is not asked itself:
    it sorts a million rows once for each of the four figures, and takes seconds to import.
    """
    import numpy as np

    order = np.argsort(scores)[::-1]
    ranked = scores[order]
    # Rows of the same score are called positive together.
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    hits = np.cumsum(true[order])[last]
    false_alarms = last + 1 - hits
    positives, negatives = int(hits[-1]), int(false_alarms[-1])
    thresholds = ranked[last]
    tpr, fpr = np.append(0, hits) / positives, np.append(0, false_alarms) / negatives
    precision = hits / (last + 1)
    roc = _thinned(tpr + fpr)
    by_recall = _thinned(tpr)
    return Curves(
        positives=positives,
        negatives=negatives,
        left_out=left_out,
        auc=float(np.trapezoid(tpr, fpr)),
        average_precision=float(np.sum(np.diff(tpr) * precision)),
        roc=tuple(
            RocPoint(float(thresholds[at - 1]) if at else None, float(fpr[at]), float(tpr[at]))
            for at in roc
        ),
        precision_recall=tuple(
            PrecisionRecallPoint(
                float(thresholds[at - 1]) if at else None,
                float(tpr[at]),
                float(precision[at - 1]) if at else 1.0,
            )
            for at in by_recall
        ),
        **labels,
    )


def _thinned(along: NDArray[np.float64]) -> list[int]:
    """Places of points that lie evenly along a curve, its ends among them.

    Args:
        along: How far along the curve each point is, ascending; shape = (n_points,).
    """
    import numpy as np

    if len(along) <= MOST_POINTS:
        return list(range(len(along)))
    steps = np.searchsorted(along, np.linspace(along[0], along[-1], MOST_POINTS - 1))
    places: list[int] = np.unique([*steps, len(along) - 1]).tolist()
    return places
