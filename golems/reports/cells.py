"""The cells of many columns: a question of a wide run is planned for longer than it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from golems.reports.view import View

VECTOR_ROWS = 2_048  # that DuckDB holds at once
MOST_CELLS = 1_000_000  # in memory at a time
MOST_COLUMNS = 500  # of one query: reading each takes memory, however few the rows


def by_column(
    view: View, columns: Sequence[str], counts: str, rows: int, where: str = "true"
) -> dict[str, tuple[Any, ...]]:
    """Column -> what is counted of its cells; a column without rows is left out.

    Cells come one below the other: DuckDB plans a count for each of many columns far longer than it
    counts, and plans each question of a wide run for longer than it reads it.

    Args:
        counts: Aggregates as SQL, in which a cell is called ``cell``.
        rows: That are held in memory together.
        where: Which rows, as SQL.
    """
    at_once = max(1, min(MOST_COLUMNS, MOST_CELLS // max(1, rows)))
    found: dict[str, tuple[Any, ...]] = {}
    for first in range(0, len(columns), at_once):
        some = columns[first : first + at_once]
        cells = ", ".join(map(view.column, some))
        for number, *values in view.ask(
            f"SELECT number, {counts} FROM (SELECT unnest(range({len(some)})) AS number, "
            f"unnest([{cells}]) AS cell FROM rows WHERE {where}) GROUP BY number ORDER BY number"
        ):
            found[some[number]] = tuple(values)
    return found


@contextmanager
def narrowed(view: View, columns: Sequence[str]) -> Iterator[None]:
    """Have the rows in a table without the other original columns, and without ``searched``."""
    named = {view.column(one) for one in columns}
    others = [name for name in view.columns.values() if name not in named]
    view.connection.execute(
        f"CREATE TEMP TABLE narrow AS SELECT * EXCLUDE ({', '.join(['searched', *others])}) "
        "FROM rows; ALTER VIEW rows RENAME TO wide; CREATE TEMP VIEW rows AS FROM narrow"
    )
    try:
        yield
    finally:
        view.connection.execute("DROP VIEW rows; ALTER VIEW wide RENAME TO rows; DROP TABLE narrow")
