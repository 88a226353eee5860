"""Windows that are opened while the one before is still with the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from golems.base import Classification, LabelScore, Prediction, Row
from golems.ledger import Ledger
from golems.runs.ahead import ahead
from golems.runs.stopping import Stopped
from golems.runs.window import Known, OpenWindow
from golems.tasks import BatchLimits, Parameters, Task

TEXTS = ["good", "bad", "good", "fair"]


class Letters(Task[str, Parameters]):
    """Says with which letter a text begins, and notes the texts that it saw."""

    name = "text-classification"
    content = "text"
    results = ("predicted_label",)
    parameters = Parameters
    limits = BatchLimits(cost=100, rows=2, window=8)

    def __init__(self) -> None:
        self.seen: list[str] = []

    @classmethod
    def load(cls, *_: Any, **__: Any) -> Letters:
        return cls()

    def encode(self, content: str | bytes, parameters: Parameters) -> str:
        return str(content)

    def cost(self, encoded: str) -> int:
        return len(encoded)

    def forward(self, batch: Sequence[str], parameters: Parameters) -> list[str]:
        self.seen += batch
        return [text[0] for text in batch]

    def decode(
        self, outputs: list[str], batch: Sequence[str], parameters: Parameters
    ) -> list[Prediction]:
        return [
            Classification((LabelScore(letter, 1.0),), tokens=1, tokens_dropped=0)
            for letter in outputs
        ]


def rows(texts: list[str]) -> list[Row]:
    return [Row(place, text, {"text": text}) for place, text in enumerate(texts)]


def test_what_the_window_before_computes_is_not_computed_again(tmp_path: Path) -> None:
    task = Letters()
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        known = Known(ledger, b"scope")
        first = OpenWindow(rows(["good", "bad"]), task, task.parameters(), known)
        second = OpenWindow(rows(TEXTS), task, task.parameters(), known)
        done = first.work()
        assert done is not None
        known.on_their_way = done.new
        worked = second.work()
    assert worked is not None
    assert sorted(task.seen) == ["bad", "fair", "good"]
    assert [result.predicted_label for result in worked.results] == ["g", "b", "g", "f"]
    assert (worked.counts.computed, worked.counts.known, worked.counts.repeated) == (1, 2, 1)


def test_the_next_one_is_made_while_this_one_is_in_use() -> None:
    made_second = Event()

    def make(_: Callable[[], None]) -> Iterator[int]:
        yield 1
        made_second.set()
        yield 2

    with ahead(make) as coming:
        assert next(coming) == 1
        assert made_second.wait(30)
        assert list(coming) == [2]


def test_what_making_one_raises_comes_in_its_place() -> None:
    def make(_: Callable[[], None]) -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    with ahead(make) as coming:
        assert next(coming) == 1
        with pytest.raises(ValueError, match="the second"):
            next(coming)


def test_one_that_nobody_wants_any_more_is_left() -> None:
    in_the_middle, broken_off = Event(), Event()

    def make(look: Callable[[], None]) -> Iterator[int]:
        yield 1
        in_the_middle.set()
        try:
            while True:
                look()
        except Stopped:
            broken_off.set()
            raise

    with ahead(make) as coming:
        assert next(coming) == 1
        assert in_the_middle.wait(30)
    assert broken_off.is_set()
