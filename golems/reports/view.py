"""The rows of a run as a DuckDB view, which every figure of a report is counted in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from golems.errors import BadInput
from golems.reports.choices import Choices, choices_of, refuse_impossible
from golems.reports.database import SPILLED, connection
from golems.reports.parts import damaged
from golems.runs import Manifest, Run
from golems.runs.columns import original_columns, schema
from golems.runs.segments import (
    ASKED_WRONGLY,
    Segments,
    refuse_other_columns,
    segments_of,
    worked_out,
)

BLANKS = " \t\r\n"  # around a truth; they don't count


@dataclass(frozen=True)
class View:
    """A run to be asked in SQL, as a person chose to read it.

    The view ``rows`` has a row for each that was written so far, in no order but by ``place``:

    - ``place`` (from 0), ``original_0`` ... (text), ``predicted``, ``score``, ``labels``,
      ``scores``, ``generated_text``, ``error``, ``tokens``, ``tokens_dropped``, ``chars``,
      ``searched``: see ``golems.runs.segments.worked_out``;
    - ``label``: ``predicted`` as it is called; ``truth``: the right label, NULL where nobody knows.

    Names and values of a person's file reach SQL as parameters alone.

    Attributes:
        manifest, choices: Of the run.
        connection: Its own; it ends with the view.
    """

    run: Run
    manifest: Manifest
    choices: Choices
    segments: Segments
    connection: duckdb.DuckDBPyConnection

    def ask(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """All rows of an answer, as tuples."""
        return self.connection.execute(sql, parameters).fetchall()

    @cached_property
    def columns(self) -> dict[str, str]:
        """Original column -> what the view calls it."""
        return dict(
            zip(self.manifest.dataset.columns, original_columns(self.manifest), strict=True)
        )

    def column(self, name: str) -> str:
        """What the view calls an original column.

        Raises:
            BadInput: There is none of that name.
        """
        if name not in self.columns:
            raise BadInput(
                f"Column '{name}' is not in {self.manifest.dataset.name}; "
                f"columns are: {', '.join(self.columns)}."
            )
        return self.columns[name]


@contextmanager
def view_of(run: Run, choices: Choices | None = None, *, apart: bool = False) -> Iterator[View]:
    """Open a run for questions.

    Args:
        choices: How to read it; None for what is kept beside the run.
        apart: Whether its questions have threads, and memory, of their own.

    Raises:
        BadInput: The choices don't fit the run.
        RunFailed: A part is missing or damaged.
    """
    manifest = run.manifest()
    choices = choices_of(run) if choices is None else choices
    refuse_impossible(manifest, choices)
    segments = segments_of(run)
    try:
        with connection(run.folder.parent / SPILLED, apart=apart) as mine:
            _create(mine, manifest, choices, segments)
            yield View(run, manifest, choices, segments, mine)
    except ASKED_WRONGLY:
        refuse_other_columns(manifest, segments.rest)
        raise
    except duckdb.Error as error:
        raise damaged(run, error) from error


def bare(cell: str) -> str:
    """A cell as SQL without the blanks around it; NULL where nothing is left."""
    return f"nullif(trim({cell}, '{BLANKS}'), '')"


def _files(paths: Sequence[Path]) -> str:
    """Parquet files as SQL."""
    named = ", ".join("'{}'".format(str(path).replace("'", "''")) for path in paths)
    return f"read_parquet([{named}])"


def _create(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    choices: Choices,
    segments: Segments,
    suffix: str = "",
) -> None:
    """Create the view ``rows``, or ``rows_1`` where that is the suffix."""
    merged, parts, names, truths = (
        f"{name}{suffix}" for name in ("merged", "parts", "names", "truths")
    )
    sources = []
    if segments.whole:
        files = _files(segments.whole)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {merged} AS FROM {files}")
        sources.append(f"SELECT * FROM {merged}")
    if segments.rest or not sources:
        if segments.rest:
            files = _files(segments.rest)
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {parts} AS FROM {files}")
        else:
            connection.register(parts, schema(manifest).empty_table())
        sources.append(f"SELECT {', '.join(worked_out(manifest))} FROM {parts}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {names} (value VARCHAR, label VARCHAR)")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {truths} (value VARCHAR, label VARCHAR)")
    joined, called, truth = "source", "predicted", "NULL::VARCHAR"
    if choices.names:
        connection.execute(
            f"INSERT INTO {names} SELECT unnest(?), unnest(?)",
            [[*choices.names], [*choices.names.values()]],
        )
        joined += f" LEFT JOIN {names} ON {names}.value = predicted"
        called = f"coalesce({names}.label, predicted)"
    if choices.truth is not None:
        # A blank cell is no truth; neither is a value that was left out.
        place = manifest.dataset.columns.index(choices.truth)
        truth = given = bare(f"original_{place}")
        if choices.truth_labels:
            said = {value.strip(BLANKS): label for value, label in choices.truth_labels.items()}
            connection.execute(
                f"INSERT INTO {truths} SELECT unnest(?), unnest(?)", [[*said], [*said.values()]]
            )
            joined += f" LEFT JOIN {truths} ON {truths}.value = {given}"
            truth = f"nullif(coalesce({truths}.label, {given}), '')"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW rows{suffix} AS "
        f"WITH source AS ({' UNION ALL '.join(sources)}) "
        f"SELECT source.*, {called} AS label, {truth} AS truth FROM {joined}"
    )
