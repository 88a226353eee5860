"""What every golem of the roster keeps to, tested as soon as its card exists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

import golems
from golems.base import Card, Classification, Generation
from golems.errors import BadRow
from golems.golem import Golem
from golems.loading import is_here
from golems.registry import cards
from golems.settings import settings
from golems.shelf import Shelf
from golems.tasks import Parameters, task_class
from tests.tasks.pictures import as_file, picture

DATA = Path(golems.__file__).parents[1] / "data"
CARDS = list(cards().values())


@pytest.fixture(scope="module", params=CARDS, ids=lambda card: card.name)
def golem(request: pytest.FixtureRequest, embedded_home: Path) -> Iterator[Golem]:
    """The golem with its first checkpoint on this machine."""
    card: Card = request.param
    checkpoint = next((one for one in card.checkpoints if is_here(one)), None)
    if checkpoint is None:
        pytest.skip(f"{card.name} has no checkpoint on this machine; tests ask no Hub.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANTHEON_HOME", str(embedded_home))
        settings.cache_clear()
        with Shelf().lend(card, checkpoint, device="cpu") as lent:
            settings.cache_clear()
            yield lent


def contents(golem: Golem) -> list[str] | list[bytes]:
    card = golem.plan.card
    if golem.task.content == "text":
        return list(card.examples)
    photos = [DATA / name for name in card.examples] or sorted((DATA / "photos").glob("*.jpg"))[:3]
    return [path.read_bytes() for path in photos] + [as_file(picture((300, 200)))]


def parameters(golem: Golem) -> Parameters:
    """The card's own, except that stories are kept short."""
    short = {"max_new_tokens": 8} if golem.task.name == "text-generation" else {}
    return golem.parameters(**short)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_card_says_what_people_need(card: Card) -> None:
    assert card.name == card.name.lower()
    assert card.name.isidentifier()
    assert card.title
    assert card.summary.endswith((".", "?"))
    assert len({one.id for one in card.checkpoints}) == len(card.checkpoints)
    for checkpoint in card.checkpoints:
        assert checkpoint.size_mb > 0
        assert checkpoint.license
    task_class(card.task).parameters.of(card.parameters)  # each is known and in range
    if task_class(card.task).content == "image":
        assert all((DATA / name).is_file() for name in card.examples)


def test_examples_are_predicted_in_order(golem: Golem) -> None:
    rows = contents(golem)
    assert rows
    outcomes = golem.predict(rows, parameters(golem))
    assert [outcome.error for outcome in outcomes] == [None] * len(rows)
    backwards = golem.predict(rows[::-1], parameters(golem))[::-1]
    for first, second in zip(outcomes, backwards, strict=True):
        if isinstance(first.prediction, Classification):
            assert isinstance(second.prediction, Classification)
            assert second.prediction.label == first.prediction.label
            assert second.prediction.score == pytest.approx(first.prediction.score, abs=1e-4)
        else:
            assert second == first


def test_lists_in_are_lists_out(golem: Golem) -> None:
    assert golem.predict([]) == []
    assert len(golem.predict(contents(golem)[:1], parameters(golem))) == 1


def test_predictions_are_plain_and_ranked(golem: Golem) -> None:
    labels = getattr(golem.task.model.config, "num_labels", 0)
    everything = {"top_k": labels} if golem.task.name.endswith("classification") else {}
    chosen = golem.parameters(**everything) if everything else parameters(golem)
    for row, outcome in zip(contents(golem), golem.predict(contents(golem), chosen), strict=True):
        found = outcome.prediction
        assert found is not None
        json.dumps(asdict(found), allow_nan=False)
        if isinstance(found, Generation):
            assert found.generated_text == f"{row!s}{found.continuation}"
            assert 1 <= found.new_tokens <= 8
            continue
        scores = [entry.score for entry in found.scores]
        assert scores == sorted(scores, reverse=True)
        assert len({entry.label for entry in found.scores}) == labels
        problem = golem.task.model.config.problem_type
        if labels > 1 and problem in (None, "single_label_classification"):
            assert sum(scores) == pytest.approx(1, abs=1e-6)


def test_an_empty_row_is_refused_with_a_reason_and_costs_no_other(golem: Golem) -> None:
    empty = "" if golem.task.content == "text" else b""
    outcomes = golem.predict([empty, contents(golem)[0]], parameters(golem))  # type: ignore[list-item]
    assert outcomes[0].prediction is None
    assert "empty" in str(outcomes[0].error)
    assert outcomes[1].prediction is not None
    with pytest.raises(BadRow, match="empty"):
        golem.task.encode(empty, golem.parameters())


def test_the_plan_says_what_is_in_use(golem: Golem) -> None:
    assert golem.plan.folder.commit
    assert golem.plan.memory_bytes > 1e6
    assert golem.plan.precision in ("fp32", "bf16")
