"""The Storyteller's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PATIENCE_S, button

PROMPT = "The soup was hot"


def finish(app: AppTest) -> AppTest:
    """Wait for the story, then look at the page again."""
    app.session_state["story"].wait(PATIENCE_S)
    app.run()
    assert not app.exception
    return app


def test_a_story_is_written(open_page: Callable[..., AppTest], tiny_golems: None) -> None:
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    finish(app)
    assert app.text[0].value.startswith(PROMPT)
    assert len(app.text[0].value) > len(PROMPT)
    assert app.download_button[0].label == "Download as text"
    assert "seed 0" in app.caption[0].value
    assert not button(app, "Go on").disabled  # type: ignore[attr-defined]


def test_several_continuations_say_their_seeds(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    app.slider(key="story-copies").set_value(3)
    app.number_input(key="story-seed").set_value(2**32 - 1)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    finish(app)
    assert len(app.text) == 3
    seeds = [one.value for one in app.caption if one.value.startswith("Seed ")]
    assert seeds == ["Seed 4294967295", "Seed 0", "Seed 1"]


def test_a_blank_prompt_is_an_error_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("storyteller")
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    assert "empty" in app.error[0].value
    assert not app.text


def test_an_instruction_to_a_golem_without_a_chat_template_is_refused_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    app.toggle(key="story-instruction").set_value(True)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    finish(app)
    assert "no chat template" in app.error[0].value


def test_going_on_takes_the_text_so_far_and_starting_over_does_not(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    app.slider(key="story-new").set_value(3)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    first = finish(app).text[0].value
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    second = finish(app).text[0].value
    assert second.startswith(first)
    assert len(second) > len(first)
    assert app.text_area[0].value == first
    button(app, "Start over").click().run()  # type: ignore[attr-defined]
    assert finish(app).text[0].value == second
    assert app.text_area[0].value == first


def test_a_story_of_another_beginning_is_said_to_be_one(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    finish(app)
    assert not app.warning
    app.text_area[0].set_value("The soup was cold").run()
    assert "another beginning" in app.warning[0].value
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    assert finish(app).text[0].value.startswith("The soup was cold")
    assert not app.warning


def test_a_beginning_that_is_hardly_read_is_warned_of(
    open_page: Callable[..., AppTest], tiny_golems: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "written in Russian, which this checkpoint doesn't read"
    monkeypatch.setattr("golems.tasks.text_generation.legible", lambda *_, **__: said)
    app = open_page("storyteller")
    app.text_area[0].set_value(PROMPT)
    button(app, "Go on").click().run()  # type: ignore[attr-defined]
    finish(app)
    assert "written in Russian" in app.warning[0].value
