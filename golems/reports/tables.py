"""Tables out of a run's parts, small enough to show."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from golems.reports.parts import parts_view
from golems.runs import Run
from golems.runs.columns import PLACE, original_columns, shown_names

if TYPE_CHECKING:
    import pandas as pd


def label_counts(run: Run) -> list[tuple[str, int]]:
    """Predicted labels with their number of rows, most frequent first, then by name."""
    manifest = run.manifest()
    if "predicted_label" not in manifest.result_columns:
        return []
    with parts_view(run, manifest) as connection:
        return connection.execute(
            "SELECT predicted_label, count(*) FROM results WHERE predicted_label IS NOT NULL "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()


def score_histogram(run: Run, bins: int = 20) -> list[tuple[float, float, int]]:
    """Scores of the predicted labels in equal bins over [0, 1].

    Returns:
        From, to and number of rows of each bin; the last one includes 1. Scores outside [0, 1], as
        regression gives them, widen the range to the smallest and largest one. Scores that are no
        finite number, as a model gone wrong gives them, are in no bin.
    """
    manifest = run.manifest()
    if "predicted_score" not in manifest.result_columns:
        return []
    with parts_view(run, manifest) as connection:
        connection.execute(
            "CREATE VIEW scores AS SELECT predicted_score AS score FROM results "
            "WHERE isfinite(predicted_score)"
        )
        low, high = connection.execute(
            "SELECT least(0, min(score)), greatest(1, max(score)) FROM scores"
        ).fetchall()[0]
        width = (high - low) / bins
        found = dict(
            connection.execute(
                "SELECT least(floor((score - ?) / ?), ?)::INT, count(*) FROM scores GROUP BY 1",
                [low, width, bins - 1],
            ).fetchall()
        )
    return [
        (low + width * place, low + width * (place + 1), found.get(place, 0))
        for place in range(bins)
    ]


def count_below(run: Run, score: float) -> int:
    """Rows whose predicted label scores below ``score``; scores that are no number don't count."""
    manifest = run.manifest()
    if "predicted_score" not in manifest.result_columns:
        return 0
    with parts_view(run, manifest) as connection:
        found = connection.execute(
            "SELECT count(*) FROM results WHERE isfinite(predicted_score) AND predicted_score < ?",
            [score],
        ).fetchall()
    return int(found[0][0])


def result_page(run: Run, *, first: int = 0, rows: int = 100, failed: bool = False) -> pd.DataFrame:
    """Some rows of the results, in the dataset's order, without the place column.

    Args:
        first: Place of the first one among those chosen.
        failed: Only rows without a prediction.
    """
    manifest = run.manifest()
    where = "WHERE error IS NOT NULL" if failed else ""
    with parts_view(run, manifest) as connection:
        table = connection.execute(
            f"SELECT * EXCLUDE ({PLACE}) FROM results {where} ORDER BY {PLACE} LIMIT ? OFFSET ?",
            [rows, first],
        ).df()
    return table.rename(columns=shown_names(manifest))


def failed_rows(run: Run, rows: int = 1000, *, first: int = 0) -> pd.DataFrame:
    """Rows without a prediction: their place from 1, the reason, the original columns.

    Args:
        first: How many of them to pass over.
    """
    manifest = run.manifest()
    chosen = ", ".join([f"{PLACE} + 1 AS {PLACE}", "error", *original_columns(manifest)])
    with parts_view(run, manifest) as connection:
        table = connection.execute(
            f"SELECT {chosen} FROM results WHERE error IS NOT NULL ORDER BY {PLACE} "
            "LIMIT ? OFFSET ?",
            [rows, first],
        ).df()
    return table.rename(columns=shown_names(manifest))


def still_failed(run: Run, places: Collection[int]) -> frozenset[int]:
    """Those of some places, from 0, whose rows have no prediction."""
    if not places:
        return frozenset()
    with parts_view(run, run.manifest()) as connection:
        found = connection.execute(
            f"SELECT {PLACE} FROM results WHERE error IS NOT NULL "
            f"AND {PLACE} IN (SELECT unnest(?))",
            [sorted(places)],
        ).fetchall()
    return frozenset(place for (place,) in found)
