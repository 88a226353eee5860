"""Golems are found by themselves, by name, by checkpoint, and as folders or ids."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import golems
from golems import registry, roster
from golems.base import FolderSource, HubSource, PackageSource
from golems.cli import main
from golems.errors import BadInput, UnknownName
from golems.loading import is_here
from golems.registry import card_named, cards, choose_checkpoint
from golems.tasks import MODULES, task_class
from tests import tiny
from tests.hub import HubServer

GUIDE = Path(golems.__file__).parents[1] / "docs" / "new-golem.md"
GPT2 = "openai-community/gpt2"


@pytest.fixture
def add_to_roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put a file into the roster: ``add_to_roster("detective", code)``."""
    folder = tmp_path / "roster"
    folder.mkdir()
    monkeypatch.setattr(roster, "__path__", [*roster.__path__, str(folder)])
    added: list[str] = []

    def add(name: str, code: str) -> None:
        (folder / f"{name}.py").write_text(code)
        added.append(name)
        cards.cache_clear()

    yield add
    for name in added:
        sys.modules.pop(f"{roster.__name__}.{name}", None)
    cards.cache_clear()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_roster_is_in_the_order_of_its_places() -> None:
    assert list(cards())[:3] == ["analyst", "visionary", "storyteller"]
    assert {card.task for card in cards().values()} == set(MODULES)
    assert all(name == card.name for name, card in cards().items())


def test_the_golem_of_the_guide_is_found_listed_fetched_and_predicts(
    add_to_roster: Callable[..., None],
    hub: HubServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[0]
    assert len(code.splitlines()) <= 25
    before = list(cards())
    # Under another name: somebody may have saved the guide's own already.
    add_to_roster("guided", code.replace('name="detective"', 'name="guided"'))
    (name,) = set(cards()) - set(before)
    card = cards()[name]
    checkpoint = card.checkpoints[0]
    assert isinstance(checkpoint.source, HubSource)
    labels = ["anger", "joy", "surprise"]
    commit = hub.add_model(checkpoint.id, tiny.roberta(tmp_path / "model", labels=labels))

    rows = [row for row in printed(capsys, "list") if row["golem"] == name]
    assert [(row["task"], row["here"]) for row in rows] == [(card.task, False)]
    assert main(["fetch", name]) == 0
    rows = [row for row in printed(capsys, "list") if row["golem"] == name]
    assert [(row["commit"], row["here"]) for row in rows] == [(commit, True)]
    scores = printed(capsys, "predict", name, card.examples[0])
    assert {entry["label"] for entry in scores} == set(labels)


BROKEN = """
from golems.base import Card, Checkpoint, HubSource
CARD = Card(name="{name}", title="T", task="{task}", summary="", checkpoints=({checkpoints}))
"""
ONE = 'Checkpoint("a/b", HubSource("a/b")),'


@pytest.mark.parametrize(
    ("name", "task", "checkpoints", "words"),
    [
        ("analyst", "text-classification", ONE, "Two cards are called analyst"),
        ("new", "text-clasification", ONE, "new: there is no task text-clasification"),
        ("new", "text-classification", "", "new has no checkpoint"),
    ],
)
def test_broken_cards_are_bugs(
    name: str, task: str, checkpoints: str, words: str, add_to_roster: Callable[..., None]
) -> None:
    add_to_roster("zz_new", BROKEN.format(name=name, task=task, checkpoints=checkpoints))
    with pytest.raises(AssertionError, match=words):
        cards()


def test_a_name_is_a_card() -> None:
    assert card_named("analyst") == cards()["analyst"]
    assert card_named("analyst", "text-classification") == cards()["analyst"]
    with pytest.raises(BadInput, match="analyst does text-classification, not text-generation"):
        card_named("analyst", "text-generation")


@pytest.mark.parametrize("name", ["analist", "Analyst ", "", "./nothing/here", "a/b/c", "/x/y"])
def test_a_typo_lists_the_golems(name: str) -> None:
    with pytest.raises(UnknownName, match="golems are: analyst, visionary, storyteller"):
        card_named(name, "text-classification")


def test_a_checkpoint_on_a_card_needs_no_task() -> None:
    card = card_named(GPT2)
    assert card.name == "storyteller"
    assert [one.id for one in card.checkpoints] == [GPT2]
    assert card.parameters == cards()["storyteller"].parameters


def test_any_folder_or_hub_id_is_a_golem_with_its_task(tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path / "my-model")
    card = card_named(str(folder), "text-classification")
    assert card.checkpoints[0].source == FolderSource(folder)
    assert is_here(card.checkpoints[0])
    card = card_named("acme/tiny", "image-classification")
    assert card.checkpoints[0].source == HubSource("acme/tiny")
    with pytest.raises(BadInput, match="say what it does with --task: text-classification, "):
        card_named(str(folder))
    with pytest.raises(UnknownName, match="'nap' is not known; tasks are: text-classification, "):
        card_named(str(folder), "nap")


def test_the_checkpoint_is_the_first_that_is_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = cards()["analyst"]
    monkeypatch.setattr(registry, "is_here", lambda one: isinstance(one.source, HubSource))
    assert isinstance(choose_checkpoint(card).source, HubSource)
    monkeypatch.setattr(registry, "is_here", lambda one: True)
    assert isinstance(choose_checkpoint(card).source, PackageSource)
    monkeypatch.setattr(registry, "is_here", lambda one: False)
    assert choose_checkpoint(card) == card.checkpoints[0]


def test_another_checkpoint_can_be_named(tmp_path: Path) -> None:
    card, folder = cards()["analyst"], tiny.bert(tmp_path / "mine")
    assert choose_checkpoint(card, card.checkpoints[1].id) == card.checkpoints[1]
    assert choose_checkpoint(card, str(folder)).source == FolderSource(folder)
    assert choose_checkpoint(card, "acme/tiny").source == HubSource("acme/tiny")
    with pytest.raises(UnknownName, match="Analyst has no checkpoint 'distilbrt'; it has: embed"):
        choose_checkpoint(card, "distilbrt")


@pytest.mark.parametrize("name", ["text", "", "Text-Classification"])
def test_an_unknown_task_lists_the_tasks(name: str) -> None:
    with pytest.raises(UnknownName, match="tasks are: text-classification, image-class"):
        task_class(name)
