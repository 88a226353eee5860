"""Trying the failed rows of a run again in a process of its own, and how far that is.

That process waits for its turn like any run, and outlives whoever started it; ``retry.json`` in the
run's folder says how far it is and what came of it. The run stays ended all the while: a process
that is killed leaves it as it was.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from golems.errors import BadInput, GolemError, RunDamaged, RunFailed
from golems.runs.files import read_fact, write_whole
from golems.runs.process import Worker, is_alive, this_process, worker_of
from golems.runs.queue import turn
from golems.runs.store import TRIED_ALREADY, Run
from golems.runs.worker import spawn, start_workers
from golems.words import counted

ATTEMPT = "retry.json"
REQUEST = "retry-request.json"
BROKE_OFF = (
    "Trying the failed rows again broke off: its process is gone without a word, as when it is "
    "killed or the memory is full. The results are whole; try again."
)


@dataclass(frozen=True)
class Attempt:
    """One time that failed rows were tried again.

    Attributes:
        pid: Of the process that does it; ``started`` is when that was started.
        at: When it was asked for, in seconds since 1970.
        stage: What is being done, in words.
        tried: Rows that were tried; None until it is over, or where it broke off.
        failed: Those of them that failed again.
        error: Why it broke off, in words.
    """

    pid: int
    started: float
    at: float
    stage: str = "Starting"
    tried: int | None = None
    failed: int | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        return self.tried is not None or self.error is not None

    def outcome(self) -> str:
        """What came of it, in words."""
        if self.error is not None or self.tried is None:
            return self.error or BROKE_OFF
        if not self.tried:
            return "No row had failed, so there was nothing to try again."
        were = "1 row was" if self.tried == 1 else f"{self.tried:,} rows were"
        if not self.failed:
            return (
                f"{were} tried again; {'it has' if self.tried == 1 else 'all have'} a result now."
            )
        if self.failed == self.tried:
            return f"{were} tried again; {'it' if self.tried == 1 else 'all of them'} failed again."
        return f"{were} tried again; {self.failed:,} of them failed."


def last_attempt(run: Run) -> Attempt | None:
    """The last time the failed rows were tried again; one whose process is gone is over.

    None too where what is said of it can't be read: it is no more than news.
    """
    try:
        found = read_fact(run.folder / ATTEMPT, Attempt)
        if found is None or found.is_over or is_alive(Worker(found.pid, found.started)):
            return found
        # It may have ended between the two looks.
        found = read_fact(run.folder / ATTEMPT, Attempt) or found
    except RunDamaged:
        return None
    return found if found.is_over else replace(found, error=BROKE_OFF)


def is_retrying(run: Run) -> bool:
    """Whether failed rows of the run are being tried again now."""
    found = last_attempt(run)
    return found is not None and not found.is_over


def start_retry(
    run: Run, edits: Mapping[int, str] | None = None, skip: frozenset[int] = frozenset()
) -> None:
    """Have a process try the failed rows again as soon as it is its turn; it outlives this one.

    Args:
        edits: Place of a row in its dataset, from 0 -> the text it should have been.
        skip: Places of rows to leave as they are.

    Raises:
        BadInput: No failed row is left to try.
        RunFailed: They are being tried again already, the run hasn't ended, or its folder can't be
            written to.
    """
    with run.retry_lock():
        if is_retrying(run):
            raise RunFailed(TRIED_ALREADY.format(run.id))
        run.refuse_unended()
        if run.counts().failed <= len(skip):
            raise BadInput("All failed rows are skipped, so there is nothing to try again.")
        said = {"edits": {str(place): text for place, text in (edits or {}).items()}}
        write_whole(run.folder / REQUEST, json.dumps({**said, "skip": sorted(skip)}).encode())
        worker = worker_of(spawn([str(run.folder), "--retry"], run.folder / "retry.log").pid)
        # Before the process can itself, which waits for the lock: one that dies at its very start
        # is known as such.
        _write(run, Attempt(worker.pid, worker.started, time.time()))


def stop_retry(run: Run) -> None:
    """Have whoever tries the failed rows again leave off after the batch at hand."""
    found = last_attempt(run)
    if found is not None and not found.is_over:
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGINT)


def retry_in_turn(
    run: Run,
    edits: Mapping[int, str],
    skip: frozenset[int],
    watch: Callable[[str], None] = lambda _: None,
) -> Attempt:
    """Try the failed rows again in this process, once it is its turn.

    Args:
        watch: Called with what is being done, in words.

    Returns:
        What came of it.

    Raises:
        GolemError: It can't be done, as ``golems.runs.retry.retry`` says.
    """
    me = this_process()
    with run.retry_lock():
        return _in_turn(run, edits, skip, watch, Attempt(me.pid, me.started, time.time()))


def _in_turn(
    run: Run,
    edits: Mapping[int, str],
    skip: frozenset[int],
    watch: Callable[[str], None],
    attempt: Attempt,
) -> Attempt:
    from golems.runs.retry import try_again

    def say(stage: str) -> None:
        nonlocal attempt
        if stage != attempt.stage:
            attempt = replace(attempt, stage=stage)
            _write(run, attempt)
            watch(stage)

    def wait(runs: int) -> None:
        start_workers()  # whoever was to do those in front may be gone
        say(
            "Waiting for another run"
            if runs < 1
            else f"Waiting for {counted(runs + 1, 'other run')}"
        )

    _write(run, attempt)
    try:
        with turn(run, wait, again=True):
            tried, failed = try_again(run, edits, skip, say)
    except BaseException as error:
        # What came first is what is to be told, also where the disk is full.
        with suppress(RunFailed):
            _write(run, replace(attempt, error=why(error)))
        raise
    else:
        attempt = replace(attempt, tried=tried, failed=failed)
        _write(run, attempt)
        return attempt
    finally:
        start_workers()  # for those that wait behind it


def why(error: BaseException) -> str:
    """Why failed rows weren't tried to the end, in words."""
    if isinstance(error, GolemError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Trying the failed rows again was stopped."
    return (
        f"Trying the failed rows again broke off with {type(error).__name__}: {str(error)[:300]}. "
        "See retry.log of the run."
    )


def _write(run: Run, attempt: Attempt) -> None:
    write_whole(run.folder / ATTEMPT, json.dumps(asdict(attempt)).encode(), sync=False)


def retry_as_asked(run: Run) -> None:
    """Try the failed rows again as ``start_retry`` asked for, in the process that it started.

    Raises:
        GolemError: It can't be done, as ``golems.runs.retry.retry`` says.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
    request = run.folder / REQUEST
    with suppress(KeyboardInterrupt), run.retry_lock(wait=True):
        asked = last_attempt(run)
        me = this_process()
        attempt = Attempt(me.pid, me.started, asked.at if asked else time.time())
        said = json.loads(request.read_text("utf-8"))
        edits = {int(place): text for place, text in said["edits"].items()}
        _in_turn(run, edits, frozenset(said["skip"]), lambda _: None, attempt)
        request.unlink(missing_ok=True)
