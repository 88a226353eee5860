"""The labels of several runs as numbers, a column for each run, in the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    sources = ["rows", *(one.rows for one in rivals)]
    every = " UNION ".join(f"SELECT DISTINCT label FROM {source}" for source in sources)
    labels = [
        label
        for (label,) in view.ask(
            f"SELECT label FROM ({every}) WHERE label IS NOT NULL ORDER BY label"
        )
    ]
    view.connection.execute("CREATE OR REPLACE TEMP TABLE codes (label VARCHAR, code INTEGER)")
    view.connection.execute(
        "INSERT INTO codes SELECT unnest(?::VARCHAR[]), unnest(range(?))", [labels, len(labels)]
    )
    [(rows, last)] = view.ask("SELECT count(*), coalesce(max(place), -1) FROM rows")
    codes = np.full((len(sources), last + 1), NONE, np.int32)
    scores = np.full((len(sources), last + 1), np.nan, np.float32)
    truth = np.full(last + 1, NONE, np.int32)
    for number, source in enumerate(sources):
        found = view.connection.execute(
            f"SELECT place, coalesce(codes.code, {NONE})::INTEGER AS code, "
            f"coalesce(score, 'nan')::FLOAT AS score FROM {source} "
            f"LEFT JOIN codes ON codes.label = {source}.label WHERE place <= ?",
            [last],
        ).fetchnumpy()
        codes[number, found["place"]] = found["code"]
        scores[number, found["place"]] = found["score"]
    if view.choices.truth is not None:
        found = view.connection.execute(
            f"SELECT place, coalesce(codes.code, {UNKNOWN})::INTEGER AS code FROM rows "
            "LEFT JOIN codes ON codes.label = truth WHERE truth IS NOT NULL"
        ).fetchnumpy()
        truth[found["place"]] = found["code"]
    return Coded(labels, rows, codes, scores, truth)
