"""A story grows, stops, comes again with its seed, and fails in words."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from golems.base import Card
from golems.errors import BadInput, BadRow
from golems.shelf import Shelf
from golems.streaming import Story
from golems.tasks.text_generation import TextGeneration
from tests import tiny
from tests.conftest import folder_card
from tests.waiting import wait_until

PATIENCE_S = 120
PROMPT = "The soup was hot"


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Card:
    folder = tiny.gpt2(tmp_path_factory.mktemp("tiny") / "gpt2", context_tokens=512)
    return folder_card(folder, "text-generation")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(10**9)


def tell(shelf: Shelf, card: Card, prompt: str = PROMPT, copies: int = 1, **values: Any) -> Story:
    values = {"max_new_tokens": 12, "sample": True, **values}
    return Story(shelf, card, card.checkpoints[0], prompt, values, copies)


def finish(story: Story) -> list[str]:
    story.wait(PATIENCE_S)
    assert not story.running
    return [text.generated_text for text in story.texts]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, Event]:
    """Stories that pause after their third token until they are let go."""
    events = {"third": Event(), "go": Event()}
    stream = TextGeneration.stream

    def pausing(self: TextGeneration, *args: Any, on_tokens: Any, **rest: Any) -> Any:
        def show(texts: Any) -> None:
            on_tokens(texts)
            if texts[0].new_tokens == 3:
                events["third"].set()
                assert events["go"].wait(PATIENCE_S)

        return stream(self, *args, on_tokens=show, **rest)

    monkeypatch.setattr(TextGeneration, "stream", pausing)
    return events


def test_a_story_begins_with_its_prompt_and_is_done(shelf: Shelf, card: Card) -> None:
    story = tell(shelf, card)
    (text,) = finish(story)
    assert story.state == "done"
    assert story.error is None
    assert text.startswith(PROMPT)
    assert 0 < story.texts[0].new_tokens <= 12
    assert story.writing_s > 0
    assert [place.borrowers for place in shelf.places()] == [0]


def test_it_can_be_read_while_it_grows(shelf: Shelf, card: Card, held: dict[str, Event]) -> None:
    story = tell(shelf, card, seed=1)
    assert held["third"].wait(PATIENCE_S)
    assert story.state == "writing"
    early = story.texts[0]
    assert early.new_tokens == 3
    held["go"].set()
    (text,) = finish(story)
    assert text.startswith(early.generated_text)
    assert story.texts[0].new_tokens > 3


def test_stop_keeps_what_was_written(shelf: Shelf, card: Card, held: dict[str, Event]) -> None:
    story = tell(shelf, card, max_new_tokens=400)
    assert held["third"].wait(PATIENCE_S)
    story.stop()
    held["go"].set()
    (text,) = finish(story)
    assert story.state == "stopped"
    assert story.texts[0].new_tokens == 3
    assert text.startswith(PROMPT)


def test_a_story_stopped_while_it_waits_for_the_golem_writes_nothing(
    shelf: Shelf, card: Card
) -> None:
    with shelf.lend(card):
        story = tell(shelf, card)
        wait_until(lambda: story.in_line)
        assert story.state == "waking"
        story.stop()
        assert story.state == "stopped"
        finish(story)
        assert [place.borrowers for place in shelf.places()] == [1]
    assert story.state == "stopped"
    assert story.texts == ()


def test_a_story_nobody_waits_for_any_more_leaves_the_golem_to_others(
    shelf: Shelf, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.streaming.GRACE_S", 0.0)
    left = Event()

    def wanted() -> bool:
        return not left.is_set()

    story = Story(shelf, card, card.checkpoints[0], PROMPT, {"max_new_tokens": 400}, 1, wanted)
    wait_until(lambda: bool(story.texts))
    assert story.running
    left.set()
    finish(story)
    assert story.state == "stopped"
    assert story.texts[0].new_tokens < 400


def test_the_same_seed_gives_the_same_text(shelf: Shelf, card: Card) -> None:
    first, again, other = (finish(tell(shelf, card, seed=seed)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_each_copy_has_the_text_of_its_own_seed(shelf: Shelf, card: Card) -> None:
    copies = finish(tell(shelf, card, copies=3, seed=5))
    assert copies == [finish(tell(shelf, card, seed=seed))[0] for seed in (5, 6, 7)]


@pytest.mark.parametrize("copies", [0, 5])
def test_the_number_of_copies_has_bounds(shelf: Shelf, card: Card, copies: int) -> None:
    with pytest.raises(BadInput, match=f"{copies} continuations were asked for; 1 to 4"):
        tell(shelf, card, copies=copies)


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [("", "empty"), (" \n ", "blank")],
)
def test_a_prompt_without_words_is_refused_at_once(
    shelf: Shelf, card: Card, prompt: str, reason: str
) -> None:
    with pytest.raises(BadRow, match=reason):
        tell(shelf, card, prompt)


def test_a_prompt_that_cannot_be_read_fails_in_words(shelf: Shelf, card: Card) -> None:
    story = tell(shelf, card, "soup " * 2000)
    assert finish(story) == []
    assert story.state == "failed"
    assert "prompt is too long" in (story.error or "")
    assert finish(tell(shelf, card)), "the golem can be lent again"


def test_a_parameter_out_of_range_is_refused_at_once(shelf: Shelf, card: Card) -> None:
    with pytest.raises(BadInput, match="temperature is 99"):
        tell(shelf, card, temperature=99)


def test_a_golem_of_another_task_is_an_error_in_words(shelf: Shelf, tmp_path: Path) -> None:
    reader = folder_card(tiny.bert(tmp_path / "bert"), "text-classification")
    story = tell(shelf, reader)
    finish(story)
    assert story.state == "failed"
    assert "can't go on with a text" in (story.error or "")


def test_two_stories_on_one_shelf_both_end_with_their_own_text(shelf: Shelf, card: Card) -> None:
    alone = [finish(tell(shelf, card, seed=seed, max_new_tokens=60)) for seed in (1, 2)]
    together = [tell(shelf, card, seed=seed, max_new_tokens=60) for seed in (1, 2)]
    assert [finish(story) for story in together] == alone


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_is_told_and_stays_loud(
    shelf: Shelf, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **values: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(TextGeneration, "encode", broken)
    story = tell(shelf, card)
    finish(story)
    assert story.state == "failed"
    assert "ZeroDivisionError: a bug" in (story.error or "")
