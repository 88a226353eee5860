"""Several processes on the same runs and the same home at the same moment."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from golems.errors import RunFailed, UnknownName
from golems.ledger import Ledger, remove
from golems.runs import Run, start_worker, start_workers
from golems.runs.engine import execute
from golems.runs.files import locked
from golems.runs.find import remove_run
from golems.runs.process import this_process
from golems.runs.queue import enqueue, resume, runs_before, tickets, turn
from golems.runs.state import ENDED
from golems.runs.supervisor import Supervisor
from tests.runs.conftest import ROOT, Gate, MakeRun, texts_csv
from tests.runs.test_resume import as_csv, run_and_kill
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("no_worker_is_left")
# Processes that wait for each other before they begin.
TOGETHER = """
import sys
from pathlib import Path
from time import sleep
from golems.cli import main
import golems.runs.engine
place, number, of = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
(place / f"ready-{number}").touch()
while len(list(place.glob("ready-*"))) < of:
    sleep(0.001)
sys.exit(main(sys.argv[4:]))
"""


def at_once(place: Path, *commands: list[object]) -> list[tuple[int, str]]:
    """Run commands in processes that begin at the same moment; their exit codes and stderr."""
    place.mkdir()
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", TOGETHER, str(place), str(number), str(len(commands)),
             *map(str, command)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for number, command in enumerate(commands)
    ]  # fmt: skip
    ended = [process.communicate(timeout=120)[1] for process in begun]
    return [(process.returncode, said) for process, said in zip(begun, ended, strict=True)]


def dead_worker(run: Run) -> None:
    (run.folder / "worker.json").write_text('{"pid": 999999999, "started": 0}')


def cut_off(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, rows: int = 60) -> Run:
    run = make_run(texts_csv(rows), window=8)
    run_and_kill(run, 8, monkeypatch)
    assert run.state() == "interrupted"
    assert run.parts()
    return run


def ids_of(run: Run) -> list[str]:
    return [row["id"] for row in csv.DictReader(io.StringIO(as_csv(run)))]


def scores_of(run: Run) -> list[float]:
    return [float(row["predicted_score"]) for row in csv.DictReader(io.StringIO(as_csv(run)))]


@pytest.mark.parametrize("workers", [1, 2])
def test_two_commands_share_a_home_and_its_ledger(
    text_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path, workers: int
) -> None:
    monkeypatch.setenv("PANTHEON_WORKERS", str(workers))
    commands = []
    for name, start in (("one", 0), ("two", 50)):  # 150 of the 200 rows are in both
        (tmp_path / f"{name}.csv").write_text(texts_csv(200, start=start))
        commands.append(
            ["run", text_model, tmp_path / f"{name}.csv", "--task", "text-classification",
             "--column", "text", "--out", tmp_path / name]
        )  # fmt: skip
    for code, said in at_once(tmp_path / "gate", *commands):
        assert code == 0, said
        assert "Traceback" not in said
    tables = []
    for name in ("one", "two"):
        run = Run(tmp_path / name)
        counts = run.counts()
        assert (run.state(), counts.rows, counts.failed) == ("done", 200, 0)
        assert counts.computed + counts.known + counts.repeated == 200
        tables.append(dict(line.split(",", 1) for line in as_csv(run).splitlines()[1:]))
        assert list(tables[-1]) == [
            str(n) for n in range(50 * (name == "two"), 200 + 50 * (name == "two"))
        ]
    if workers == 1:  # one after the other: the second finds what the first has put there
        assert sum(Run(tmp_path / name).counts().computed for name in ("one", "two")) == 250
    with Ledger() as ledger:
        assert ledger.count() == 250
    assert tickets() == []


@pytest.mark.parametrize("forget", ["emptied", "crowded out"])
def test_a_ledger_that_forgets_under_a_run_costs_it_no_row(
    make_run: MakeRun, gate: Gate, forget: str
) -> None:
    before = make_run(texts_csv(12), window=4)
    execute(before)
    run = make_run(texts_csv(24), window=4)  # of which the ledger knows the first half
    start_worker(run)
    gate.wait_for_batch(1)
    if forget == "emptied":
        remove()
    else:
        with Ledger(max_mb=0.03) as small:
            small.put({bytes([n]) * 20: ["y" * 999] for n in range(100)})
            assert small.count() < 100
    gate.let_on()
    wait_until(lambda: run.state() == "done")
    whole = make_run(texts_csv(24), window=4, ledger=False)
    execute(whole)
    assert ids_of(run) == ids_of(whole)
    assert scores_of(run) == pytest.approx(scores_of(whole), abs=1e-5)  # batches are others
    assert (run.counts().known, run.counts().computed) == (12, 12)
    # What the run found out after that is known to the next one.
    again = make_run(texts_csv(24), window=4)
    execute(again)
    assert scores_of(again) == pytest.approx(scores_of(whole), abs=1e-5)
    assert again.counts().known >= 12


def test_of_two_that_resume_a_run_one_is_refused(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = make_run(texts_csv(60), window=8, ledger=False)
    execute(whole)
    run = make_run(texts_csv(60), window=8, ledger=False)
    run_and_kill(run, 8, monkeypatch)
    kept = {part: part.stat().st_mtime_ns for part in run.parts()}
    codes = at_once(tmp_path / "gate", ["resume", run.folder], ["run", "--resume", run.folder])
    assert sorted(code for code, _ in codes) == [0, 2]
    refused = next(said for code, said in codes if code == 2)
    assert "Traceback" not in refused
    assert refused.splitlines()[-1].startswith(f"error: Run {run.id} ")
    assert as_csv(run) == as_csv(whole)
    assert {part: part.stat().st_mtime_ns for part in kept} == kept


def test_stop_and_resume_at_the_same_moment_lose_nothing(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = cut_off(make_run, monkeypatch)
    codes = at_once(tmp_path / "gate", ["resume", run.folder], ["stop", run.folder])
    assert all("Traceback" not in said for _, said in codes)
    wait_until(lambda: run.state() in ENDED)
    if run.state() != "done":
        resume(run)
        execute(run)
    assert [line.split(",")[0] for line in as_csv(run).splitlines()[1:]] == [
        str(n) for n in range(60)
    ]


def test_delete_and_resume_at_the_same_moment(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = cut_off(make_run, monkeypatch)
    codes = at_once(tmp_path / "gate", ["resume", run.folder], ["delete", run.folder, "--yes"])
    assert all("Traceback" not in said for _, said in codes)
    (resumed, _), (deleted, _) = codes
    assert (resumed, deleted) in ((0, 2), (2, 0))
    assert run.folder.exists() == (deleted == 2)
    if deleted:
        assert run.state() == "done"


def test_a_run_deleted_while_somebody_waits_for_it_is_gone(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = cut_off(make_run, monkeypatch)
    seen = []

    def delete(path: Path, **options: Any):  # type: ignore[no-untyped-def]
        # Between a look at the run and the lock, which another process holds to delete it.
        if not seen:
            seen.append(path)
            remove_run(Run(run.folder))
        return locked(path, **options)

    monkeypatch.setattr("golems.runs.store.locked", delete)
    with pytest.raises(UnknownName, match="any more: it was deleted"):
        run.resume()
    with pytest.raises(UnknownName, match="any more: it was deleted"):
        execute(run)
    assert not any(run.folder.glob("*.json"))


def test_nobody_resumes_a_run_while_it_is_deleted(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = cut_off(make_run, monkeypatch)
    meddled: list[object] = []
    rmtree = shutil.rmtree

    def meddle(path: Path) -> None:
        code = (
            "from pathlib import Path; from golems.runs import Run; "
            f"Run(Path({str(run.folder)!r})).resume()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        meddled.append(process)
        wait_until(lambda: (run.folder / "worker.lock").exists())
        rmtree(path)

    monkeypatch.setattr("golems.runs.find.shutil.rmtree", meddle)
    remove_run(run)
    [process] = meddled
    assert "There is no run" in process.communicate()[1]
    assert not run.folder.exists() or list(run.folder.iterdir()) == [run.folder / "worker.lock"]


def test_two_that_try_failed_rows_again_do_it_once(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run("id,text\n0,good\n1,\n2,fine\n3,  \n4,well\n", window=2)
    execute(run)
    codes = at_once(
        tmp_path / "gate",
        ["retry", run.folder, "--edit", "2", "mended"],
        ["retry", run.folder, "--edit", "2", "mended"],
    )
    assert all("Traceback" not in said for _, said in codes)
    assert sorted(code for code, _ in codes) == [1, 2]
    refused = next(said for code, said in codes if code == 2).splitlines()[-1]
    assert "being tried again already" in refused or "Row 2 did not fail" in refused
    assert len((run.folder / "edits.jsonl").read_text("utf-8").splitlines()) == 1
    assert run.counts().failed == 1


def test_workers_started_together_do_each_run_once(
    make_run: MakeRun, setting: Callable[[str, object], None]
) -> None:
    setting("workers", 2)
    runs = [make_run(texts_csv(20, start=100 * n), window=8) for n in range(4)]
    for run in runs:
        enqueue(run)
    command = [sys.executable, "-m", "golems.runs"]
    begun = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for process in begun:
        assert "Traceback" not in process.communicate(timeout=120)[1]
        assert process.returncode == 0
    for run in runs:
        assert run.state() == "done"
        assert [len(line) > 0 for line in as_csv(run).splitlines()] == [True] * 21
        # A second process would have been refused, and said so.
        assert "can't be started" not in (run.folder / "log.txt").read_text()
    assert tickets() == []


def test_a_run_that_is_just_being_begun_is_no_other_workers(
    make_run: MakeRun,
    setting: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting("workers", 2)
    runs = [make_run(texts_csv(4)) for _ in range(2)]
    for run in runs:
        enqueue(run)
    begun: list[str] = []

    class Done:
        """A process that has done its run as soon as it is started, or a while later."""

        def __init__(self, run: Run, **_: object) -> None:
            if not begun:
                begun.append("somebody")
                other.start()
                other.join(1)  # it must wait; if it doesn't, it takes this very run
            run.write_end("done")
            begun.append(run.id)
            self.worker = this_process()

        def finishes(self) -> bool:
            return False

        def exit_code(self) -> int:
            return 0

    monkeypatch.setattr("golems.runs.supervisor.Child", Done)
    other = Thread(target=lambda: Supervisor().does_a_run())
    assert Supervisor().does_a_run()
    other.join()
    assert begun[1:] == [run.id for run in runs]


def test_two_servers_that_look_after_the_queue_start_each_run_once(
    make_run: MakeRun,
    gate: Gate,
) -> None:
    run = make_run(texts_csv(4), window=4)
    enqueue(run)
    code = "from golems.runs import start_workers; start_workers()"
    servers = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    for server in servers:
        assert server.wait() == 0
    start_workers()
    gate.wait_for_batch(1)
    gate.let_on()
    wait_until(lambda: run.state() == "done")
    assert "can't be started" not in (run.folder / "log.txt").read_text()
    assert len(list(gate.folder.glob("at-*"))) == 2


def test_a_process_that_cant_be_seen_still_holds_its_run(
    make_run: MakeRun,
    gate: Gate,
) -> None:
    """As from another container, where its number means nothing."""
    run = make_run(texts_csv(6), window=4)
    worker = subprocess.Popen([sys.executable, "-m", "golems.runs", str(run.folder)], cwd=ROOT)
    gate.wait_for_batch(1)
    dead_worker(run)
    assert run.state() == "running"
    for refused in (run.resume, lambda: remove_run(run), lambda: execute(run)):
        with pytest.raises(RunFailed, match="it is running"):
            refused()
    gate.let_on()
    assert worker.wait() == 0
    assert run.state() == "done"
    assert run.counts().rows == 6


def test_a_command_killed_while_it_waits_leaves_a_run_that_can_be_resumed(
    make_run: MakeRun,
    gate: Gate,
    text_model: Path,
    tmp_path: Path,
) -> None:
    first = make_run(texts_csv(4), window=4)
    enqueue(first)
    start_workers()
    gate.wait_for_batch(1)
    (tmp_path / "own.csv").write_text(texts_csv(3))
    waiting = subprocess.Popen(
        [sys.executable, "-m", "golems", "run", str(text_model), str(tmp_path / "own.csv"),
         "--task", "text-classification", "--out", str(tmp_path / "own")],
        cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    run = Run(tmp_path / "own")
    wait_until(lambda: runs_before(run) is not None)
    waiting.kill()
    waiting.wait()
    start_workers()
    assert run.state() == "interrupted"
    assert "gone since. Resume starts it" in str(run.end())
    gate.let_on()
    resume(run)
    with turn(run, lambda _: None):
        execute(run)
    assert run.state() == "done"


def test_a_run_that_nobody_has_a_ticket_for_can_be_resumed(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    resume(run)
    assert run.state() == "queued"
    enqueue(run)
    with pytest.raises(RunFailed, match="can't be resumed: it is queued"):
        resume(run)
