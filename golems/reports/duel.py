"""Two to four runs over the same rows: where they agree, and which of them is right more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from golems.reports.agreement import cohen_kappa, sums
from golems.reports.coded import NONE, UNKNOWN, Coded, coded
from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.mcnemar import Contest, contest
from golems.reports.rivals import LETTERS, Rival, attach, described, refuse_unlike
from golems.reports.view import View
from golems.runs import Run
from golems.runs.edits import edited_places

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Scores = npt.NDArray[np.float32]
    Places = npt.NDArray[Any]

MOST_PLACES = 10_000  # of a selection
MOST_DENSE = 1_500  # labels, of which all cells are counted, also those without rows
MOST_CHANGES = 50  # kinds of disagreement that are listed


@dataclass(frozen=True)
class Share:
    """Hits among rows, and Wilson's interval of their share."""

    hits: int
    rows: int

    @property
    def share(self) -> float | None:
        """None without rows."""
        return self.hits / self.rows if self.rows else None

    @property
    def interval(self) -> Interval:
        return share_interval(self.hits, self.rows)


@dataclass(frozen=True)
class Side:
    """One run of a duel.

    Attributes:
        name: ``A`` to ``D``; A is the run whose report it is.
        about: What tells it from the others.
        labels: Label, as this run calls it -> rows, the most frequent first.
        predicted: Rows with a label, of those that A has.
        right: Right ones of the rows that all runs predicted and that have a truth.
    """

    name: str
    run_id: str
    about: str
    labels: dict[str, int]
    predicted: int
    right: Share


@dataclass(frozen=True)
class Pair:
    """Two runs of a duel, over the rows that both predicted.

    Attributes:
        first, second: Their places among the sides.
        same: Rows with the same label.
        kappa: Cohen's; None where it isn't defined, as where both know one label alone.
        changes: Label of the first, of the second, rows: the most frequent first, 50 at most.
        contest: Over those of the rows with a truth; None without any.
        places: Of the rows with other labels, at most 10,000, those first of which both are sure.
    """

    first: int
    second: int
    same: Share
    kappa: float | None
    changes: tuple[tuple[str, str, int], ...]
    contest: Contest | None
    places: Places = field(repr=False)


@dataclass(frozen=True)
class Duel:
    """What came of comparing runs.

    Attributes:
        rows: Rows that A has.
        compared: Those of them that every run predicted.
        disagreements: Rows on which two runs or more that predicted them don't agree.
        labels: All labels, the most frequent first.
        common: Labels that two runs or more have given.
        unknown_truths: Rows compared whose truth no run has ever given: wrong for all.
        mended: Rows whose text was mended by hand in one run, so that it may differ.
        places: Of the disagreements, at most 10,000, those first of which all runs are sure.
    """

    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    rows: int
    compared: int
    disagreements: int
    labels: tuple[str, ...]
    common: int
    unknown_truths: int
    mended: int
    places: Places = field(repr=False)

    def pair(self, first: int, second: int) -> Pair:
        """Two of the sides, the first of them first."""
        return next(one for one in self.pairs if (one.first, one.second) == (first, second))


def duel(view: View, runs: Sequence[Run]) -> Duel:
    """Compare a run with one to three others, row by row.

    Labels are compared as each run's own choices call them; the truth is that of the view.

    Raises:
        BadInput: They don't have the same rows, or predict no labels.
        RunFailed: A part of one of them is missing or damaged.
    """
    refuse_unlike(view.run, runs)
    return of_rivals(view, attach(view, runs))


@kept
def of_rivals(view: View, rivals: tuple[Rival, ...]) -> Duel:
    """As ``duel``, of runs that were attached to the view's connection."""
    import numpy as np

    found = coded(view, rivals)
    given, truth, labels = found.codes, found.truth, found.labels
    numbers = range(len(given))
    rows_of = [np.bincount(one[one >= 0], minlength=len(labels)) for one in given]
    frequency = dict(zip(labels, np.sum(rows_of, axis=0).tolist(), strict=True))
    everywhere = np.logical_and.reduce([one >= 0 for one in given])
    known = everywhere & (truth != NONE)
    differing = np.zeros(len(truth), bool)
    for first, second in combinations(given, 2):
        differing |= (first >= 0) & (second >= 0) & (first != second)
    about = described([view.manifest, *(one.manifest for one in rivals)])
    runs = [view.run, *(one.run for one in rivals)]
    pairs = tuple(_pair(first, second, found) for first, second in combinations(numbers, 2))
    return Duel(
        sides=tuple(
            Side(
                name=LETTERS[number],
                run_id=runs[number].id,
                about=about[number],
                labels=_by_frequency(labels, rows_of[number]),
                predicted=int(rows_of[number].sum()),
                right=Share(
                    int(np.count_nonzero(known & (given[number] == truth))),
                    int(np.count_nonzero(known)),
                ),
            )
            for number in numbers
        ),
        pairs=pairs,
        rows=found.rows,
        compared=int(np.count_nonzero(everywhere)),
        disagreements=int(np.count_nonzero(differing)),
        labels=tuple(sorted(labels, key=lambda label: (-frequency[label], label))),
        common=int(np.count_nonzero(np.sum([one > 0 for one in rows_of], axis=0) > 1)),
        unknown_truths=int(np.count_nonzero(known & (truth == UNKNOWN))),
        mended=len(frozenset[int]().union(*(edited_places(run) for run in runs))),
        # Of two runs the pair is all there is.
        places=pairs[0].places if len(pairs) == 1 else _surest(differing, found.scores),
    )


def _by_frequency(labels: Sequence[str], rows: Numbers) -> dict[str, int]:
    pairs = [(label, int(number)) for label, number in zip(labels, rows, strict=True) if number]
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _pair(first: int, second: int, found: Coded) -> Pair:
    import numpy as np

    labels, size = found.labels, len(found.labels)
    both = (found.codes[first] >= 0) & (found.codes[second] >= 0)
    one, other, right = found.codes[first][both], found.codes[second][both], found.truth[both]
    # Rows of each cell of the first's labels against the second's.
    cell = one.astype(np.int64) * size + other
    if size <= MOST_DENSE:
        rows = np.bincount(cell, minlength=size * size)
        cells = np.flatnonzero(rows)
        rows = rows[cells]
    else:
        cells, rows = np.unique(cell, return_counts=True)
    of_one, of_other = np.divmod(cells, max(size, 1))
    changed = np.flatnonzero(of_one != of_other)
    most = changed[np.argsort(-rows[changed], kind="stable")][:MOST_CHANGES]
    known = right != NONE
    mine, yours = (one == right)[known], (other == right)[known]
    return Pair(
        first=first,
        second=second,
        same=Share(int(rows[of_one == of_other].sum()), int(rows.sum())),
        kappa=cohen_kappa(sums(of_one, of_other, rows)),
        changes=tuple((labels[of_one[at]], labels[of_other[at]], int(rows[at])) for at in most),
        contest=contest(
            both=int(np.count_nonzero(mine & yours)),
            first=int(np.count_nonzero(mine & ~yours)),
            second=int(np.count_nonzero(~mine & yours)),
            neither=int(np.count_nonzero(~mine & ~yours)),
        )
        if len(mine)
        else None,
        places=_surest(
            both & (found.codes[first] != found.codes[second]), found.scores[[first, second]]
        ),
    )


def _surest(chosen: Places, scores: Scores) -> Places:
    """Places of the chosen rows, at most 10,000.

    First those of which all are sure: whose lowest score is highest; by place where it is the same.
    """
    import numpy as np

    places = np.flatnonzero(chosen)
    # Where a run gave no score, the others' count.
    sure = np.nan_to_num(np.fmin.reduce(scores[:, places], axis=0), nan=-np.inf)
    if len(places) > MOST_PLACES:
        last = np.partition(sure, -MOST_PLACES)[-MOST_PLACES]
        level = np.flatnonzero(sure == last)[: MOST_PLACES - np.count_nonzero(sure > last)]
        most = np.sort(np.concatenate([np.flatnonzero(sure > last), level]))
        places, sure = places[most], sure[most]
    order: Places = places[np.lexsort((places, -sure))]
    return order
