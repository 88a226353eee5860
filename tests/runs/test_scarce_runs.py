"""Whole runs of a model that runs out of memory: no row is blamed, and few batches fail."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from golems.runs.engine import execute
from golems.tasks import MODULES
from tests.runs import scarce
from tests.runs.conftest import MakeRun
from tests.runs.scarce import Scarce
from tests.runs.test_resume import as_csv, run_and_kill

ROWS = 400
WINDOW = 90  # the model reads at most 64 tokens of a text
MIXES = ("even", "mostly short", "two kinds")


def lengths(mix: str, chance: random.Random) -> int:
    """Words of a text."""
    if mix == "even":
        return chance.randint(1, 80)
    if mix == "mostly short":
        return min(80, 1 + int(chance.lognormvariate(2, 0.9)))
    return chance.choice([3, 3, 3, 3, 70])


def texts(mix: str, seed: int = 0) -> str:
    chance = random.Random(seed)
    return "id,text\n" + "".join(
        f"{n},{n} {' '.join(['film'] * lengths(mix, chance))}\n" for n in range(ROWS)
    )


@pytest.fixture(autouse=True)
def _scarce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "text-classification", scarce.__name__)
    Scarce.padded.clear()


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("most", [64, 100, 257, 1000, 2048, 4095, 20_000])
def test_at_most_five_batches_fail_in_a_run(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, most: int, mix: str
) -> None:
    monkeypatch.setattr(scarce, "MOST", most)
    run = make_run(texts(mix), window=WINDOW, ledger=False)
    assert execute(run).failed == 0
    assert run.counts().computed == ROWS
    assert Scarce.failures() <= 5


@pytest.mark.parametrize("at", [6, 14, 30])
@pytest.mark.parametrize("most", [64, 300, 1000])
def test_nor_in_one_that_was_killed_and_resumed(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, home: Path, most: int, at: int
) -> None:
    monkeypatch.setattr(scarce, "MOST", most)
    whole = make_run(texts("even"), window=WINDOW, ledger=False)
    execute(whole)
    (home / "budgets.json").unlink()
    Scarce.padded.clear()
    run = make_run(texts("even"), window=WINDOW, ledger=False)
    run_and_kill(run, at, monkeypatch)
    if not run.parts():  # what was learned in a window is as lost as what was predicted in it
        Scarce.padded.clear()
    run.resume()
    assert execute(run).failed == 0
    assert Scarce.failures() <= 5
    assert as_csv(run) == as_csv(whole)


@pytest.mark.parametrize("most", [20, 40, 63])
def test_rows_too_large_on_their_own_cost_few_attempts_more(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(scarce, "MOST", most)
    run = make_run(texts("even"), window=WINDOW, ledger=False)
    execute(run)
    table = as_csv(run).splitlines()[1:]
    long = sum("too large for the memory" in line for line in table)
    assert long == run.counts().failed > 0
    windows = -(-ROWS // WINDOW)
    assert Scarce.failures() <= 5 + windows
