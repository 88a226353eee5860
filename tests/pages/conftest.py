"""Pages without a browser, over a roster of tiny golems."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from golems import registry, roster
from tests import tiny
from ui import routes
from ui.shelf import shelf, warm_up

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120

CARD = """
from pathlib import Path

from golems.base import Card, Checkpoint, FolderSource

CARD = Card(
    name={name!r},
    title={title!r},
    task={task!r},
    place={place},
    summary="A tiny golem for tests.",
    checkpoints=(Checkpoint(id={checkpoint!r}, source=FolderSource(Path({folder!r}))),),
    examples={examples!r},
    parameters={parameters!r},
)
"""

AddGolem = Callable[..., None]


@pytest.fixture(autouse=True)
def fresh_shelf(setting: Callable[[str, object], None]) -> Iterator[None]:
    """An empty shelf, on which nothing is put behind the test's back."""
    setting("warm_up", False)
    shelf.clear()
    warm_up.clear()
    yield
    shelf.clear()
    warm_up.clear()


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give pytest its own ``__main__`` back: a page that ran leaves its script there.

    Processes that later tests spawn would run that script again.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def pages_below_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run pages through Home.py, as the server does once ``st.navigation`` was called.

    AppTest starts each time as if it never was, and takes pages/ for an app of the older kind.
    """
    make = PagesManager.__init__

    def make_and_forget_the_folder(self: PagesManager, *args: Any, **values: Any) -> None:
        make(self, *args, **values)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", make_and_forget_the_folder)


@pytest.fixture(autouse=True)
def no_links_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes routes has pages link to them from then on."""
    monkeypatch.setattr(routes, "made", False)


@pytest.fixture
def option() -> Iterator[Callable[[str, object], None]]:
    """Set an option of Streamlit's server."""
    before: dict[str, object] = {}

    def set_it(name: str, value: object) -> None:
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield set_it
    for name, value in before.items():
        config.set_option(name, value)


@pytest.fixture
def add_golem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddGolem]:
    """Add a golem as anybody does: by one file in a roster's folder."""
    extra = tmp_path / "roster"
    extra.mkdir()
    monkeypatch.setattr(roster, "__path__", [*roster.__path__, str(extra)])

    def add(
        name: str,
        task: str,
        folder: Path,
        *,
        title: str = "",
        place: int = 100,
        **parameters: object,
    ) -> None:
        module = f"test_{tmp_path.name}_{name}".replace("-", "_")
        text = CARD.format(
            name=name, title=title or name.title(), task=task, place=place, folder=str(folder),
            checkpoint=f"tests/{name}", parameters=parameters,
            examples=() if task.startswith("image") else ("A *bold* start", "<b>Another</b> one"),
        )  # fmt: skip
        (extra / f"{module}.py").write_text(text, "utf-8")
        registry.cards.cache_clear()

    yield add
    registry.cards.cache_clear()


@pytest.fixture
def tiny_golems(add_golem: AddGolem, tmp_path: Path) -> None:
    """A golem of each task that stands before the embedded one, so that pages take it first."""
    add_golem("reader", "text-classification", tiny.bert(tmp_path / "bert"), place=-3)
    add_golem("looker", "image-classification", tiny.vit(tmp_path / "vit", num_labels=30), place=-2)
    add_golem(
        "writer", "text-generation", tiny.gpt2(tmp_path / "gpt2"), place=-1,
        max_new_tokens=10, sample=True,
    )  # fmt: skip


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """The app at one of its pages, drawn once: ``open_page("analyst", run="...")``."""

    def open_it(name: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "Home.py"), default_timeout=PATIENCE_S)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if name is not None:
            app.switch_page(f"pages/{name}.py").run()
        assert not app.exception
        return app

    return open_it


def numbers_of(app: AppTest, chart: str) -> AppTest:
    """Open "As a table" below a chart."""
    app.session_state[f"{chart}-numbers"] = True
    app.run()
    assert not app.exception
    return app


def charts_of(app: AppTest) -> list[str]:
    """What is sent of each chart to be drawn, as JSON."""
    return [str(one.proto.mixed.json) for one in app.get("bidi_component")]


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)
