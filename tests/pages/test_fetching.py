"""Fetching from the Hub on the Pantheon page, and using what was fetched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests import tiny
from tests.hub import HubServer
from tests.pages.conftest import button

DISTILBERT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"


def fetch(app: AppTest, name: str) -> None:
    """Ask for a model by its id on the first card."""
    app.text_input[0].set_value(name)
    next(one for one in app.button if one.label == "Fetch").click().run()
    assert not app.exception


def test_a_checkpoint_of_the_card_is_fetched_with_a_click(
    open_page: Callable[..., AppTest], hub: HubServer, tmp_path: Path
) -> None:
    hub.add_model(DISTILBERT, tiny.distilbert(tmp_path / "model"))
    app = open_page("pantheon")
    next(one for one in app.button if one.key == f"fetch-{DISTILBERT}").click().run()
    assert not app.exception
    assert not app.error
    assert any(
        f"{DISTILBERT} is on this machine" in one.value.replace("\\", "") for one in app.caption
    )


def test_any_model_of_the_hub_is_fetched_and_can_be_chosen(
    open_page: Callable[..., AppTest], hub: HubServer, tmp_path: Path
) -> None:
    folder = tiny.distilbert(tmp_path / "model", labels=["COLD", "WARM"])
    commit = hub.add_model("acme/tiny_one", folder)
    app = open_page("pantheon")
    fetch(app, " acme/tiny_one ")
    assert not app.error
    app.switch_page("pages/analyst.py").run()
    app.selectbox[0].select("acme/tiny_one")
    app.text_area[0].set_value("A stove in winter.")
    button(app, "Read it").click().run()
    assert not app.error
    assert any(commit[:12] in one.value for one in app.caption)
    assert app.header[0].value.startswith(("COLD", "WARM"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acme/nothing", "The Hub has no model acme/nothing"),
        ("gpt2", "'gpt2' is not the id of a model"),
        ("/etc", "is not the id of a model"),
        ("", "'' is not the id of a model"),
        ("<b>x</b>/y", "<b>x"),
    ],
)
def test_what_cannot_be_fetched_is_said_in_words(
    name: str, said: str, open_page: Callable[..., AppTest], hub: HubServer
) -> None:
    app = open_page("pantheon")
    fetch(app, name)
    assert said in app.error[0].value.replace("\\", "")
