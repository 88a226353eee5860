"""What a list of runs says of each, and that it is read again only where it may have changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golems.runs import Run
from golems.runs.engine import execute
from golems.runs.facts import all_facts
from golems.runs.find import remove_run
from golems.runs.name import rename
from golems.runs.process import this_process
from golems.runs.retry import retry
from golems.runs.retrying import retry_in_turn
from tests.runs.conftest import MakeRun, texts_csv


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose manifests are read."""
    seen: list[str] = []
    manifest = Run.manifest

    def note(run: Run) -> object:
        seen.append(run.id)
        return manifest(run)

    monkeypatch.setattr(Run, "manifest", note)
    return seen


def test_runs_that_have_ended_are_read_once(make_run: MakeRun, read: list[str]) -> None:
    ended, waits = make_run(texts_csv(3)), make_run(texts_csv(3))
    execute(ended)
    read.clear()
    for _ in range(3):
        facts = {one.run.id: one for one in all_facts()}
    assert read.count(ended.id) == 1
    assert read.count(waits.id) == 3
    assert (facts[ended.id].is_live, facts[waits.id].is_live) == (False, True)
    assert facts[ended.id].progress.done == 3


def test_whatever_changes_is_seen(make_run: MakeRun) -> None:
    run = make_run("id,text\n0,good\n1,\n2,fine\n")
    execute(run)
    assert [one.progress.failed for one in all_facts()] == [1]
    rename(run, "Films")
    assert [one.name for one in all_facts()] == ["Films"]
    retry(run, {1: "mended"})
    assert [one.progress.failed for one in all_facts()] == [0]
    me = this_process()
    news = {"pid": me.pid, "started": me.started, "at": 1.0}
    (run.folder / "retry.json").write_text(json.dumps(news))
    [one] = all_facts()
    assert one.is_retrying
    assert one.is_live
    (run.folder / "retry.json").write_text(json.dumps({**news, "pid": 999999999}))
    assert [one.is_retrying for one in all_facts()] == [False]
    remove_run(run)
    assert all_facts() == []


def test_a_damaged_run_leaves_the_others_as_they_are(make_run: MakeRun) -> None:
    good, *bad = (make_run(texts_csv(3)) for _ in range(4))
    for run, name in zip(bad, ("manifest", "end", "worker"), strict=True):
        execute(run)
        (run.folder / f"{name}.json").write_text("{")
        if name == "worker":
            (run.folder / "end.json").unlink()
    facts = {one.run.id: one for one in all_facts()}
    assert facts[good.id].damage is None
    for run, name in zip(bad, ("manifest", "end", "worker"), strict=True):
        assert f"{name}.json is damaged" in str(facts[run.id].damage)
        remove_run(run)
    assert [one.run.id for one in all_facts()] == [good.id]


def test_progress_that_is_damaged_is_told_from_the_parts(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    execute(run)
    (run.folder / "progress.json").write_text("")
    [facts] = all_facts()
    assert (facts.damage, facts.state, facts.progress.done) == (None, "done", 3)


def test_the_commands_own_retry_is_told_too(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run("id,text\n0,good\n1,\n2,fine\n")
    execute(run)
    live: list[bool] = []
    done = retry_in_turn(run, {}, frozenset(), lambda _: live.append(all_facts()[0].is_retrying))
    assert set(live) == {True}
    assert (done.tried, done.failed) == (1, 1)
    assert not all_facts()[0].is_retrying
