"""Loading ahead: quiet, once, only where there is room, and never in anybody's way."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from golems.base import Card, Checkpoint, HubSource
from golems.errors import GolemError
from golems.golem import plan_load
from golems.registry import card_named
from golems.settings import settings
from golems.shelf import Shelf
from golems.warming import WarmUp
from tests import tiny
from tests.conftest import folder_card, names

TASK = "text-classification"
TIMEOUT_S = 60.0


@pytest.fixture
def cards(tmp_path: Path) -> list[Card]:
    """Three golems of equal size."""
    return [folder_card(tiny.bert(tmp_path / f"golem{n}", seed=n), TASK) for n in range(3)]


def load_ahead(warm_up: WarmUp, *cards: Card) -> None:
    for card in cards:
        warm_up.ask(card, card.checkpoints[0])
    warm_up.wait(TIMEOUT_S)


def test_a_golem_loaded_ahead_is_lent_without_loading_it_again(
    cards: list[Card], loads: list[str]
) -> None:
    shelf = Shelf(10**9)
    load_ahead(WarmUp(shelf, 0), cards[0])
    assert names(shelf) == loads == ["golem0"]
    with shelf.lend(cards[0]) as golem:
        assert golem.predict(["The soup was hot."])[0].error is None
    assert loads == ["golem0"]


def test_what_was_loaded_ahead_goes_before_what_somebody_used(cards: list[Card]) -> None:
    size = plan_load(cards[0], cards[0].checkpoints[0]).memory_bytes
    shelf = Shelf(2 * size + 100)
    with shelf.lend(cards[0]):
        pass
    load_ahead(WarmUp(shelf, 0), cards[1])
    assert names(shelf) == ["golem1", "golem0"]
    with shelf.lend(cards[2]):
        pass
    assert names(shelf) == ["golem0", "golem2"]


def test_nobody_is_unloaded_to_load_another_ahead(cards: list[Card], loads: list[str]) -> None:
    shelf = Shelf(plan_load(cards[0], cards[0].checkpoints[0]).memory_bytes + 100)
    with shelf.lend(cards[0]):
        pass
    load_ahead(WarmUp(shelf, 0), cards[1])
    assert names(shelf) == loads == ["golem0"]


def test_of_pages_only_looked_through_the_last_one_is_loaded_for(
    cards: list[Card], loads: list[str]
) -> None:
    load_ahead(WarmUp(Shelf(10**9), 0.5), *cards)
    assert loads == ["golem2"]


def test_a_golem_is_loaded_ahead_once(cards: list[Card], loads: list[str]) -> None:
    shelf = Shelf(10**9)
    warm_up = WarmUp(shelf, 0)
    load_ahead(warm_up, cards[0])
    shelf.unload(cards[0])
    load_ahead(warm_up, cards[0])
    assert (names(shelf), loads) == ([], ["golem0"])


def test_a_golem_that_cannot_be_loaded_is_in_the_log_and_in_nobodys_way(
    cards: list[Card], caplog: pytest.LogCaptureFixture
) -> None:
    source = cards[0].checkpoints[0].source
    (source.path / "tokenizer.json").write_text("{", "utf-8")  # type: ignore[union-attr]
    shelf = Shelf(10**9)
    warm_up = WarmUp(shelf, 0)
    with caplog.at_level(logging.WARNING):
        load_ahead(warm_up, cards[0])
        load_ahead(warm_up, cards[0], cards[1])
    assert [one.getMessage() for one in caplog.records if "loaded ahead" in one.getMessage()] == [
        caplog.records[0].getMessage()
    ]
    assert cards[0].checkpoints[0].id in caplog.text
    assert names(shelf) == ["golem1"]
    with pytest.raises(GolemError), shelf.lend(cards[0]):
        pass


def test_nothing_is_assembled_ahead() -> None:
    shelf, card = Shelf(10**9), card_named("storyteller")
    load_ahead(WarmUp(shelf, 0), card)
    assert not settings().checkpoints_dir.exists()
    assert not shelf.places()


def test_what_is_not_on_this_machine_is_not_asked_for(cards: list[Card]) -> None:
    shelf = Shelf(10**9)
    warm_up = WarmUp(shelf, 0.5)
    warm_up.ask(cards[0], Checkpoint("somebody/something", HubSource("somebody/something")))
    assert "warm-up" not in {thread.name for thread in threading.enumerate()}
    warm_up.wait(TIMEOUT_S)
    assert not shelf.places()
