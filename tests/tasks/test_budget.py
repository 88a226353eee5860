"""Batches that run out of memory make the next ones smaller, and cost few attempts."""

from __future__ import annotations

import errno
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from golems import budget as budgets
from golems.base import Outcome
from golems.batching import plan, plan_within, predict_rows
from golems.budget import DAY_S, PATIENCE, Budget
from golems.errors import GolemError
from golems.tasks import Parameters
from tests import tiny
from tests.conftest import load_golem
from tests.tasks.test_batching import LIMITS, Lengths, random_costs, rows


class Scarce(Lengths):
    """Runs out of memory above ``most`` padded characters, and counts how often."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.failures = 0
        self.padded: list[int] = []

    def forward(self, batch: Sequence[str], parameters: Parameters) -> list[int]:
        padded = max(map(len, batch)) * len(batch)
        if padded > self.most:
            self.failures += 1
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        found = super().forward(batch, parameters)
        self.padded.append(padded)
        return found


def windows(task: Lengths, texts: Sequence[str], budget: Budget, size: int = 256) -> list[Outcome]:
    found: list[Outcome] = []
    for start in range(0, len(texts), size):
        some = predict_rows(task, rows(texts[start : start + size]), Parameters(), budget=budget)
        assert some is not None
        found += some
    return found


def texts_up_to(longest: int, seed: int, n: int = 1500) -> list[str]:
    draw = random.Random(seed)
    return ["x" * draw.randint(1, longest) for _ in range(n)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("most", [200, 255, 256, 300, 700, 1000, 2500, 4000, 4096])
def test_few_batches_fail_until_they_fit(most: int, seed: int) -> None:
    task, budget = Scarce(most), Budget.of(LIMITS)
    outcomes = windows(task, texts_up_to(200, seed), budget)
    assert all(outcome.prediction for outcome in outcomes)
    assert max(task.padded) <= most
    assert task.failures <= 5
    again = Scarce(most)
    windows(again, texts_up_to(200, seed + 100), Budget.of(LIMITS, budget.lasting()))
    assert again.failures == 0


@pytest.mark.parametrize("longest", [260, 300, 500, 1000, 5000, 10_000])
@pytest.mark.parametrize("most", [200, 220, 300, 1000])
def test_rows_too_large_on_their_own_fail_alone(most: int, longest: int) -> None:
    task, budget = Scarce(most), Budget.of(LIMITS)
    texts = texts_up_to(longest, seed=longest)
    outcomes = windows(task, texts, budget, size=len(texts))
    assert task.failures <= 5
    for text, outcome in zip(texts, outcomes, strict=True):
        assert (outcome.error is not None) == (len(text) > most)
        if outcome.error is not None:
            assert outcome.error.startswith("The row is too large for the memory of this device")


@pytest.mark.parametrize("seed", range(40))
def test_without_trouble_the_plan_is_that_of_the_limits(seed: int) -> None:
    costs = random_costs(seed)
    assert plan_within(costs, costs.__getitem__, Budget.of(LIMITS)) == plan(costs, LIMITS)


def test_a_poisoned_row_is_found_while_memory_runs_out() -> None:
    task = Scarce(100)
    texts = ["golem!"] * 64
    texts[7] = "poison"
    outcomes = windows(task, texts, Budget.of(LIMITS))
    assert [place for place, one in enumerate(outcomes) if one.error] == [7]
    assert task.failures <= 5


def test_memory_that_gets_scarce_later_blames_no_row_twice() -> None:
    task, budget = Scarce(4096), Budget.of(LIMITS)
    assert not any(one.error for one in windows(task, ["x" * 100] * 64, budget))
    task.most = 99
    assert all(one.error for one in windows(task, ["x" * 100] * 8, budget))
    task.most = 4096
    assert not any(one.error for one in windows(task, ["x" * 100] * 8, budget))


def test_a_budget_grows_back_below_what_failed_and_after_a_day_beyond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(budgets.time, "time", lambda: now)
    budget = Budget.of(LIMITS)
    budget.note_failure(4000)
    assert budget.cost == 2000
    budget.note_success(3000)  # one row past the budget
    sizes = []
    for _ in range(PATIENCE * 6):
        budget.note_success(budget.cost)
        sizes.append(budget.cost)
    assert sizes[PATIENCE - 2 : PATIENCE] == [2000, 2500]
    assert max(sizes) == 3000
    now += DAY_S
    for _ in range(PATIENCE * 2):
        budget.note_success(budget.cost)
    assert budget.cost == LIMITS.cost
    assert budget.untouched


def test_a_budget_never_grows_to_what_has_failed() -> None:
    budget = Budget.of(LIMITS)
    budget.note_success(4096)
    budget.note_failure(2001)  # the memory was taken by something else
    for _ in range(PATIENCE * 6):
        budget.note_success(budget.cost)
    assert budget.cost == 2000


def test_small_batches_say_nothing_about_larger_ones() -> None:
    budget = Budget.of(LIMITS)
    budget.note_failure(4000)
    for _ in range(PATIENCE * 2):
        budget.note_success(1000)
    assert budget.cost == 2000


def test_growth_that_fails_goes_back_to_what_held(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget.of(LIMITS)
    budget.note_failure(4000)
    later = budgets.time.time() + DAY_S
    monkeypatch.setattr(budgets.time, "time", lambda: later)
    for _ in range(PATIENCE):
        budget.note_success(2000)
    assert budget.cost == 2500
    budget.note_failure(2500)
    assert budget.cost == 2000


@pytest.mark.parametrize("said", [{"cost": "many"}, {"limits": 3}, {"cost": 10, "more": 1}])
def test_what_is_no_budget_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is no budget"):
        Budget.of(LIMITS, said)


def test_a_text_in_chunks_is_read_with_fewer_at_once(tmp_path: Path) -> None:
    golem = load_golem(tiny.distilbert(tmp_path / "model"), "text-classification")
    text = "good film " * 3000
    parameters = golem.parameters(long_texts="chunks")
    alone = golem.predict([text], parameters)[0]
    whole, failures = golem.task.model.forward, []

    def scarce(*args: Any, **inputs: Any) -> Any:
        if inputs["input_ids"].numel() > 2 * golem.task.max_tokens:
            failures.append(inputs["input_ids"].shape)
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return whole(*args, **inputs)

    golem.task.model.forward = scarce
    outcome = golem.predict([text], parameters)[0]
    assert 1 <= len(failures) <= 5
    assert outcome.error is None
    assert outcome.prediction is not None
    assert alone.prediction is not None
    assert outcome.prediction.tokens == alone.prediction.tokens
    # With the memory back, the next one has all the room again.
    golem.task.model.forward = whole
    assert golem.predict([text], parameters)[0] == alone


class Failing(Lengths):
    """Raises what it was given."""

    def __init__(self, error: Exception, *, reading: bool = False) -> None:
        super().__init__()
        self.error, self.reading = error, reading

    def encode(self, content: str | bytes, parameters: Parameters) -> str:
        if self.reading:
            raise self.error
        return str(content)

    def forward(self, batch: Sequence[str], parameters: Parameters) -> list[int]:
        raise self.error


@pytest.mark.parametrize("reading", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: device-side assert triggered"),
        RuntimeError("CUDA error: misaligned address"),
        OSError(errno.ENOSPC, "No space left on device"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "model.safetensors"),
    ],
)
def test_a_machine_that_fails_blames_no_row(error: Exception, reading: bool) -> None:
    with pytest.raises(type(error)):
        predict_rows(Failing(error, reading=reading), rows(["a", "b"]), Parameters())


def test_a_golem_that_was_unloaded_says_so(tmp_path: Path) -> None:
    golem = load_golem(tiny.distilbert(tmp_path / "model"), "text-classification")
    golem.unload()
    with pytest.raises(GolemError, match="was unloaded"):
        golem.predict(["good"])
