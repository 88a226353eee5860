"""The rows of a run as a DuckDB view, which every figure of a report is counted in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from golems.errors import BadInput
from golems.reports.choices import Choices, choices_of, refuse_impossible
from golems.reports.database import SPILLED, connection
from golems.reports.kept import kept
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
MOST_UNSAID = 1_000


@dataclass(frozen=True)
class View:
    """A run to be asked in SQL, as a person chose to read it.

    The view ``rows`` has a row for each that was written so far, in no order but by ``place``:

    - ``place`` (from 0), ``original_0`` ... (text), ``predicted``, ``score``, ``labels``,
      ``scores``, ``generated_text``, ``error``, ``tokens``, ``tokens_dropped``, ``chars``,
      ``searched``: see ``golems.runs.segments.worked_out``;
    - ``label``: ``predicted`` as it is called; ``truth``: the right label as it is called, NULL
      where nobody knows, and everywhere as long as a value of the truth is ``unsaid``.

    Names and values of a person's file reach SQL as parameters alone.

    Attributes:
        manifest: Of the run.
        choices: How its rows are read.
        asked: What a person chose; the same, but for a truth that is not to be counted yet.
        unsaid: Values of that truth of which nobody has said what they stand for, most rows first.
        connection: Its own; it ends with the view.
    """

    run: Run
    manifest: Manifest
    choices: Choices
    segments: Segments
    connection: duckdb.DuckDBPyConnection
    asked: Choices
    unsaid: tuple[tuple[str, int], ...] = ()

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
            yield _opened(run, manifest, choices, segments, mine)
    except ASKED_WRONGLY:
        refuse_other_columns(manifest, segments.rest)
        raise
    except duckdb.Error as error:
        raise damaged(run, error) from error


def _opened(
    run: Run,
    manifest: Manifest,
    choices: Choices,
    segments: Segments,
    connection: duckdb.DuckDBPyConnection,
) -> View:
    """The view as the choices have it; without a truth as long as that isn't said in full."""
    blind = choices.model_copy(update={"truth": None, "truth_labels": {}})
    _create(connection, manifest, blind, segments)
    view = View(run, manifest, blind, segments, connection, choices)
    if choices.truth is None:
        return view
    called = [choices.names.get(own, own) for own in own_labels(view)]
    _create(connection, manifest, choices, segments, labels=called)
    judged = replace(view, choices=choices)
    if not (unsaid := _unsaid(judged)):
        return judged
    _create(connection, manifest, blind, segments)
    return replace(view, unsaid=unsaid)


@kept
def own_labels(view: View) -> tuple[str, ...]:
    """The golem's own names of its labels, sorted: all that its model has.

    Runs that were made before those were kept tell those that their rows have a score of.
    """
    engine = view.manifest.engine
    if engine is not None and engine.labels is not None:
        return tuple(sorted({*engine.labels.values()}))
    found = {label for (label,) in view.ask("SELECT DISTINCT predicted FROM rows")}
    if view.manifest.parameters.get("top_k") is None:
        more = "SELECT unnest(labels) FROM (FROM rows WHERE labels IS NOT NULL LIMIT 1)"
    else:
        more = "SELECT DISTINCT unnest(labels) FROM rows"
    found.update(label for (label,) in view.ask(more))
    return tuple(sorted(found - {None}))


@kept
def _unsaid(view: View) -> tuple[tuple[str, int], ...]:
    given = bare(view.column(str(view.choices.truth)))
    found = view.ask(
        f"SELECT {given} AS value, count(*) AS times FROM rows WHERE truth IS NULL "
        "AND value IS NOT NULL AND value NOT IN (SELECT value FROM truths) "
        "GROUP BY value ORDER BY times DESC, value LIMIT ?",
        [MOST_UNSAID],
    )
    return tuple(found)


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
    labels: Sequence[str] = (),
) -> None:
    """Create the view ``rows``, or ``rows_1`` where that is the suffix.

    Args:
        labels: The golem's, as they are called; no other value of a truth stands for itself.
    """
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
        given = bare(f"original_{manifest.dataset.columns.index(choices.truth)}")
        said = {one: one for one in labels}
        for value, label in choices.truth_labels.items():
            if label in ("", *labels):
                said[value.strip(BLANKS)] = label
        connection.execute(
            f"INSERT INTO {truths} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [[*said], [*said.values()]],
        )
        joined += f" LEFT JOIN {truths} ON {truths}.value = {given}"
        truth = f"nullif({truths}.label, '')"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW rows{suffix} AS "
        f"WITH source AS ({' UNION ALL '.join(sources)}) "
        f"SELECT source.*, {called} AS label, {truth} AS truth FROM {joined}"
    )
