"""Tables out of a run's parts, small enough to show."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from golems.reports.parts import parts_view
from golems.runs import Run
from golems.runs.columns import PLACE, original_columns, shown_names
from golems.runs.parts import counts_of

if TYPE_CHECKING:
    import pandas as pd


def result_page(run: Run, *, first: int = 0, rows: int = 100, failed: bool = False) -> pd.DataFrame:
    """Some rows of the results, in the dataset's order, without the place column.

    Args:
        first: Place of the first one among those chosen.
        failed: Only rows without a prediction.
    """
    manifest = run.manifest()
    where = "WHERE error IS NOT NULL" if failed else ""
    parts, before = parts_of_page(run, first, rows, failed=failed)
    with parts_view(run, manifest, parts) as connection:
        table = connection.execute(
            f"SELECT * EXCLUDE ({PLACE}) FROM results {where} ORDER BY {PLACE} LIMIT ? OFFSET ?",
            [rows, first - before],
        ).df()
    return table.rename(columns=shown_names(manifest))


def failed_rows(run: Run, rows: int = 1000, *, first: int = 0) -> pd.DataFrame:
    """Rows without a prediction: their place from 1, the reason, the original columns.

    Args:
        first: How many of them to pass over.
    """
    manifest = run.manifest()
    chosen = ", ".join([f"{PLACE} + 1 AS {PLACE}", "error", *original_columns(manifest)])
    parts, before = parts_of_page(run, first, rows, failed=True)
    with parts_view(run, manifest, parts) as connection:
        table = connection.execute(
            f"SELECT {chosen} FROM results WHERE error IS NOT NULL ORDER BY {PLACE} "
            "LIMIT ? OFFSET ?",
            [rows, first - before],
        ).df()
    return table.rename(columns=shown_names(manifest))


def parts_of_page(run: Run, first: int, rows: int, *, failed: bool) -> tuple[list[Path], int]:
    """The parts that some rows are in, by what the parts say of themselves.

    A run of a million rows has a thousand parts, and opening all of them takes most of a second.

    Args:
        first: Place of the first row among those that are counted.
        failed: Only rows without a prediction are counted.

    Returns:
        The parts in order, and how many of the counted rows are in parts before them.
    """
    found: list[Path] = []
    before = end = 0
    for part in run.parts():
        counts = counts_of(part)
        start, end = end, end + (counts.failed if failed else counts.rows)
        if end <= first:
            before = end
        elif start < first + rows and start < end:
            found.append(part)
    return found, before


def parts_with(run: Run, places: Collection[int]) -> list[Path]:
    """The parts that the rows at some places, from 0, are in."""
    found: list[Path] = []
    wanted, end = sorted(places), 0
    for part in run.parts():
        start, end = end, end + counts_of(part).rows
        if bisect_left(wanted, start) < bisect_left(wanted, end):
            found.append(part)
    return found


def still_failed(run: Run, places: Collection[int]) -> frozenset[int]:
    """Those of some places, from 0, whose rows have no prediction."""
    if not places:
        return frozenset()
    parts = [part for part in run.parts() if counts_of(part).failed]
    with parts_view(run, run.manifest(), parts) as connection:
        found = connection.execute(
            f"SELECT {PLACE} FROM results WHERE error IS NOT NULL "
            f"AND {PLACE} IN (SELECT unnest(?))",
            [sorted(places)],
        ).fetchall()
    return frozenset(place for (place,) in found)
