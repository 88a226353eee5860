"""The Visionary's page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PROJECT

CAT = PROJECT / "data" / "photos" / "cat.jpg"


def test_a_sample_gets_as_many_labels_as_asked_for(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("visionary")
    app.pills[0].set_value(CAT).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 5
    app.slider[0].set_value(20).run()
    assert len(app.dataframe[0].value) == 20
    assert "with a score of" in app.subheader[0].value


def test_an_upload_is_looked_at(open_page: Callable[..., AppTest], tiny_golems: None) -> None:
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    app.file_uploader[0].set_value(("a*b*.jpg", CAT.read_bytes(), "image/jpeg")).run()
    assert not app.exception
    assert not app.error
    assert "with a score of" in app.subheader[0].value


def test_what_is_no_picture_is_an_error_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    for content in (b"", b"no picture", CAT.read_bytes()[:500]):
        app.file_uploader[0].set_value(("a.jpg", content, "image/jpeg")).run()
        assert not app.exception
        assert "picture" in app.error[0].value
        assert not app.subheader
