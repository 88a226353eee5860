"""The Analyst's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests import tiny
from tests.pages.conftest import AddGolem, button, charts_of, numbers_of
from ui.text import plain

HOSTILE = ["<script>alert(1)</script>", "**x** :red[y] $z$ <b>&amp;"]


def read(app: AppTest, text: str) -> AppTest:
    app.text_area[0].set_value(text)
    button(app, "Read it").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    return app


def test_a_text_gets_all_its_scores(open_page: Callable[..., AppTest], tiny_golems: None) -> None:
    app = read(open_page("analyst"), "The soup was hot.")
    table = numbers_of(app, "analyst-chart").dataframe[0].value
    assert list(table.columns) == ["Label", "Score"]
    assert table["Score"].sum() == pytest.approx(1, abs=1e-6)
    assert table["Score"].is_monotonic_decreasing
    assert app.header[0].value == plain(
        f"{table['Label'][0]}, with a score of {table['Score'][0]:.3f}"
    )
    assert any("tests/reader at " in one.value for one in app.caption)
    assert len(charts_of(app)) == 1
    assert not app.info


def test_the_result_stays_while_the_person_looks_elsewhere(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = read(open_page("analyst"), "The soup was hot.")
    shown = app.header[0].value
    app.switch_page("pages/pantheon.py").run()
    app.switch_page("pages/analyst.py").run()
    assert app.header[0].value == shown
    assert app.text_area[0].value == "The soup was hot."


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), ("  \n\t ", "blank")])
def test_a_blank_text_is_an_error_in_words(
    text: str, reason: str, open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = read(open_page("analyst"), "The soup was hot.")
    read(app, text)
    assert reason in app.error[0].value
    assert not app.header, "the last text's result must not stand under this text's error"


def test_a_long_text_shows_what_was_cut_off(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = read(open_page("analyst"), "the soup was hot " * 100)
    assert "were cut off" in app.warning[0].value
    assert "the soup was hot" in app.html[0].value.rpartition("<s ")[2]


def test_a_long_text_can_be_read_from_its_end(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("analyst")
    app.selectbox(key="analyst-long-texts").set_value("tail")
    read(app, "bell " * 100 + "the soup was hot " * 20)
    assert re.search(r"read the last 64 tokens\. The first \d+ were cut", app.warning[0].value)
    before, _, after = app.html[0].value.partition("</s>")
    assert "bell" in before.partition("<s ")[2]
    assert "the soup was hot" in after
    assert "<s " not in after


def test_a_long_text_can_be_read_whole_in_parts(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("analyst")
    app.selectbox(key="analyst-long-texts").set_value("chunks")
    read(app, "the soup was hot " * 100)
    assert not app.warning
    assert "<s " not in app.html[0].value
    # 400 words in windows of 62 that share 15, and two special tokens.
    assert any("402 tokens read in 9 parts · 0 cut off" in one.value for one in app.caption)


def test_an_example_goes_into_the_text(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("analyst")
    app.pills[0].set_value("A *bold* start").run()
    assert app.text_area[0].value == "A *bold* start"
    assert app.pills[0].value is None
    assert app.pills[0].options[0] == r"A \*bold\* start"


def test_an_example_takes_the_last_result_away(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = read(open_page("analyst"), "The soup was hot.")
    app.pills[0].set_value("A *bold* start").run()
    assert app.text_area[0].value == "A *bold* start"
    assert not app.header
    assert "not read yet" in app.info[0].value


def test_an_answer_stands_only_under_the_text_it_is_of(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = read(open_page("analyst"), "The soup was hot.")
    shown = app.header[0].value
    app.text_area[0].set_value("The soup was cold.").run()
    assert not app.header
    assert "not read yet" in app.info[0].value
    app.switch_page("pages/pantheon.py").run()
    app.switch_page("pages/analyst.py").run()
    assert app.text_area[0].value == "The soup was cold."
    assert not app.header
    app.text_area[0].set_value("The soup was hot.").run()
    assert app.header[0].value == shown
    app.selectbox(key="analyst-long-texts").set_value("tail").run()
    assert not app.header


def test_hostile_labels_are_shown_to_the_letter(
    open_page: Callable[..., AppTest], add_golem: AddGolem, tmp_path: Path
) -> None:
    folder = tiny.bert(tmp_path / "bert", labels=HOSTILE)
    add_golem("bad", "text-classification", folder, title="**Bad** <i>", place=-1)
    app = open_page("analyst")
    assert app.segmented_control[0].options[0].endswith(r"\*\*Bad\*\* \<i\>")
    read(app, "The <script>soup</script> was hot.")
    shown = [one.value for one in [*app.header, *app.caption]]
    assert any(plain(label) in text for label in HOSTILE for text in shown)
    assert not any(label in text for label in HOSTILE for text in shown)
    assert "<script" not in charts_of(app)[0]
    assert "<script" not in app.html[0].value
