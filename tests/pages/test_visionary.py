"""The Visionary's page."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from golems.golem import Golem
from tests.pages.conftest import PROJECT, numbers_of

CAT = PROJECT / "data" / "photos" / "cat.jpg"


def test_a_sample_gets_as_many_labels_as_asked_for(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("visionary")
    app.pills[0].set_value(CAT).run()
    assert not app.exception
    assert len(numbers_of(app, "visionary-chart").dataframe[0].value) == 5
    app.slider[0].set_value(20).run()
    assert len(app.dataframe[0].value) == 20
    assert "with a score of" in app.header[0].value


def test_an_upload_is_looked_at(open_page: Callable[..., AppTest], tiny_golems: None) -> None:
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    app.file_uploader[0].set_value(("a*b*.jpg", CAT.read_bytes(), "image/jpeg")).run()
    assert not app.exception
    assert not app.error
    assert "with a score of" in app.header[0].value


def test_what_is_no_picture_is_an_error_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    for content in (b"", b"no picture", CAT.read_bytes()[:500]):
        app.file_uploader[0].set_value(("a.jpg", content, "image/jpeg")).run()
        assert not app.exception
        assert "picture" in app.error[0].value
        assert not app.header


def test_a_moved_slider_does_not_ask_the_golem_again(
    open_page: Callable[..., AppTest], tiny_golems: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    predict = Golem.predict

    def counted(self: Golem, *args: object, **values: object) -> object:
        asked.append(1)
        return predict(self, *args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(Golem, "predict", counted)
    app = open_page("visionary")
    numbers_of(app.pills[0].set_value(CAT).run(), "visionary-chart")
    for labels in (1, 20, 7):
        app.slider[0].set_value(labels).run()
        assert len(app.dataframe[0].value) == labels
    assert len(asked) == 1
    app.pills[0].set_value(CAT.with_name(sorted(CAT.parent.glob("*.jpg"))[0].name)).run()
    assert len(asked) == 2


def test_a_tall_picture_is_drawn_small(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    data = BytesIO()
    Image.new("RGB", (60, 5900), "red").save(data, "PNG")
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    app.file_uploader[0].set_value(("tall.png", data.getvalue(), "image/png")).run()
    assert not app.exception
    assert "60 x 5,900 pixels" in " ".join(one.value for one in app.caption)
    assert app.image


def test_a_file_that_is_too_large_is_an_error_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None, setting: Callable[[str, object], None]
) -> None:
    setting("max_image_mb", 1)
    app = open_page("visionary")
    app.segmented_control(key="visionary-source").set_value("Upload").run()
    content = CAT.read_bytes() + bytes(1_000_000)
    app.file_uploader[0].set_value(("a.jpg", content, "image/jpeg")).run()
    assert not app.exception
    assert "larger than 1 MB" in app.error[0].value
    assert not app.header


def test_what_was_chosen_is_there_after_a_look_elsewhere(
    open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("visionary")
    app.pills[0].set_value(CAT).run()
    app.slider[0].set_value(3).run()
    for page in ("pantheon", "batch", "visionary"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    assert app.pills[0].value == CAT
    assert app.slider[0].value == 3
    assert len(numbers_of(app, "visionary-chart").dataframe[0].value) == 3
