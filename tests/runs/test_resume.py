"""Runs that were cut off go on as if nothing had happened, and compute nothing twice."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from golems.errors import RunFailed
from golems.ledger import Ledger
from golems.reports import write_csv
from golems.runs import Progress, Run
from golems.runs.engine import execute
from golems.runs.files import write_whole
from tests.runs.conftest import MakeRun, texts_csv

WINDOW = 16


class Killed(BaseException):
    """Ends an engine as a kill would: it leaves no word."""


def as_csv(run: Run) -> str:
    text = io.StringIO(newline="")
    write_csv(run, text)
    return text.getvalue()


def run_and_kill(run: Run, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on a run until its progress was written ``at`` times."""
    seen = 0

    def count(_: Progress) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Run, "write_end", lambda *_: None)
        try:
            execute(run, count)
        except Killed:
            # The process that worked on it is over, as far as others can see.
            write_whole(run.folder / "worker.json", b'{"pid": 999999999, "started": 0}')
            return
    run.write_end("done")


@pytest.mark.parametrize("ledger", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_again_and_again_gives_the_very_same_table(
    make_run: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ledger: bool,
    seed: int,
) -> None:
    # Repeated texts in other windows are what the ledger could make a difference for.
    rows = texts_csv(150) + texts_csv(60).partition("\n")[2] + texts_csv(40, start=500)
    monkeypatch.setenv("PANTHEON_HOME", str(tmp_path / "undisturbed"))
    from golems.settings import settings

    settings.cache_clear()
    whole = make_run(rows, window=WINDOW, ledger=ledger)
    execute(whole)
    monkeypatch.setenv("PANTHEON_HOME", str(tmp_path / "killed"))
    settings.cache_clear()
    run = make_run(rows, window=WINDOW, ledger=ledger)
    chance = random.Random(seed)
    kills = 0
    while True:
        run_and_kill(run, chance.randint(1, 12), monkeypatch)
        if run.state() == "done":
            break
        assert run.state() == "interrupted"
        kills += 1
        run.resume()
    assert kills >= 2
    assert as_csv(run) == as_csv(whole)
    assert run.counts().rows == 251
    if ledger:
        assert run.counts().computed == whole.counts().computed


def test_at_most_one_window_is_computed_again(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    parts = {path.name: path.stat().st_mtime_ns for path in run.parts()}
    assert parts
    done = run.counts().rows
    run.resume()
    seen: list[int] = []
    execute(run, lambda progress: seen.append(progress.done))
    assert min(seen) == done
    assert {path.name: path.stat().st_mtime_ns for path in run.parts()[: len(parts)]} == parts
    assert run.progress().done == 100


def test_what_is_new_is_computed_and_nothing_else(make_run: MakeRun) -> None:
    lines = texts_csv(300).splitlines()
    execute(make_run("\n".join(lines) + "\n", window=64))
    changed = [f"{n},changed {n}" for n in range(3)]
    added = texts_csv(40, start=1000).splitlines()[1:]
    rest = lines[4:] + changed + added
    random.Random(1).shuffle(rest)
    run = make_run("\n".join([lines[0], *rest]) + "\n", window=64)
    progress = execute(run)
    assert progress.done == 340
    counts = run.manifest().counts
    assert counts is not None
    assert (counts["computed"], counts["known"]) == (43, 297)
    assert progress.known == 297


def test_equal_rows_of_one_file_are_computed_once(make_run: MakeRun) -> None:
    lines = texts_csv(20).splitlines()
    run = make_run("\n".join([lines[0], *lines[1:] * 5]) + "\n", window=30)
    execute(run)
    counts = run.counts()
    assert (counts.rows, counts.computed) == (100, 20)
    assert counts.known + counts.repeated == 80
    table = as_csv(run).splitlines()[1:]
    assert all(table[n].split(",", 1) == table[n % 20].split(",", 1) for n in range(100))


def test_without_the_ledger_nothing_is_kept_or_used(make_run: MakeRun, home: Path) -> None:
    for _ in range(2):
        run = make_run(texts_csv(10), ledger=False)
        execute(run)
        assert run.counts().computed == 10
    assert not (home / "ledger").exists()


def test_rows_that_failed_are_not_kept(make_run: MakeRun) -> None:
    for _ in range(2):
        run = make_run("id,text\n1,good\n2,\n3,  \n", window=4)
        execute(run)
    counts = run.counts()
    assert (counts.rows, counts.failed, counts.known, counts.computed) == (3, 2, 1, 0)
    with Ledger() as ledger:
        assert ledger.count() == 1


def test_other_parameters_are_another_result(make_run: MakeRun) -> None:
    for top_k, computed in ((None, 5), (1, 5), (1, 0)):
        run = make_run(texts_csv(5), parameters={"top_k": top_k})
        execute(run)
        assert run.counts().computed == computed


def test_a_run_that_is_done_or_at_work_cant_be_resumed(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    with pytest.raises(RunFailed, match="can't be resumed: it is queued"):
        run.resume()
    execute(run)
    with pytest.raises(RunFailed, match="can't be resumed: it is done"):
        run.resume()


def test_a_dataset_that_has_changed_is_not_gone_on_with(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    (tmp_path / "reviews.csv").write_text(texts_csv(100, start=7))
    run.resume()
    with pytest.raises(RunFailed, match=r"reviews\.csv has changed since the run was made"):
        execute(run)
    assert run.state() == "failed"


def test_other_weights_are_not_gone_on_with(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    manifest = run.manifest()
    assert manifest.engine is not None
    other = manifest.engine.model_copy(update={"commit": "sha256:other"})
    run.write_manifest(manifest.model_copy(update={"engine": other}))
    run.resume()
    with pytest.raises(RunFailed, match="computed with commit sha256:other"):
        execute(run)


def test_a_part_cut_short_is_said_in_words(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    part = run.parts()[-1]
    part.write_bytes(part.read_bytes()[:-20])
    run.resume()
    with pytest.raises(RunFailed, match=rf"{part.name} is damaged.*Delete it"):
        execute(run)
    part.unlink()
    run.resume()
    assert execute(run).done == 100


def test_too_many_failed_rows_end_the_run(make_run: MakeRun) -> None:
    rows = "text\n" + "good\n" * 10 + "\u200b\n" * 10 + "good\n" * 40
    run = make_run(rows, window=10, max_failed_share=0.4)
    with pytest.raises(RunFailed, match="10 of the first 20 rows failed"):
        execute(run)
    assert run.state() == "failed"
    assert run.counts().rows == 20
    fine = make_run(rows, window=10, max_failed_share=0.5)
    assert execute(fine).done == 60
