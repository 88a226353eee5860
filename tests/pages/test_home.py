"""Home: every page draws empty, nothing heavy is imported, and the sidebar tells the memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from golems.registry import cards
from tests.pages.conftest import PROJECT, AddGolem, button
from ui.shelf import shelf, warm_up

DRAW_ALL = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("Home.py", default_timeout=120).run()
for page in ("pantheon", "analyst", "visionary", "storyteller", "batch"):
    assert not app.exception, app.exception
    heavy = {"torch", "transformers", "datasets", "gguf", "accelerate"} & set(sys.modules)
    assert not heavy, f"{heavy} before {page}"
    app.switch_page(f"pages/{page}.py").run()
assert not app.exception
print("drawn")
"""


def test_home_and_all_empty_pages_are_drawn_without_torch() -> None:
    """What is loaded ahead is another thread's; the drawing itself needs nothing heavy."""
    done = subprocess.run(
        [sys.executable, "-c", DRAW_ALL], cwd=PROJECT, capture_output=True, text=True, timeout=280,
        env={**os.environ, "PANTHEON_WARM_UP": "false"}, check=False,
    )  # fmt: skip
    assert done.stdout == "drawn\n", done.stderr


@pytest.mark.parametrize("page", ["pantheon", "analyst", "visionary", "storyteller", "batch"])
def test_a_page_draws_empty(page: str, open_page: Callable[..., AppTest]) -> None:
    app = open_page(page)
    assert app.title[0].value in {"Pantheon of Golems", page.title()}
    assert not app.error
    assert "Golems in memory: 0 MB of " in app.sidebar.progress[0].text


@pytest.mark.parametrize(
    ("page", "hint"),
    [
        ("analyst", "No text was read yet."),
        ("visionary", "No picture yet."),
        ("storyteller", "Nothing is written yet."),
    ],
)
def test_an_empty_page_says_what_to_do(
    page: str, hint: str, open_page: Callable[..., AppTest]
) -> None:
    assert hint in open_page(page).info[0].value


def test_the_memory_line_counts_what_is_lent(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("analyst")
    app.text_area[0].set_value("The soup was hot.")
    button(app, "Read it").click().run()
    text = app.sidebar.progress[0].text
    assert "Golems in memory: " in text
    app.switch_page("pages/pantheon.py").run()
    assert [one.key for one in app.button if one.label == "Unload"] == ["unload-reader"]


def test_a_fourth_golem_appears_everywhere(
    open_page: Callable[..., AppTest], add_golem: AddGolem, tmp_path: Path
) -> None:
    from tests import tiny

    add_golem("critic", "text-classification", tiny.bert(tmp_path / "bert"), title="Critic")
    everybody = [card.title for card in cards().values()]
    readers = [card.title for card in cards().values() if card.task == "text-classification"]
    assert everybody[-1] == readers[-1] == "Critic"
    app = open_page("pantheon")
    assert [one.value.split()[-1] for one in app.header] == everybody
    for page, names in (("analyst", readers), ("batch", everybody)):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        assert app.segmented_control[0].label == "Golem"
        assert [one.split()[-1] for one in app.segmented_control[0].options] == names


def test_a_golem_whose_weights_are_gone_is_an_error_in_words(
    open_page: Callable[..., AppTest], add_golem: AddGolem, tmp_path: Path
) -> None:
    add_golem("ghost", "text-classification", tmp_path / "nowhere", place=-1)
    app = open_page("pantheon")
    assert not app.exception
    assert not app.error
    assert len(app.header) == len(cards())
    assert any("**Commit** not on this machine" in one.value for one in app.markdown)
    app.switch_page("pages/batch.py").run()
    assert not app.exception
    app.switch_page("pages/analyst.py").run()
    assert not app.exception
    app.text_area[0].set_value("The soup was hot.")
    button(app, "Read it").click().run()
    assert "There is no model folder" in app.error[0].value.replace("\\", "")


@pytest.mark.parametrize(
    ("page", "loaded"),
    [("analyst", ["reader"]), ("visionary", ["looker"]), ("storyteller", ["writer"]),
     ("pantheon", []), ("batch", [])],
)  # fmt: skip
def test_only_a_golems_own_page_has_it_loaded_ahead(
    page: str,
    loaded: list[str],
    open_page: Callable[..., AppTest],
    tiny_golems: None,
    setting: Callable[[str, object], None],
) -> None:
    setting("warm_up", True)
    open_page(page)
    warm_up().wait()
    assert [place.plan.card.name for place in shelf().places()] == loaded
    assert all(place.golem is not None for place in shelf().places())


def test_a_golem_that_cannot_be_loaded_ahead_is_an_error_at_the_click(
    open_page: Callable[..., AppTest],
    add_golem: AddGolem,
    tmp_path: Path,
    setting: Callable[[str, object], None],
) -> None:
    from tests import tiny

    folder = tiny.bert(tmp_path / "bert")
    add_golem("broken", "text-classification", folder, place=-1)
    setting("warm_up", True)
    app = open_page("pantheon")
    (folder / "tokenizer.json").write_text("{", "utf-8")
    app.switch_page("pages/analyst.py").run()
    warm_up().wait()
    assert not app.exception
    assert not app.error
    app.text_area[0].set_value("The soup was hot.")
    button(app, "Read it").click().run()
    assert app.error
