"""Workers that stay after a run: the next one uses their golem, and nobody has to wait for them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from golems.errors import BadInput
from golems.reports import result_page
from golems.runs import Run, start_worker, start_workers, worker
from golems.runs.engine import execute
from golems.runs.files import read_fact
from golems.runs.find import remove_run
from golems.runs.idle import idle_bytes, idle_ones
from golems.runs.process import Worker, is_alive
from golems.runs.queue import enqueue, is_slot_free, queue_lock, tickets, turn
from golems.runs.state import ENDED
from golems.runs.surroundings import digest
from golems.settings import settings
from tests import tiny
from tests.runs import fragile
from tests.runs.conftest import ROOT, Gate, MakeRun, pid_of, plant, texts_csv
from tests.waiting import wait_until

Setting = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def warm(setting: Setting, home: Path) -> Iterator[None]:
    """Workers stay until the end of the test, and no longer."""
    setting("warm_s", 600)
    yield
    started = worker._started.pop(home / "queue", None)
    if started is not None:
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(started.pid).children():
                child.kill()
        started.kill()
        started.wait()
    for file in home.glob("runs/*/worker.json"):
        one = read_fact(file, Worker)
        if one is not None and one.pid != os.getpid() and is_alive(one):
            psutil.Process(one.pid).kill()


def supervisor(home: Path) -> subprocess.Popen[bytes]:
    return worker._started[home / "queue"]


def is_over(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def somebody_waits() -> bool:
    with queue_lock():
        return idle_ones(digest()) == 1


def done(run: Run) -> int:
    """Have a worker do a run, and wait until it waits for another; its process."""
    start_worker(run)
    wait_until(lambda: run.state() in ENDED)
    assert run.state() == "done", run.end()
    wait_until(somebody_waits)
    return pid_of(run)


def test_the_next_run_is_done_by_the_same_process_with_the_same_results(
    make_run: MakeRun, home: Path
) -> None:
    assert idle_bytes() == 0
    first = make_run(texts_csv(6), ledger=False)
    pid = done(first)
    assert idle_bytes() == pytest.approx(psutil.Process(pid).memory_info().rss, rel=0.2)
    begun = supervisor(home)
    assert is_slot_free()  # whoever waits holds up nobody
    second = make_run(texts_csv(30), window=8, ledger=False)
    assert done(second) == pid
    assert supervisor(home) is begun
    fresh = make_run(texts_csv(30), window=8, ledger=False)
    execute(fresh)
    assert result_page(second).equals(result_page(fresh))
    assert tickets() == []


def test_its_golem_is_loaded_once_and_each_run_has_its_own_log(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "sitecustomize.py").write_text(
        "import golems.tasks\n"
        "golems.tasks.MODULES['text-classification'] = 'tests.runs.talkative'\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "planted"), str(ROOT)]))
    runs, pids = [], set()
    for rows in (2, 3, 4):
        runs.append(make_run(texts_csv(rows), ledger=False))
        pids.add(done(runs[-1]))
    assert len(pids) == 1
    logs = [(run.folder / "log.txt").read_text() for run in runs]
    assert [log.count("The golem is loaded.") for log in logs] == [1, 0, 0]
    assert [log.count("A batch of") for log in logs] == [1, 1, 1]
    assert [f"A batch of {2 + n} rows" in log for n, log in enumerate(logs)] == [True] * 3


def test_another_golem_comes_only_when_the_old_one_is_gone(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    first = make_run(texts_csv(3))
    pid, begun = done(first), supervisor(home)
    other = make_run(texts_csv(3), window=2)
    model = tiny.distilbert(tmp_path / "other")
    other.write_manifest(
        other.manifest().model_copy(update={"golem": str(model), "checkpoint": str(model)})
    )
    second = done(other)
    assert second != pid
    assert supervisor(home) is begun
    assert psutil.Process(second).create_time() >= psutil.Process(begun.pid).create_time()
    assert is_over(pid)
    assert len(psutil.Process(begun.pid).children()) == 1


def test_weights_that_changed_under_the_same_name_are_loaded_anew(
    make_run: MakeRun, tmp_path: Path
) -> None:
    model = tiny.distilbert(tmp_path / "model")

    def run_of_it() -> Run:
        run = make_run(texts_csv(4), ledger=False)
        run.write_manifest(
            run.manifest().model_copy(update={"golem": str(model), "checkpoint": str(model)})
        )
        return run

    before, after = run_of_it(), run_of_it()
    pid = done(before)
    tiny.distilbert(tmp_path / "changed", seed=5)
    (tmp_path / "changed" / "model.safetensors").replace(model / "model.safetensors")
    assert done(after) == pid
    engines = [run.manifest().engine for run in (before, after)]
    assert engines[0] is not None
    assert engines[1] is not None
    assert engines[0].commit != engines[1].commit
    fresh = run_of_it()
    execute(fresh)
    scores = [list(result_page(run)["predicted_score"]) for run in (before, after, fresh)]
    assert scores[1] == scores[2] != scores[0]


def test_a_killed_process_that_waited_costs_the_next_run_nothing(make_run: MakeRun) -> None:
    pid = done(make_run(texts_csv(3)))
    os.kill(pid, signal.SIGKILL)
    run = make_run(texts_csv(5))
    start_worker(run)

    def ended() -> bool:
        start_workers()
        return run.state() in ENDED

    wait_until(ended)
    assert run.state() == "done"
    assert pid_of(run) != pid


def test_a_kill_in_the_second_run_is_told_and_it_goes_on_in_a_fresh_process(
    make_run: MakeRun, gate: Gate
) -> None:
    gate.let_on(1)
    pid = done(make_run(texts_csv(2), window=4, ledger=False))
    run, waiting = (make_run(texts_csv(12), window=4, ledger=False) for _ in range(2))
    start_worker(run)
    start_worker(waiting)
    gate.wait_for_batch(2)
    assert pid_of(run) == pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: run.end() is not None)
    assert run.state() == "interrupted"
    assert "SIGKILL" in str(run.end())
    gate.let_on()
    wait_until(lambda: waiting.state() == "done")
    run.resume()
    start_worker(run)
    wait_until(lambda: run.state() == "done")
    assert pid_of(run) != pid
    assert list(result_page(run)["id"]) == [str(n) for n in range(12)]


def test_a_process_whose_supervisor_is_killed_doesnt_stay(make_run: MakeRun, home: Path) -> None:
    pid = done(make_run(texts_csv(3)))
    begun = supervisor(home)
    begun.kill()
    begun.wait()
    wait_until(lambda: is_over(pid))
    assert idle_bytes() == 0
    with queue_lock():
        assert idle_ones(digest()) == 0
    assert list((home / "queue").glob("idle-*")) == []


def test_a_run_that_failed_leaves_no_process(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, tmp_path / "planted", fragile.__name__)
    pid = done(make_run("text\ngood\n"))
    run = make_run(f"text\ngood\n{fragile.DEADLY}\n")
    start_worker(run)
    wait_until(lambda: run.state() in ENDED)
    assert run.state() == "failed"
    assert pid_of(run) == pid
    wait_until(lambda: is_over(pid))
    assert "illegal memory access" in (run.folder / "log.txt").read_text().splitlines()[-1]
    wait_until(is_slot_free)
    assert done(make_run("text\nfine\n")) != pid


def test_it_ends_after_its_time(make_run: MakeRun, setting: Setting, home: Path) -> None:
    setting("warm_s", 0.3)
    run = make_run(texts_csv(3))
    start_worker(run)
    wait_until(lambda: supervisor(home).poll() is not None)
    assert supervisor(home).returncode == 0
    assert run.state() == "done"
    assert is_over(pid_of(run))
    assert list((home / "queue").glob("idle-*")) == []


def test_runs_that_come_as_it_ends_are_all_done(
    make_run: MakeRun, setting: Setting, home: Path
) -> None:
    """Its time is over as often as not while the next run is being asked for."""
    setting("warm_s", 0.05)
    for number in range(6):
        run = make_run(texts_csv(2, start=10 * number))
        start_worker(run)
        wait_until(lambda run=run: run.state() in ENDED)  # type: ignore[misc]
        assert run.state() == "done"
    wait_until(lambda: supervisor(home).poll() is not None)
    assert tickets() == []


def test_a_command_that_does_its_run_itself_has_the_memory(make_run: MakeRun, home: Path) -> None:
    pid = done(make_run(texts_csv(3)))
    own = make_run(texts_csv(4))

    def never(_: int) -> None:
        pytest.fail("It had to wait for a worker that has nothing to do.")

    with turn(own, never):
        wait_until(lambda: is_over(pid))
        execute(own)
    assert own.state() == "done"
    wait_until(lambda: supervisor(home).poll() is not None)


def test_a_server_with_other_settings_gets_a_process_under_its_own(
    make_run: MakeRun, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = done(make_run("text\nshort\n"))
    setting("max_cell_mb", 1)
    monkeypatch.setenv("HF_TOKEN", "another")
    run = make_run(f"text\nshort\n{'long ' * 300_000}\n")
    start_worker(run)
    wait_until(lambda: run.state() in ENDED)
    assert run.state() == "done"
    assert pid_of(run) != pid
    assert run.counts().failed == 1  # as its server has it, and not the one before
    assert psutil.Process(pid_of(run)).environ()["HF_TOKEN"] == "another"
    wait_until(lambda: is_over(pid))


def test_a_run_that_waits_behind_one_of_another_server_has_its_own_settings(
    make_run: MakeRun, gate: Gate, setting: Setting
) -> None:
    start_worker(make_run(texts_csv(2), window=4))
    gate.wait_for_batch(1)
    setting("max_cell_mb", 1)
    run = make_run(f"text\nshort\n{'long ' * 300_000}\n")
    start_worker(run)
    gate.let_on()
    wait_until(lambda: run.state() in ENDED)
    assert run.counts().failed == 1
    wait_until(lambda: is_over(pid_of(run)))  # it is nobody else's


def test_what_is_asked_under_says_whether_the_program_or_a_variable_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    was = digest()
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))  # as torch does itself
    assert digest() == was
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    changed = digest()
    assert changed != was
    monkeypatch.chdir(tmp_path)
    assert digest() not in (was, changed)
    monkeypatch.undo()
    monkeypatch.setattr("golems.runs.surroundings.PROJECT", tmp_path)
    (tmp_path / "golems").mkdir()
    before = digest()
    (tmp_path / "golems" / "new.py").touch()
    assert digest() != before


def test_a_run_can_be_deleted_while_its_process_waits(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    pid = done(run)
    remove_run(run)
    assert not run.folder.exists()
    assert done(make_run(texts_csv(5))) == pid
    assert not run.folder.exists()


def test_two_that_wait_take_one_run_each(make_run: MakeRun, setting: Setting, gate: Gate) -> None:
    setting("workers", 2)
    runs = [make_run(texts_csv(2), window=4, ledger=False) for _ in range(2)]
    for run in runs:
        start_worker(run)
    wait_until(lambda: [run.state() for run in runs] == ["running"] * 2)
    gate.let_on()

    def both_wait() -> bool:
        with queue_lock():
            return idle_ones(digest()) == 2

    wait_until(both_wait)
    pids = {pid_of(run) for run in runs}
    assert len(pids) == 2
    for path in gate.folder.iterdir():
        path.unlink()
    more = [make_run(texts_csv(2), window=4, ledger=False) for _ in range(2)]
    for run in more:
        start_worker(run)
    wait_until(lambda: [run.state() for run in more] == ["running"] * 2)
    gate.let_on()
    wait_until(lambda: [run.state() for run in more] == ["done"] * 2)
    assert {pid_of(run) for run in more} == pids


def test_a_server_that_looks_after_the_queue_starts_none_beside_one_that_waits(
    make_run: MakeRun, home: Path
) -> None:
    pid = done(make_run(texts_csv(3)))
    run = make_run(texts_csv(4))
    begun = worker._started.pop(home / "queue")  # as for another server
    enqueue(run)
    start_workers()
    assert worker._started.pop(home / "queue", None) is None
    worker._started[home / "queue"] = begun
    wait_until(lambda: run.state() == "done")
    assert pid_of(run) == pid


def test_a_setting_below_zero_is_refused(setting: Setting) -> None:
    setting("warm_s", -1)
    with pytest.raises(BadInput, match="PANTHEON_WARM_S is '-1'"):
        settings()
