"""What the pages rely on of Streamlit's insides, which no version of it promises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import browser_ahead, index_page

MOVED = "Streamlit has moved {}, on which {} builds. Find what takes its place in this version."


@pytest.fixture(autouse=True)
def pages_made_anew(setting: Callable[[str, object], None]) -> Iterator[None]:
    setting("warm_up", True)
    index_page.index_html.cache_clear()
    yield
    index_page.index_html.cache_clear()


@pytest.mark.parametrize("part", sorted({*browser_ahead.PARTS, *index_page.FIRST}))
def test_streamlit_has_code_for_each_part_that_is_asked_for_ahead(part: str) -> None:
    assert len(browser_ahead.addresses([part])) == 1, MOVED.format(part, "ui/browser_ahead.py")


def test_nothing_is_said_where_all_is_there(caplog: pytest.LogCaptureFixture) -> None:
    index_page.index_html(charts=True)
    assert not caplog.records


def test_parts_that_are_gone_are_named_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(browser_ahead, "PARTS", ("DataFrame", "MovedLater"))
    html = index_page.index_html(charts=False)
    assert "/DataFrame." in html
    [record] = caplog.records
    assert record.levelno == logging.WARNING
    assert "Pages ask late for MovedLater" in record.getMessage()


def test_a_page_without_a_head_is_sent_as_it_is_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "index.html").write_text("<body></body>")
    monkeypatch.setattr(st, "__file__", str(tmp_path / "__init__.py"))
    assert index_page.index_html(charts=False) == "<body></body>"
    assert "Pages connect late" in caplog.text


def test_streamlit_tells_pages_of_its_older_kind_from_ours() -> None:
    assert isinstance(PagesManager.uses_pages_directory, bool | None), MOVED.format(
        "PagesManager.uses_pages_directory", "ui/__init__.py"
    )


def test_streamlit_tells_whether_a_session_is_open() -> None:
    moved = MOVED.format("Runtime.is_active_session", "ui/shelf.py")
    assert callable(getattr(Runtime, "is_active_session", None)), moved
    assert callable(Runtime.exists), moved
    assert get_script_run_ctx() is None
