"""What a run learns about its model's memory stays for its resumption and for later runs."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from golems.runs.engine import execute
from golems.tasks import MODULES
from tests.runs import scarce
from tests.runs.conftest import MakeRun, texts_csv
from tests.runs.scarce import Scarce
from tests.runs.test_resume import as_csv, run_and_kill

ROWS = 120


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "text-classification", scarce.__name__)
    Scarce.padded.clear()


def test_a_second_run_starts_with_what_the_first_learned(make_run: MakeRun) -> None:
    assert execute(make_run(texts_csv(ROWS), window=30, ledger=False)).failed == 0
    assert 1 <= Scarce.failures() <= 5
    Scarce.padded.clear()
    assert execute(make_run(texts_csv(ROWS, start=500), window=30, ledger=False)).failed == 0
    assert Scarce.failures() == 0


@pytest.mark.parametrize("said", [b"{", b"[]", b'{"other": 1}', None])
def test_a_damaged_memory_costs_failed_batches_only(
    make_run: MakeRun, home: Path, said: bytes | None
) -> None:
    execute(make_run(texts_csv(ROWS), ledger=False))
    path = home / "budgets.json"
    if said is None:
        known = json.loads(path.read_bytes())
        said = json.dumps({key: {"cost": "much"} for key in known}).encode()
    path.write_bytes(said)
    Scarce.padded.clear()
    assert execute(make_run(texts_csv(ROWS), ledger=False)).failed == 0
    assert Scarce.failures() >= 1
    assert list(json.loads(path.read_bytes()).values())[-1]["cost"] <= scarce.MOST


def test_a_run_without_trouble_remembers_nothing(make_run: MakeRun, home: Path) -> None:
    execute(make_run("text\ngood\nbad\n"))
    assert not (home / "budgets.json").exists()


@pytest.mark.parametrize("at", [5, 9, 14, 25, 40])
def test_a_run_resumed_goes_on_with_its_own_budget(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, home: Path, at: int
) -> None:
    whole = make_run(texts_csv(ROWS), window=30, ledger=False)
    execute(whole)
    undisturbed = Scarce.padded.copy()
    (home / "budgets.json").unlink()
    Scarce.padded.clear()
    run = make_run(texts_csv(ROWS), window=30, ledger=False)
    run_and_kill(run, at, monkeypatch)
    assert run.state() == "interrupted"
    # Other runs have learned something else in the meantime.
    known = json.loads((home / "budgets.json").read_bytes()) if run.parts() else {}
    (home / "budgets.json").write_text(json.dumps({key: {"cost": 17} for key in known}))
    run.resume()
    Scarce.padded.clear()
    execute(run)
    assert as_csv(run) == as_csv(whole)
    assert Scarce.padded == undisturbed[-len(Scarce.padded) :]


def test_a_full_disk_fails_the_run_and_blames_no_row(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Scarce, "forward", full)
    run = make_run(texts_csv(10))
    with pytest.raises(OSError, match="No space left"):
        execute(run)
    end = run.end()
    assert end is not None
    assert end.state == "failed"
    assert "no row's fault (OSError: [Errno 28] No space left on device)" in str(end.reason)
    assert run.parts() == []
