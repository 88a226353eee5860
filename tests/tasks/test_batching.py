"""Batches hold every row once and little padding; one bad row costs itself alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from golems.base import Classification, LabelScore, Prediction, Row
from golems.batching import plan, predict_rows
from golems.errors import BadRow, GolemError
from golems.tasks import BatchLimits, Parameters, Task

LIMITS = BatchLimits(cost=4096, rows=64, window=1024)


def random_costs(seed: int) -> list[int]:
    draw = random.Random(seed)
    kind = seed % 4
    if kind == 0:
        return [draw.randint(1, 512) for _ in range(draw.randint(0, 400))]
    if kind == 1:
        return [int(min(9000, draw.lognormvariate(4, 1))) + 1 for _ in range(300)]
    if kind == 2:
        return [draw.randint(1, 10_000)] * draw.randint(1, 200)
    return [1] * draw.randint(0, 300) + [8000]


def padded(costs: Sequence[int], batches: Sequence[Sequence[int]]) -> int:
    return sum(max(costs[place] for place in batch) * len(batch) for batch in batches)


def in_order(costs: Sequence[int], limits: BatchLimits) -> list[list[int]]:
    """Batches as one would fill them without a plan."""
    batches: list[list[int]] = []
    for place, cost in enumerate(costs):
        last = batches[-1] if batches else []
        dearest = max([cost, *(costs[one] for one in last)])
        if last and len(last) < limits.rows and dearest * (len(last) + 1) <= limits.cost:
            last.append(place)
        else:
            batches.append([place])
    return batches


@pytest.mark.parametrize("seed", range(40))
def test_plans_hold_each_row_once_within_the_limits(seed: int) -> None:
    costs = random_costs(seed)
    limits = BatchLimits(
        cost=random.Random(seed).choice([1, 100, 4096]), rows=seed % 7 + 1, window=9
    )
    batches = plan(costs, limits)
    assert sorted(place for batch in batches for place in batch) == list(range(len(costs)))
    for batch in batches:
        assert 1 <= len(batch) <= limits.rows
        # A row that is dearer than the limit goes alone.
        assert len(batch) == 1 or padded(costs, [batch]) <= limits.cost
    dearest = [max(costs[place] for place in batch) for batch in batches]
    assert dearest == sorted(dearest, reverse=True)
    assert plan(costs, limits) == batches


@pytest.mark.parametrize("seed", range(40))
def test_plans_pad_less_than_batches_in_order(seed: int) -> None:
    costs = random_costs(seed)
    assert padded(costs, plan(costs, LIMITS)) <= padded(costs, in_order(costs, LIMITS))


def test_plans_pad_little_where_lengths_vary_much() -> None:
    draw = random.Random(0)
    costs = [int(min(512, draw.lognormvariate(4.3, 0.9))) + 1 for _ in range(LIMITS.window)]
    ordered = padded(costs, in_order(costs, LIMITS))
    assert padded(costs, plan(costs, LIMITS)) < 1.1 * sum(costs) < 2 * sum(costs) < ordered


def cheapest(costs: list[int], limits: BatchLimits) -> int:
    """Of all ways to cut sorted costs into batches, tried one by one."""
    if not costs:
        return 0
    totals = []
    for rows in range(1, min(limits.rows, len(costs)) + 1):
        if rows == 1 or costs[0] * rows <= limits.cost:
            left = cheapest(costs[rows:], limits)
            totals.append(costs[0] * rows + limits.overhead + left)
    return min(totals)


@pytest.mark.parametrize("seed", range(30))
def test_no_other_plan_is_cheaper(seed: int) -> None:
    draw = random.Random(seed)
    costs = [draw.choice([1, 2, 10, 50, 51, 200]) for _ in range(draw.randint(0, 11))]
    limits = BatchLimits(draw.choice([1, 100, 400]), seed % 5 + 1, 9, draw.choice([0, 5, 100]))
    batches = plan(costs, limits)
    total = padded(costs, batches) + limits.overhead * len(batches)
    assert total == cheapest(sorted(costs, reverse=True), limits)


def test_one_long_row_among_short_ones_goes_alone() -> None:
    limits = BatchLimits(cost=4096, rows=64, window=1024, overhead=16)
    assert plan([20, 20, 512, 20], limits) == [[2], [0, 1, 3]]
    # Where a batch is dear by itself, padding is worth it.
    assert plan([20, 20, 512, 20], replace(limits, overhead=2000)) == [[2, 0, 1, 3]]


class Lengths(Task[str, Parameters]):
    """Says how long a text is; breaks on some words as models do."""

    name = "lengths"
    content = "text"
    parameters = Parameters
    limits = replace(LIMITS, overhead=16)
    most = 10**9

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    @classmethod
    def load(cls, *_: Any, **__: Any) -> Lengths:
        return cls()

    def encode(self, content: str | bytes, parameters: Parameters) -> str:
        if content == "refused":
            raise BadRow("Refused.")
        if content == "odd":
            raise ZeroDivisionError("no such shape")
        if content == "no template":
            raise GolemError("No row can be read.")
        return str(content)

    def cost(self, encoded: str) -> int:
        return len(encoded)

    def forward(self, batch: Sequence[str], parameters: Parameters) -> list[int]:
        self.batches.append(list(batch))
        if any("poison" in text for text in batch):
            raise ValueError("poisoned\nsecond line")
        if any("bug" in text for text in batch):
            raise AssertionError("a bug")
        if any("fault" in text for text in batch):
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        if any("weights" in text for text in batch):
            raise GolemError("in words")
        if sum(map(len, batch)) > self.most:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return [len(text) for text in batch]

    def decode(
        self, outputs: list[int], batch: Sequence[str], parameters: Parameters
    ) -> list[Prediction]:
        if "lost" in batch:
            outputs = outputs[1:]
        return [Classification((LabelScore(str(length), 1.0),)) for length in outputs]


def rows(texts: Sequence[str | None]) -> list[Row]:
    return [Row(index, text, {}) for index, text in enumerate(texts)]


def labels(task: Lengths, texts: Sequence[str | None]) -> list[str | None]:
    """Label of each row, or None and so an error."""
    outcomes = predict_rows(task, rows(texts), Parameters())
    assert outcomes is not None
    assert all((one.prediction is None) == bool(one.error) for one in outcomes)
    return [
        one.prediction.label if isinstance(one.prediction, Classification) else None
        for one in outcomes
    ]


def test_outcomes_are_in_the_order_of_the_rows() -> None:
    draw = random.Random(0)
    texts = ["x" * draw.randint(1, 300) for _ in range(500)]
    task = Lengths()
    assert labels(task, texts) == [str(len(text)) for text in texts]
    assert len(task.batches) > 5


@pytest.mark.parametrize("place", [0, 1, 31, 32, 63])
def test_a_poisoned_row_loses_only_itself(place: int) -> None:
    texts: list[str | None] = ["golem!"] * 64
    texts[place] = "poison"
    task = Lengths()
    expected: list[str | None] = ["6"] * 64
    expected[place] = None
    assert labels(task, texts) == expected
    assert len(task.batches) <= 1 + 2 * 6  # halved, not tried one by one
    outcome = (predict_rows(task, rows(["poison"]), Parameters()) or [])[0]
    assert outcome.error == "The model failed on this row (ValueError: poisoned)."


def test_refused_and_unreadable_rows_never_reach_the_model() -> None:
    task = Lengths()
    outcomes = predict_rows(
        task, [Row(0, None, {}, "Cut off."), *rows(["refused", "fine", None, "odd"])], Parameters()
    )
    assert outcomes is not None
    errors = [outcome.error for outcome in outcomes]
    assert errors[:4] == ["Cut off.", "Refused.", None, "The row holds nothing."]
    assert errors[4] == "The model failed on this row (ZeroDivisionError: no such shape)."
    assert task.batches == [["fine"]]


def test_batches_that_exhaust_the_memory_are_halved() -> None:
    task = Lengths()
    task.most = 100
    assert labels(task, ["x" * 10] * 64) == ["10"] * 64
    outcome = (predict_rows(task, rows(["x" * 101]), Parameters()) or [])[0]
    assert outcome.error == "The row is too large for the memory of this device."


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("bug", AssertionError),
        ("lost", AssertionError),
        ("fault", RuntimeError),
        ("weights", GolemError),
        ("no template", GolemError),
    ],
)
def test_what_is_no_rows_fault_stays_loud(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        predict_rows(Lengths(), rows(["fine", text, "fine"]), Parameters())


def test_leaving_a_window_early() -> None:
    task, seen = Lengths(), []

    def keep_going(done: int) -> bool:
        seen.append(done)
        return len(seen) < 2

    texts = ["x" * 4096] * 5
    assert predict_rows(task, rows(texts), Parameters(), keep_going=keep_going) is None
    assert seen == [1, 2]
    assert len(task.batches) == 2


def test_progress_ends_with_all_rows() -> None:
    seen: list[int] = []
    texts = ["refused", None, *["x" * 2000] * 5]
    predict_rows(
        Lengths(), rows(texts), Parameters(), keep_going=lambda done: seen.append(done) is None
    )
    assert seen == [4, 6, 7]
