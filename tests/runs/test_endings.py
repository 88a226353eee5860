"""Workers that were ended from outside: the run says so, and goes on when it is resumed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from golems.runs import Run, start_worker, worker
from golems.runs.files import write_whole
from golems.runs.worker import times_out_of_memory, why_over
from tests.runs.conftest import Gate, MakeRun, pid_of, texts_csv
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("no_worker_is_left")


def at_second_window(run: Run, gate: Gate) -> None:
    start_worker(run)
    for number in (1, 2):
        gate.wait_for_batch(number)
        gate.let_on(number)
    gate.wait_for_batch(3)
    wait_until(lambda: (run.folder / "parts" / "00000.parquet").exists())


def finish(run: Run, gate: Gate) -> None:
    run.resume()
    gate.let_on()
    start_worker(run)
    wait_until(lambda: run.state() == "done")
    assert run.counts().rows == 12


def test_a_terminated_worker_is_told_by_its_signal(make_run: MakeRun, gate: Gate) -> None:
    run = make_run(texts_csv(12), window=4)
    at_second_window(run, gate)
    os.kill(pid_of(run), signal.SIGTERM)
    wait_until(lambda: run.end() is not None)
    end = run.end()
    assert end is not None
    assert (end.state, end.reason) == (
        "interrupted", "The worker was ended by SIGTERM. Resume goes on.",
    )  # fmt: skip
    finish(run, gate)


def test_a_worker_killed_along_with_the_one_that_looked_after_it(
    make_run: MakeRun, gate: Gate, home: Path
) -> None:
    run = make_run(texts_csv(12), window=4)
    at_second_window(run, gate)
    supervisor = worker._started[home / "queue"]
    supervisor.kill()
    supervisor.wait()
    assert run.state() == "running"
    psutil.Process(pid_of(run)).kill()
    wait_until(lambda: run.state() == "interrupted")
    assert run.end() is None
    finish(run, gate)


def test_after_a_reboot_another_process_may_have_the_workers_number(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    me = psutil.Process()
    write_whole(
        run.folder / "worker.json",
        b'{"pid": %d, "started": %f}' % (me.pid, me.create_time() - 3600),
    )
    assert run.state() == "interrupted"
    run.resume()
    assert run.state() == "queued"


@pytest.mark.parametrize(
    ("code", "out_of_memory", "words"),
    [
        (-9, True, "because the memory was full"),
        (1, True, "because the memory was full"),
        (-9, False, "was killed (SIGKILL), as the system does when the memory is full"),
        (-15, False, "was ended by SIGTERM"),
        (-11, False, "was ended by SIGSEGV"),
        (9, False, "exit code 9 and without a word; see log.txt"),
    ],
)
def test_why_a_worker_is_over(code: int, out_of_memory: bool, words: str) -> None:
    assert words in why_over(code, out_of_memory)


@pytest.mark.parametrize(
    ("content", "times"),
    [("low 0\nhigh 2\nmax 1\noom 5\noom_kill 3\n", 3), ("low 0\n", 0), (None, 0)],
)
def test_the_system_tells_how_often_memory_ran_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, times: int
) -> None:
    path = tmp_path / "memory.events"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(worker, "MEMORY_EVENTS", path)
    assert times_out_of_memory() == times
