"""What columns hold in some rows of a run, which is enough to see what they could be."""

from __future__ import annotations

from golems.reports.cells import by_column
from golems.reports.kept import kept
from golems.reports.view import View, bare

BLOCKS, BLOCK_ROWS = 5, 1_000  # spread over the run


@kept
def sampled_values(view: View) -> dict[str, set[str]]:
    """Column -> its different values in some blocks of rows; so many columns at a time as fit."""
    ((last,),) = view.ask("SELECT max(place) FROM rows")
    rows = (last or 0) + 1
    step = max(BLOCK_ROWS, rows // BLOCKS)
    blocks = " OR ".join(
        f"place BETWEEN {first} AND {first + BLOCK_ROWS - 1}"
        for first in range(0, step * BLOCKS, step)
    )
    values = f"list(DISTINCT {bare('cell')})"
    at_once = min(rows, BLOCKS * BLOCK_ROWS)
    found = by_column(view, [*view.columns], values, at_once, blocks)
    return {column: {*found.get(column, ([],))[0]} - {None} for column in view.columns}
