"""The size of the batches: as asked for, or the quickest of several, measured where that pays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from golems.errors import BadInput
from golems.runs import calibration
from golems.runs.calibration import Trial, quickest
from golems.runs.engine import execute
from golems.runs.store import Run
from golems.tasks.text_classification import TextClassification
from tests.runs.conftest import MakeRun, texts_csv

USUAL = TextClassification.limits.cost


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The padded cost of each batch that goes through the model."""
    seen: list[int] = []
    true = TextClassification.forward

    def forward(self: Any, batch: Any, parameters: Any) -> Any:
        seen.append(max(row.tokens for row in batch) * len(batch))
        return true(self, batch, parameters)

    monkeypatch.setattr(TextClassification, "forward", forward)
    return seen


def batch_cost(run: Run) -> int | None:
    engine = run.manifest().engine
    assert engine is not None
    return engine.batch_cost


def test_batches_are_as_large_as_asked_for(make_run: MakeRun, batches: list[int]) -> None:
    run = make_run(texts_csv(60), batch_cost=60, ledger=False)
    execute(run)
    assert 30 < max(batches) <= 60
    assert batch_cost(run) == 60


def test_a_short_run_takes_the_usual_size(make_run: MakeRun, home: Path) -> None:
    run = make_run(texts_csv(100), window=20)
    execute(run)
    assert batch_cost(run) == USUAL
    assert not (home / "calibrations.json").exists()


def test_a_size_that_cannot_be_is_refused(make_run: MakeRun) -> None:
    with pytest.raises(BadInput, match="Batches of 0 tokens can't be; give 1 or more"):
        make_run(texts_csv(3), batch_cost=0)


def test_what_was_measured_is_used_again(
    make_run: MakeRun, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "WORTH", 0)
    monkeypatch.setattr(calibration, "quickest", lambda trial, usual: 2 * usual)
    first = make_run(texts_csv(100), window=20, ledger=False)
    execute(first)
    assert batch_cost(first) == 2 * USUAL
    assert list(json.loads((home / "calibrations.json").read_text()).values()) == [2 * USUAL]
    monkeypatch.setattr(calibration, "quickest", lambda trial, usual: usual)
    again = make_run(texts_csv(100), window=20, ledger=False)
    execute(again)
    assert batch_cost(again) == 2 * USUAL


def test_measuring_is_seen_in_no_result(
    make_run: MakeRun, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = make_run(texts_csv(100), window=20, ledger=False, batch_cost=USUAL)
    execute(plain)
    monkeypatch.setattr(calibration, "WORTH", 0)
    monkeypatch.setattr(calibration, "CLEARLY", 10**9)  # so that the usual size stays
    measured = make_run(texts_csv(100), window=20, ledger=False)
    execute(measured)
    assert (home / "calibrations.json").exists()
    scores = [
        [pq.read_table(part)["predicted_scores"].to_pylist() for part in run.parts()]
        for run in (plain, measured)
    ]
    assert scores[0] == scores[1]


class Scripted(Trial):
    def __init__(self, rates: dict[int, float]) -> None:
        self.by_size = rates

    def rates(self, sizes: Sequence[int]) -> dict[int, float]:
        return {size: self.by_size[size] for size in sizes}


@pytest.mark.parametrize(
    ("rates", "best"),
    [
        ({100: 10, 200: 10.4, 50: 10.4}, 100),  # not clearly quicker
        ({100: 10, 200: 12, 400: 15, 800: 14}, 400),
        ({100: 10, 200: 12, 400: 15, 800: 18, 1600: 20}, 1600),  # and no further
        ({100: 10, 200: 9, 50: 12, 25: 11}, 50),
        ({100: 10, 200: 9, 50: 12, 25: 14}, 25),
    ],
)
def test_sizes_are_doubled_or_halved_as_long_as_that_is_quicker(
    rates: dict[int, float], best: int
) -> None:
    assert quickest(Scripted(rates), 100) == best


def test_rates_count_no_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: Iterator[int] = count()
    monkeypatch.setattr(calibration.time, "perf_counter", lambda: float(next(ticks)))

    class Still:
        limits = TextClassification.limits

        def cost(self, encoded: int) -> int:
            return encoded

        def forward(self, batch: Sequence[int], parameters: Any) -> Sequence[int]:
            return batch

        def decode(self, outputs: Sequence[int], *_: Any) -> Sequence[int]:
            return outputs

    trial = Trial(Still(), None, [10, 9, 8, 2, 1])  # type: ignore[arg-type]
    assert trial.rates([30]) == {30: 30.0}  # a tick for both of its batches, 27 + 3
