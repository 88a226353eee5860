"""The labels of several runs as numbers, a column for each run, in the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.reports.kept import kept_large
from golems.reports.overview import label_shares
from golems.reports.rivals import Rival
from golems.reports.view import View

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NONE, UNKNOWN = -1, -2


@dataclass(frozen=True)
class Coded:
    """What runs say of the rows that the first of them has.

    Attributes:
        labels: All that one of the runs gives.
        rows: How many the first run has.
        codes: Places among the labels, or ``NONE``; shape = (runs, n), int32. n is past the last
            place of the first run.
        scores: Of these labels, NaN where there is none; shape = (runs, n), float32.
        truth: Likewise the right label, ``UNKNOWN`` where no run gives that one; shape = (n,).
    """

    labels: list[str]
    rows: int
    codes: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    truth: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Numbers:
    """What one run says of its rows, as ``Coded`` has it; nobody may change it.

    Attributes:
        rows: How many it has.
        codes, scores: shape = (n,), n past the run's last place.
        truth: ``NONE`` everywhere of a run beside that of the view.
    """

    rows: int
    codes: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    truth: npt.NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + self.scores.nbytes + self.truth.nbytes


def coded(view: View, rivals: tuple[Rival, ...]) -> Coded:
    """Read the labels of runs, without a Python object for a row.

    A join of a million rows takes several times as long as putting numbers to their places.
    """
    import numpy as np

    labels = {one.label for one in label_shares(view)}
    for one in rivals:
        labels.update(
            label
            for (label,) in view.ask(
                f"SELECT DISTINCT label FROM {one.rows} WHERE label IS NOT NULL"
            )
        )
    ordered = tuple(sorted(labels))
    mine = numbers(view, None, ordered)
    n = len(mine.codes)
    codes = np.full((1 + len(rivals), n), NONE, np.int32)
    scores = np.full((1 + len(rivals), n), np.nan, np.float32)
    said = [mine, *(numbers(view, rival, ordered) for rival in rivals)]
    for number, run in enumerate(said):
        both = min(n, len(run.codes))
        codes[number, :both], scores[number, :both] = run.codes[:both], run.scores[:both]
    return Coded(list(ordered), mine.rows, codes, scores, mine.truth)


def own_numbers(view: View) -> Numbers:
    """What the run of a view says, as it is asked for where others give no label besides."""
    return numbers(view, None, tuple(sorted({one.label for one in label_shares(view)})))


@kept_large
def numbers(view: View, rival: Rival | None, labels: tuple[str, ...]) -> Numbers:
    """Put what a run says to its places.

    Args:
        rival: A run beside that of the view; None for that one.
        labels: Of which codes are places; each label of the run among them.
    """
    import numpy as np

    source = "rows" if rival is None else rival.rows
    with_truth = rival is None and view.choices.truth is not None
    view.connection.execute("CREATE OR REPLACE TEMP TABLE codes (label VARCHAR, code INTEGER)")
    view.connection.execute(
        "INSERT INTO codes SELECT unnest(?::VARCHAR[]), unnest(range(?))", [labels, len(labels)]
    )
    right = (
        f", CASE WHEN truth IS NULL THEN {NONE} "
        f"ELSE coalesce(true_codes.code, {UNKNOWN}) END::INTEGER AS truth"
    )
    found: Any = view.connection.execute(
        f"SELECT place, coalesce(codes.code, {NONE})::INTEGER AS code, "
        f"coalesce(score, 'nan')::FLOAT AS score{right if with_truth else ''} FROM {source} "
        f"LEFT JOIN codes ON codes.label = {source}.label "
        f"{'LEFT JOIN codes AS true_codes ON true_codes.label = truth' if with_truth else ''}"
    ).fetchnumpy()
    place = found["place"]
    n = int(place.max()) + 1 if len(place) else 0
    codes, truth = np.full(n, NONE, np.int32), np.full(n, NONE, np.int32)
    scores = np.full(n, np.nan, np.float32)
    codes[place], scores[place] = found["code"], found["score"]
    if with_truth:
        truth[place] = found["truth"]
    return Numbers(len(place), codes, scores, truth)
