"""A run's parts as a DuckDB view."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from golems.runs import Manifest, Run
from golems.runs.columns import schema


def quoted(name: str) -> str:
    """A column's name as SQL spells it."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


@contextmanager
def parts_view(run: Run, manifest: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the run's rows so far as the view ``results``.

    The view has the run's own columns; its order is that of the dataset when sorted by the
    manifest's ``row_column``.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        paths = [str(path) for path in run.parts()]
        if paths:
            connection.read_parquet(paths).create_view("results")
        else:
            connection.register("empty", schema(manifest).empty_table())
            connection.execute("CREATE VIEW results AS SELECT * FROM empty")
        yield connection
