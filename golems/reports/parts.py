"""A run's parts as a DuckDB view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from golems.errors import RunFailed
from golems.reports.database import SPILLED
from golems.runs import Manifest, Run
from golems.runs.columns import schema
from golems.runs.parts import way_out
from golems.runs.segments import ASKED_WRONGLY, NOT_DAMAGE, refuse_other_columns


@contextmanager
def parts_view(
    run: Run, manifest: Manifest, parts: Sequence[Path]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the rows of some of a run's parts as the view ``results``.

    The view has the columns of ``golems.runs.columns.schema``; sorted by ``place`` it is in the
    order of the dataset.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    try:
        with duckdb.connect() as connection:
            if parts:
                connection.read_parquet([str(path) for path in parts]).create_view("results")
            else:
                connection.register("empty", schema(manifest).empty_table())
                connection.execute("CREATE VIEW results AS SELECT * FROM empty")
            yield connection
    except ASKED_WRONGLY:
        refuse_other_columns(manifest, parts)
        raise
    except duckdb.Error as error:
        raise damaged(run, error) from error


def damaged(run: Run, error: Exception) -> RunFailed:
    """What to say where parts can't be counted: one is damaged, or something else is wrong."""
    detail = (str(error).strip().splitlines() or ["no details"])[0][:200]
    if isinstance(error, NOT_DAMAGE) or SPILLED in str(error):
        return RunFailed(
            f"The results in {run.folder / 'parts'} could not be counted ({detail}). They "
            "themselves are as they were: ask again once less is going on, or take them away as "
            "CSV."
        )
    return RunFailed(
        f"The results in {run.folder / 'parts'} can't be read, a file there is damaged "
        f"({detail}). {way_out('it and all parts')}"
    )
