"""The engine: a run's rows through its golem, a window at a time, into its parts."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import pyarrow as pa

from golems.base import Outcome, Row
from golems.batching import predict_rows
from golems.datasets import Dataset, open_dataset
from golems.errors import GolemError, RunFailed
from golems.golem import Golem, plan_load
from golems.registry import card_named, choose_checkpoint
from golems.runs.columns import result_values, schema
from golems.runs.manifest import EngineFacts, Manifest
from golems.runs.state import Progress
from golems.runs.store import Run
from golems.tasks import task_class

log = logging.getLogger(__name__)
LIBRARIES = ("torch", "transformers", "tokenizers", "pillow", "pyarrow")
Watch = Callable[[Progress], None]


def execute(run: Run, watch: Watch = lambda _: None) -> Progress:
    """Work on a run until it is done, stopped or failed; its end is written to its folder.

    Args:
        watch: Called with the progress after every batch.

    Raises:
        RunFailed: Another process works on the run, or it has ended.
        GolemError: The run can't go on; it has been marked as failed.
    """
    run.claim()

    def report(progress: Progress) -> None:
        run.write_progress(progress)
        watch(progress)

    try:
        progress, stopped = _work(run, report)
    except BaseException as error:
        # Also a bug or a key press must leave a folder that says what happened; but on a full
        # disk not even that can be written, and what came first is what is to be told.
        with suppress(RunFailed):
            stop = isinstance(error, KeyboardInterrupt)
            run.write_end("stopped" if stop else "failed", None if stop else reason(error))
        raise
    run.write_end("stopped" if stopped else "done")
    return progress


def reason(error: BaseException) -> str:
    """Why a run failed, in words; of a bug only its name, as the rest is for its log."""
    if isinstance(error, GolemError):
        return str(error)
    return f"The program broke off with {type(error).__name__}: {str(error)[:300]}"


def _work(run: Run, report: Watch) -> tuple[Progress, bool]:
    manifest = run.manifest()
    report(Progress(stage="Counting the rows"))
    dataset = reopen(manifest)
    progress = Progress(rows=dataset.count(), stage="Loading the golem")
    report(progress)
    golem = load_golem(
        manifest,
        lambda share: report(replace(progress, stage=f"Preparing the golem ({share:.0%})")),
    )
    run.write_manifest(manifest.model_copy(update={"engine": engine_facts(golem)}))
    if run.stop_asked():
        return stopped_at(progress, report), True
    progress = replace(progress, stage="Predicting")
    report(progress)
    parameters = golem.task.parameters.of(manifest.parameters)
    start = time.monotonic()
    for number, window in enumerate(windows(dataset.rows(), manifest.window)):
        before = progress
        fields: list[Row] = []

        def keep_going(done: int, before: Progress = before, fields: list[Row] = fields) -> bool:
            elapsed_s = time.monotonic() - start
            report(replace(before, done=before.done + done, elapsed_s=elapsed_s))
            # A window that is complete is kept, whoever asked what.
            return done == len(fields) or not run.stop_asked()

        outcomes = predict_rows(
            golem.task, remember(window, fields), parameters, keep_going=keep_going
        )
        if outcomes is None:
            return stopped_at(before, report), True
        run.write_part(number, as_table(manifest, fields, outcomes))
        progress = replace(
            before,
            done=before.done + len(outcomes),
            failed=before.failed + sum(outcome.error is not None for outcome in outcomes),
            elapsed_s=time.monotonic() - start,
        )
        report(progress)
        if run.stop_asked() and progress.done != progress.rows:
            return stopped_at(progress, report), True
    if progress.done != progress.rows:
        log.warning("%s rows were counted and %s read.", progress.rows, progress.done)
    progress = replace(progress, rows=progress.done, stage="Done")
    report(progress)
    return progress, False


def stopped_at(progress: Progress, report: Watch) -> Progress:
    """The progress of a stopped run: what is in its parts, without the window it broke off in."""
    progress = replace(progress, stage="Stopped")
    report(progress)
    return progress


def windows(rows: Iterator[Row], size: int) -> Iterator[Iterator[Row]]:
    """The rows in runs of ``size``; each must be used up before the next."""
    while (first := next(rows, None)) is not None:
        rest = islice(rows, size - 1)
        yield (row for part in ([first], rest) for row in part)


def remember(rows: Iterator[Row], seen: list[Row]) -> Iterator[Row]:
    """Pass the rows on, keeping all but their content: pictures are large."""
    for row in rows:
        seen.append(replace(row, content=None))
        yield row


def reopen(manifest: Manifest) -> Dataset:
    """The dataset of a run, opened as it was when the run was made.

    Raises:
        BadInput: It isn't there any more, or can't be read.
        RunFailed: It has other columns now.
    """
    spec = manifest.dataset
    csv = spec.kind == "csv"
    dataset = open_dataset(
        Path(spec.path),
        task_kind=task_class(manifest.task).content,
        column=spec.column,
        delimiter=spec.delimiter if csv else None,
        encoding=spec.encoding if csv else None,
        header=spec.header,
        limit=spec.limit,
    )
    if dataset.columns != spec.columns:
        raise RunFailed(
            f"{spec.name} has changed since the run was made: its columns were "
            f"{', '.join(spec.columns)}, and are {', '.join(dataset.columns)}. Start a new run."
        )
    return dataset


def load_golem(manifest: Manifest, progress: Callable[[float], None]) -> Golem:
    """The golem of a run, with the checkpoint that its manifest names."""
    card = card_named(manifest.golem, manifest.task)
    return Golem.load(
        plan_load(
            card,
            choose_checkpoint(card, manifest.checkpoint),
            device=manifest.device,
            precision=manifest.precision,
            progress=progress,
        )
    )


def engine_facts(golem: Golem) -> EngineFacts:
    """What a run runs on."""
    return EngineFacts(
        commit=golem.plan.folder.commit,
        device=golem.plan.device,
        precision=golem.plan.precision,
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        versions={library: version(library) for library in LIBRARIES},
    )


def as_table(manifest: Manifest, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> pa.Table:
    """One window of results, with the original columns."""
    results = [result_values(outcome) for outcome in outcomes]
    columns: list[list[object]] = [[row.index for row in rows]]
    columns += [[row.fields[name] for row in rows] for name in manifest.dataset.columns]
    columns += [[values[result] for values in results] for result in manifest.result_columns]
    return pa.table(
        [
            pa.array(column, type=field.type)
            for column, field in zip(columns, schema(manifest), strict=True)
        ],
        schema=schema(manifest),
    )
