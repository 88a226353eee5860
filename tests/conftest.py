"""What all tests share: a home of their own, no server but our own, quiet libraries."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from golems.base import Card, Checkpoint, FolderSource
from golems.golem import Golem, LoadPlan, plan_load
from golems.settings import settings
from golems.shelf import Shelf
from tests.hub import HubServer


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty PANTHEON_HOME and the settings' defaults, for every test; but no worker stays."""
    for name in [name for name in os.environ if name.startswith("PANTHEON_")]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PANTHEON_HOME", str(folder))
    monkeypatch.setenv("PANTHEON_WARM_S", "0")
    settings.cache_clear()
    yield folder
    settings.cache_clear()


@pytest.fixture(scope="session")
def embedded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which each embedded checkpoint is assembled once, by whoever needs it first."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Set a setting as a user does: ``setting("memory_budget_mb", 100)``."""

    def set_it(name: str, value: object) -> None:
        monkeypatch.setenv(f"PANTHEON_{name.upper()}", str(value))
        settings.cache_clear()

    return set_it


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the golems that were loaded, as they are."""
    loaded: list[str] = []
    load = Golem.load

    def spy(plan: LoadPlan) -> Golem:
        loaded.append(plan.card.name)
        return load(plan)

    monkeypatch.setattr(Golem, "load", spy)
    return loaded


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub on localhost that this process's client talks to, with an empty cache."""
    from huggingface_hub import constants

    with HubServer() as server:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            server.url + "/{repo_id}/resolve/{revision}/{filename}",
        )
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 1)
        monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 1)
        # The client waits between its own tries; a test needn't.
        monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
        yield server


def names(shelf: Shelf) -> list[str]:
    """Who is in memory, least recently used first."""
    return [place.plan.card.name for place in shelf.places()]


def folder_card(folder: Path, task: str, **fields: Any) -> Card:
    """A card for a model folder, as one typed on the command line gets."""
    checkpoint = Checkpoint(id=str(folder), source=FolderSource(folder))
    return Card(
        name=folder.name, title="Test", task=task, summary="", checkpoints=(checkpoint,), **fields
    )


def load_golem(folder: Path, task: str, *, precision: str = "fp32", **fields: Any) -> Golem:
    """Load a model folder as a golem on the processor."""
    card = folder_card(folder, task, **fields)
    return Golem.load(plan_load(card, card.checkpoints[0], device="cpu", precision=precision))
