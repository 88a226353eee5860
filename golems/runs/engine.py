"""The engine: a run's rows through its golem, a window at a time, into its parts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from typing import Any

from golems.base import Row
from golems.errors import GolemError, HubError, RunFailed
from golems.faults import is_device_fault, is_no_rows_fault
from golems.golem import Golem
from golems.runs.ahead import ahead
from golems.runs.budgets import Remembered
from golems.runs.columns import as_table
from golems.runs.garbage import seldom_sought
from golems.runs.known import known_results, pass_over
from golems.runs.manifest import Manifest
from golems.runs.prepare import prepared
from golems.runs.segments import segments_of
from golems.runs.setup import Load, load_golem
from golems.runs.state import PREDICTING, Counts, Progress, State, so_far
from golems.runs.stopping import Stopped, stops_at_once
from golems.runs.store import Run
from golems.runs.window import Known, OpenWindow, windows
from golems.runs.writing import Writer
from golems.tasks.watch import BatchWatch, watched
from golems.words import counted

log = logging.getLogger(__name__)
# A file for each of many quick batches would take longer than they do.
PROGRESS_A_SECOND = 5.0
PROGRESS_AT_ONCE = 10.0
Watch = Callable[[Progress], None]


def execute(run: Run, watch: Watch = lambda _: None, *, load: Load = load_golem) -> Progress:
    """Work on a run until it is done, stopped or failed; its end is written to its folder.

    Args:
        watch: Called with the progress after every batch.
        load: Gives the golem; told the share of its assembly that is done, where there is one.

    Raises:
        UnknownName: The run was deleted.
        RunFailed: Another process works on the run, or it has ended.
        HubError: The Hub can't be reached; the run has been marked as interrupted.
        GolemError: The run can't go on; it has been marked as failed.
    """
    with run.at_work():
        run.claim()
        progress = _execute(run, watch, load)
    # So that the report opens at once; what stands in the way of it, the report will tell.
    with suppress(GolemError):
        segments_of(run)
    return progress


def _execute(run: Run, watch: Watch, load: Load) -> Progress:
    said, looked, allowed = Progress(stage=""), time.monotonic(), PROGRESS_AT_ONCE

    def report(progress: Progress) -> None:
        nonlocal said, looked, allowed
        now = time.monotonic()
        allowed = min(PROGRESS_AT_ONCE, allowed + (now - looked) * PROGRESS_A_SECOND)
        looked = now
        if allowed >= 1 or progress.stage != said.stage:
            allowed -= 1
            run.write_progress(progress)
        said = progress
        watch(progress)

    try:
        progress, stopped = _work(run, report, load)
    except BaseException as error:
        # Also a bug or a key press must leave a folder that says what happened; but on a full
        # disk not even that can be written, and what came first is what is to be told.
        with suppress(RunFailed):
            if said.stage:
                run.write_progress(said)
        with suppress(RunFailed):
            run.write_end(*end_by(error))
        raise
    run.write_end("stopped" if stopped else "done")
    return progress


def end_by(error: BaseException) -> tuple[State, str | None]:
    """The state in which an error leaves a run, and the reason to tell."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped", None
    if isinstance(error, HubError):
        # Neither the run nor its rows are at fault: it goes on once the Hub is there again.
        return "interrupted", f"{error} Resume goes on."
    return "failed", reason(error)


def reason(error: BaseException) -> str:
    """Why a run failed, in words; of a bug only its name, as the rest is for its log."""
    if isinstance(error, GolemError):
        return str(error)
    if is_no_rows_fault(error):
        return (
            f"The {'device' if is_device_fault(error) else 'machine'} failed, which is no row's "
            f"fault ({type(error).__name__}: {str(error)[:300]}). The rows written so far are "
            "kept; once it is mended, Resume goes on."
        )
    return f"The program broke off with {type(error).__name__}: {str(error)[:300]}"


def _work(run: Run, report: Watch, load: Load) -> tuple[Progress, bool]:
    done, stopped = run.counts(), True
    try:
        with stops_at_once(run):
            manifest, dataset, golem = prepared(run, done, report, load)
        with ExitStack() as stack:
            known = known_results(manifest, stack)
            rows = dataset.rows()
            with stops_at_once(run):
                pass_over(run, manifest, rows, known)
            if not run.stop_asked():
                done, stopped = work_windows(run, manifest, golem, rows, known, report)
    except Stopped:
        manifest = run.manifest()
    spec = manifest.dataset
    stage = "Stopped" if stopped else "Done"
    total = spec.rows if stopped else done.rows
    if total != spec.rows:
        log.warning("%s rows were counted and %s read.", spec.rows, total)
    progress = Progress(rows=total, stage=stage, **so_far(done))
    report(progress)
    run.write_manifest(manifest.model_copy(update={"counts": asdict(done)}))
    return progress, stopped


def work_windows(
    run: Run,
    manifest: Manifest,
    golem: Golem,
    rows: Iterator[Row],
    known: Known | None,
    report: Watch,
) -> tuple[Counts, bool]:
    """Work on all windows that are left; one is written whole, or not at all.

    Returns:
        What became of all rows so far, and whether the run was stopped.
    """
    parameters = golem.task.parameters.of(manifest.parameters)
    remembered = Remembered(run, manifest.engine, golem.task.limits)
    total = manifest.dataset.rows
    done = run.counts()
    begun: dict[str, Any] = {"earlier": done.rows, "earlier_s": done.seconds}
    report(Progress(rows=total, stage=PREDICTING, **so_far(done), **begun))
    start = time.monotonic()

    def opened(look: Callable[[], None]) -> Iterator[OpenWindow]:
        for some in windows(rows, manifest.window):
            yield OpenWindow(some, golem.task, parameters, known, look)

    settled_rows = 0

    def moved(ready: int, work: float, said: str) -> None:
        # No row of this window counts as done before the last one is safe: a kill costs the rows
        # of one window and not of two.
        writer.wait()
        now = so_far(done) | begun
        now["done"] += settled_rows + ready
        now["elapsed_s"] += time.monotonic() - start
        now |= {"under_way": max(0.0, work - ready), "said": said}
        report(Progress(rows=total, stage=PREDICTING, **now))

    def keep_going(settled: int, read: int) -> bool:
        nonlocal settled_rows
        settled_rows = settled
        moved(0, 0.0, "")
        # A window that is complete is kept, whoever asked what.
        return settled == read or not run.stop_asked()

    with (
        seldom_sought(), Writer(run, known) as writer, ahead(opened) as coming,
        watched(golem.task, BatchWatch(run.stop_asked, moved)),
    ):  # fmt: skip
        for number, window in enumerate(coming, len(run.parts())):
            settled_rows = 0
            worked = window.work(budget=remembered.budget, keep_going=keep_going)
            remembered.keep()
            if worked is None:
                writer.keep(window.ready())
                return done, True
            table = as_table(manifest, worked.rows, worked.results)
            before_that, start = start, time.monotonic()
            counts = replace(worked.counts, seconds=start - before_that)
            writer.write(number, table, counts, remembered.facts(), worked.new)
            done = done + counts
            report(Progress(rows=total, stage=PREDICTING, **so_far(done), **begun))
            refuse_too_many_failures(manifest, done)
            if run.stop_asked() and done.rows != total:
                return done, True
    return done, False


def refuse_too_many_failures(manifest: Manifest, done: Counts) -> None:
    """Break a run off of which more rows have failed than the person who asked for it allows.

    Raises:
        RunFailed: More have.
    """
    most = manifest.max_failed_share
    if most is not None and done.failed > most * done.rows:
        raise RunFailed(
            f"{done.failed:,} of the first {counted(done.rows, 'row')} failed, more than the "
            f"{100 * most:.3g} % that was allowed. See the failed rows for the reasons; Resume "
            "goes on."
        )
