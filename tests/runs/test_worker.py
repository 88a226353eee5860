"""Real worker processes: started, watched, stopped, killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from golems.errors import RunFailed
from golems.reports import result_page
from golems.runs import Run, start_worker, start_workers
from golems.runs.engine import execute
from golems.runs.queue import runs_before, turn
from golems.runs.state import ENDED
from tests.runs import fragile
from tests.runs.conftest import ROOT, Gate, MakeRun, pid_of, plant, texts_csv
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("no_worker_is_left")


def test_a_worker_does_a_run_and_its_progress_can_be_watched(make_run: MakeRun) -> None:
    run = make_run(texts_csv(30), window=10)
    start_worker(run)
    stages = set()

    def ended() -> bool:
        stages.add(run.progress().stage)
        return run.state() in ENDED

    wait_until(ended)
    assert run.state() == "done"
    assert run.progress().done == run.progress().rows == len(result_page(run)) == 30
    assert stages & {"Counting the rows", "Loading the golem", "Predicting"}


def test_a_run_says_that_it_is_running_and_how_far(make_run: MakeRun, gate: Gate) -> None:
    run = make_run(texts_csv(8), window=4)
    assert run.state() == "queued"
    start_worker(run)
    gate.wait_for_batch(1)
    gate.let_on(1)
    gate.wait_for_batch(2)
    assert run.state() == "running"
    progress = run.progress()
    assert (progress.done, progress.rows, progress.stage) == (2, 8, "Predicting")
    assert progress.elapsed_s > 0


def in_its_second_window(make_run: MakeRun, gate: Gate) -> Run:
    """A run of three windows, of which one is written and the next one has begun."""
    run = make_run(texts_csv(12), window=4)
    start_worker(run)
    for number in (1, 2):
        gate.wait_for_batch(number)
        gate.let_on(number)
    gate.wait_for_batch(3)
    wait_until(lambda: run.parts() != [])  # written while batch 3 is at work
    return run


def test_stop_from_another_process_takes_effect_after_the_batch(
    make_run: MakeRun, gate: Gate
) -> None:
    run = in_its_second_window(make_run, gate)
    Run(run.folder).ask_to_stop()
    assert run.state() == "stopping"
    gate.let_on()
    wait_until(lambda: run.state() == "stopped")
    assert not gate.has_come(4)
    assert list(result_page(run)["id"]) == ["0", "1", "2", "3"]


def test_a_killed_worker_is_seen_and_keeps_what_was_written(make_run: MakeRun, gate: Gate) -> None:
    run = in_its_second_window(make_run, gate)
    os.kill(pid_of(run), signal.SIGKILL)
    wait_until(lambda: run.state() == "interrupted")
    assert list(result_page(run)["id"]) == ["0", "1", "2", "3"]


def test_a_worker_outlives_the_process_that_started_it(make_run: MakeRun, gate: Gate) -> None:
    run = make_run(texts_csv(6), window=4)
    code = (
        "from pathlib import Path; from golems.runs import Run, start_worker; "
        f"start_worker(Run(Path({str(run.folder)!r})))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, start_new_session=True)
    gate.wait_for_batch(1)
    assert run.state() == "running"
    # In a session of its own it doesn't hear when a terminal is closed either.
    assert os.getsid(pid_of(run)) == pid_of(run)
    gate.let_on()
    wait_until(lambda: run.state() == "done")
    assert len(result_page(run)) == 6


def test_of_two_workers_exactly_one_works(make_run: MakeRun, gate: Gate) -> None:
    run = make_run(texts_csv(6), window=4)
    command = [sys.executable, "-m", "golems.runs", str(run.folder)]
    workers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    wait_until(lambda: any(worker.poll() is not None for worker in workers))
    (loser,) = [worker for worker in workers if worker.poll() is not None]
    assert loser.returncode == 1
    assert "can't be started: it is running" in loser.communicate()[1]
    gate.let_on()
    (winner,) = [worker for worker in workers if worker is not loser]
    winner.communicate()
    assert winner.returncode == 0
    assert run.state() == "done"
    assert list(result_page(run)["id"]) == [str(n) for n in range(6)]


def test_the_log_has_the_traceback_of_a_bug(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, tmp_path / "planted", fragile.__name__)
    run = make_run(f"text\ngood\n{fragile.DEADLY}\n")
    start_worker(run)
    wait_until(lambda: run.state() in ENDED)
    assert run.state() == "failed"
    wait_until(lambda: not psutil.pid_exists(pid_of(run)) or is_zombie(pid_of(run)))
    log = (run.folder / "log.txt").read_text()
    assert "Traceback" in log
    assert "illegal memory access" in log.splitlines()[-1]


def is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_log_has_one_sentence_of_what_a_user_can_mend(
    make_run: MakeRun, tmp_path: Path
) -> None:
    run = make_run(texts_csv(2))
    (tmp_path / "reviews.csv").unlink()
    start_worker(run)
    wait_until(lambda: run.state() in ENDED)
    assert run.state() == "failed"
    wait_until(lambda: not psutil.pid_exists(pid_of(run)) or is_zombie(pid_of(run)))
    log = (run.folder / "log.txt").read_text()
    assert "There is no file or folder" in log
    assert "Traceback" not in log


def test_a_worker_that_dies_at_its_very_start_is_told(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "sitecustomize.py").write_text("import os; os._exit(9)")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "planted"), str(ROOT)]))
    run = make_run(texts_csv(2))
    start_worker(run)

    said = ""

    def told() -> bool:
        nonlocal said
        try:
            start_workers()
        except RunFailed as error:
            said = str(error)
        return said != ""

    wait_until(told)
    assert "No worker could be started (exit code 9)" in said
    assert run.state() == "queued"


def test_a_run_whose_process_dies_before_it_says_anything_is_interrupted(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "sitecustomize.py").write_text(
        "import os, sys\nif len(sys.orig_argv) == 5: os._exit(9)"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "planted"), str(ROOT)]))
    run = make_run(texts_csv(2))
    start_worker(run)
    wait_until(lambda: run.end() is not None)
    assert run.state() == "interrupted"
    assert "exit code 9" in str(run.end())


def test_a_run_whose_folder_is_gone_holds_nobody_up(make_run: MakeRun) -> None:
    gone, run = make_run(texts_csv(2)), make_run(texts_csv(2))
    shutil.rmtree(gone.folder)
    start_worker(gone)
    start_worker(run)
    wait_until(lambda: run.state() == "done")


def test_runs_are_done_one_at_a_time_in_the_order_of_asking(make_run: MakeRun, gate: Gate) -> None:
    runs = [make_run(texts_csv(2), window=4) for _ in range(3)]
    for run in runs:
        start_worker(run)
    gate.wait_for_batch(1)
    assert [run.state() for run in runs] == ["running", "queued", "queued"]
    assert [runs_before(run) for run in runs] == [None, 0, 1]
    runs[1].ask_to_stop()
    assert runs_before(runs[2]) == 0
    gate.let_on()
    wait_until(lambda: runs[2].state() == "done")
    assert [run.state() for run in runs] == ["done", "stopped", "done"]


def test_as_many_runs_at_once_as_the_setting_says(
    make_run: MakeRun, gate: Gate, setting: Callable[[str, object], None]
) -> None:
    setting("workers", 2)
    runs = [make_run(texts_csv(2), window=4) for _ in range(3)]
    for run in runs:
        start_worker(run)
    wait_until(lambda: [run.state() for run in runs].count("running") == 2)
    assert runs[2].state() == "queued"
    gate.let_on()
    wait_until(lambda: {run.state() for run in runs} == {"done"})


def test_a_process_waits_for_its_turn_and_the_queue_goes_on_behind_it(
    make_run: MakeRun, gate: Gate
) -> None:
    first, own, last = (make_run(texts_csv(2), window=4) for _ in range(3))
    start_worker(first)
    gate.wait_for_batch(1)
    before: list[int] = []

    def watch(runs: int) -> None:
        before.append(runs)
        if len(before) == 1:
            start_worker(last)
            gate.let_on()

    with turn(own, watch):
        assert first.state() == "done"
        assert last.state() == "queued"
        execute(own)
    assert before[0] == 0
    start_workers()
    wait_until(lambda: last.state() == "done")
    assert own.state() == "done"


def test_a_worker_that_leaves_holds_nobody_up(
    make_run: MakeRun, gate: Gate, tmp_path: Path
) -> None:
    """One that has seen that there is nothing for it is no longer one that is about to look."""
    late = tmp_path / "planted" / "sitecustomize.py"
    late.write_text(
        late.read_text()
        + "import os, pathlib\nimport golems.runs.supervisor as supervisor\n"
        + "from tests.waiting import wait_until\n"
        + "leave = supervisor.Supervisor.leave\n"
        + "folder = pathlib.Path(os.environ['GATE'])\n"
        + "def late(self):\n    (folder / 'leaves').touch()\n"
        + "    wait_until((folder / 'left').exists)\n    leave(self)\n"
        + "supervisor.Supervisor.leave = late\n"
    )
    gate.let_on()
    first, own, last = (make_run(texts_csv(2), window=4) for _ in range(3))
    start_worker(first)
    with turn(own, lambda _: None):
        wait_until((gate.folder / "leaves").exists)
        start_worker(last)  # the slot is ours
    start_workers()
    wait_until(lambda: last.state() == "done")
    (gate.folder / "left").touch()


def test_a_killed_run_is_resumed_where_it_was(make_run: MakeRun, gate: Gate) -> None:
    run = in_its_second_window(make_run, gate)
    os.kill(pid_of(run), signal.SIGKILL)
    wait_until(lambda: run.end() is not None)
    assert "SIGKILL" in str(run.end())
    run.resume()
    assert run.state() == "queued"
    gate.let_on()
    start_worker(run)
    wait_until(lambda: run.state() == "done")
    assert list(result_page(run)["id"]) == [str(n) for n in range(12)]
    assert run.progress().done == 12
