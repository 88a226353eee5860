"""The labels of several runs as numbers, a column for each run, in the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    ordered = sorted(labels)
    view.connection.execute("CREATE OR REPLACE TEMP TABLE codes (label VARCHAR, code INTEGER)")
    view.connection.execute(
        "INSERT INTO codes SELECT unnest(?::VARCHAR[]), unnest(range(?))", [ordered, len(ordered)]
    )
    mine = _numbers(view, "rows", truth=view.choices.truth is not None)
    rows = len(mine["place"])
    n = int(mine["place"].max()) + 1 if rows else 0
    codes = np.full((1 + len(rivals), n), NONE, np.int32)
    scores = np.full((1 + len(rivals), n), np.nan, np.float32)
    truth = np.full(n, NONE, np.int32)
    if "truth" in mine:
        truth[mine["place"]] = mine["truth"]
    for number in range(len(codes)):
        found = mine if not number else _numbers(view, rivals[number - 1].rows, before=n)
        codes[number, found["place"]] = found["code"]
        scores[number, found["place"]] = found["score"]
    return Coded(ordered, rows, codes, scores, truth)


def _numbers(
    view: View, source: str, *, before: int | None = None, truth: bool = False
) -> dict[str, npt.NDArray[Any]]:
    """Columns of one run: ``place``, ``code``, ``score`` and, if wanted, ``truth``.

    Args:
        before: Places from there on are left out.
    """
    right = (
        f", CASE WHEN truth IS NULL THEN {NONE} "
        f"ELSE coalesce(true_codes.code, {UNKNOWN}) END::INTEGER AS truth"
    )
    found: Any = view.connection.execute(
        f"SELECT place, coalesce(codes.code, {NONE})::INTEGER AS code, "
        f"coalesce(score, 'nan')::FLOAT AS score{right if truth else ''} FROM {source} "
        f"LEFT JOIN codes ON codes.label = {source}.label "
        f"{'LEFT JOIN codes AS true_codes ON true_codes.label = truth ' if truth else ''}"
        f"{'' if before is None else f'WHERE place < {before}'}"
    ).fetchnumpy()
    return found  # type: ignore[no-any-return]
