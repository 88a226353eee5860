"""Failed rows are tried again by a process of its own, which may wait, be killed, or be stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from golems.errors import BadInput, RunFailed
from golems.reports import result_page, summarize
from golems.runs import Run, start_worker
from golems.runs.engine import execute
from golems.runs.find import remove_run
from golems.runs.queue import enqueue
from golems.runs.retrying import BROKE_OFF, is_retrying, last_attempt, start_retry, stop_retry
from tests.runs import fragile
from tests.runs.conftest import ROOT, Gate, MakeRun, plant, texts_csv
from tests.waiting import wait_until

ROWS = "id,text\n0,good\n1,\n2,fine\n3,  \n4,\u200b\n5,well\n"


@pytest.fixture
def run(make_run: MakeRun) -> Iterator[Run]:
    run = make_run(ROWS, window=2)
    execute(run)
    yield run
    if is_retrying(run):
        psutil.Process(pid_of(run)).kill()


def pid_of(run: Run) -> int:
    found = last_attempt(run)
    assert found is not None
    return found.pid


def outcome(run: Run) -> str:
    """What came of it, once it is over."""
    wait_until(lambda: not is_retrying(run))
    found = last_attempt(run)
    assert found is not None
    return found.outcome()


def test_it_is_done_by_another_process_which_outlives_this_one(run: Run) -> None:
    code = (
        "from pathlib import Path; from golems.runs import Run; "
        "from golems.runs.retrying import start_retry; "
        f"start_retry(Run(Path({str(run.folder)!r})), {{1: 'mended'}}, frozenset([3]))"
    )
    assert last_attempt(run) is None
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, start_new_session=True)
    assert is_retrying(run)
    assert os.getsid(pid_of(run)) == pid_of(run)
    assert outcome(run) == "2 rows were tried again; 1 of them failed."
    assert list(result_page(run)["text"])[1] == "mended"
    assert summarize(run).failed == 2
    assert not (run.folder / "retry-request.json").exists()


def test_the_outcome_is_said_for_one_and_for_all(make_run: MakeRun) -> None:
    run = make_run("text\ngood\n\u200b\n")
    execute(run)
    start_retry(run)
    assert outcome(run) == "1 row was tried again; it failed again."
    start_retry(run, {1: "mended"})
    assert outcome(run) == "1 row was tried again; it has a result now."
    with pytest.raises(BadInput, match="nothing to try again"):
        start_retry(run)


def test_who_comes_second_is_refused_and_nobody_resumes_or_deletes_meanwhile(
    make_run: MakeRun, gate: Gate
) -> None:
    run = make_run("text\n\u200b\ngood\nfine\n", window=1)
    execute(run, lambda progress: run.ask_to_stop() if progress.done else None)
    assert run.state() == "stopped"
    start_retry(run, {0: "mended"})
    gate.wait_for_batch(1)
    with pytest.raises(RunFailed, match="being tried again already"):
        start_retry(Run(run.folder))
    with pytest.raises(RunFailed, match="being tried again already"):
        run.resume()
    with pytest.raises(RunFailed, match="being tried again already"):
        remove_run(run)
    assert run.state() == "stopped"
    gate.let_on()
    assert outcome(run) == "1 row was tried again; it has a result now."
    run.resume()
    remove_run(run)
    assert not run.folder.exists()


def test_it_waits_for_its_turn_and_the_queue_goes_on_behind_it(
    run: Run, make_run: MakeRun, gate: Gate, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(texts_csv(2))
    first, last = (make_run(other, window=4) for _ in range(2))
    start_worker(first)
    gate.wait_for_batch(1)
    start_retry(run)

    def stage() -> str:
        found = last_attempt(run)
        return found.stage if found else ""

    wait_until(lambda: stage() == "Waiting for another run")
    start_worker(last)
    assert last.state() == "queued"
    gate.let_on()
    assert outcome(run) == "3 rows were tried again; all of them failed again."
    over = (run.folder / "retry.json").stat().st_mtime
    wait_until(lambda: last.state() == "done")
    end = last.end()
    assert end is not None
    assert end.at > over  # it came later, so it had to wait


def test_one_that_is_killed_is_told_and_leaves_the_run_as_it_was(run: Run, gate: Gate) -> None:
    before = result_page(run)
    start_retry(run, {1: "mended"})
    gate.wait_for_batch(1)
    os.kill(pid_of(run), signal.SIGKILL)
    assert outcome(run) == BROKE_OFF
    assert run.state() == "done"
    assert result_page(run).equals(before)
    gate.let_on()
    start_retry(run, {1: "mended"})
    assert outcome(run) == "3 rows were tried again; 2 of them failed."


def test_one_that_dies_at_its_very_start_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "sitecustomize.py").write_text("import os; os._exit(9)")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "planted"), str(ROOT)]))
    start_retry(run)
    assert outcome(run) == BROKE_OFF


def test_it_can_be_stopped(run: Run, gate: Gate) -> None:
    start_retry(run, {1: "mended"})
    gate.wait_for_batch(1)
    stop_retry(run)
    gate.let_on()
    assert outcome(run) == "Trying the failed rows again was stopped."
    assert summarize(run).failed == 3
    stop_retry(run)


def test_why_it_can_not_be_done_is_said_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").unlink()
    start_retry(run)
    assert "There is no file or folder" in outcome(run)
    assert "Traceback" not in (run.folder / "retry.log").read_text()


def test_a_bug_is_told_by_its_name_and_its_traceback_is_in_the_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, tmp_path / "planted", fragile.__name__)
    start_retry(run, {3: fragile.DEADLY})
    assert "broke off with" in outcome(run)
    log = run.folder / "retry.log"
    wait_until(lambda: "Traceback" in log.read_text())  # the last that the process does
    assert "RuntimeWarning" not in log.read_text()


def test_news_that_can_not_be_read_stand_in_nobodys_way(run: Run) -> None:
    (run.folder / "retry.json").write_text("{")
    assert last_attempt(run) is None
    start_retry(run)
    assert outcome(run).startswith("3 rows were tried again")


def test_it_has_those_in_front_worked_on_where_nobody_does(
    run: Run, make_run: MakeRun, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text(texts_csv(2))
    waits = make_run(tmp_path / "other.csv")
    enqueue(waits)
    start_retry(run)
    assert outcome(run).startswith("3 rows were tried again")
    wait_until(lambda: waits.state() == "done")
