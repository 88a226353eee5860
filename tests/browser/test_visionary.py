"""The Visionary's page: samples, uploads, the camera, and what isn't a picture."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PROJECT, at_rest, no_exception, pick

BAD = {
    "text.png": b"This is no picture.",
    "cut.jpg": (PROJECT / "data" / "photos" / "cat.jpg").read_bytes()[:900],
    "nothing.png": b"",
}


def upload(page: Page, name: str, content: bytes) -> None:
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )


def test_a_sample_photo_and_up_to_twenty_labels(visit: Callable[..., Page]) -> None:
    page = visit("visionary")
    pick(page, "coffee")
    expect(page.get_by_role("heading", name="espresso, with a score")).to_be_visible()
    expect(page.get_by_role("img", name="The picture coffee.jpg")).to_be_visible()
    expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(5)
    slider = page.get_by_role("slider", name="Labels to show")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(20)
    expect(page.get_by_text("embedded/visionary-efficientnet-lite0 at")).to_contain_text("pixels")
    no_exception(page)


def test_an_uploaded_picture_keeps_its_name_to_the_letter(visit: Callable[..., Page]) -> None:
    picture = io.BytesIO()
    Image.open(PROJECT / "data" / "photos" / "coffee.jpg").convert("RGBA").save(picture, "PNG")
    name = "<b>my</b> $cup$ **of** :red[coffee].png"
    page = visit("visionary")
    pick(page, "Upload")
    upload(page, name, picture.getvalue())
    expect(page.get_by_test_id("stImage")).to_contain_text(name)
    expect(page.get_by_role("heading", name="espresso, with a score")).to_be_visible()
    no_exception(page)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_an_error_in_words(name: str, visit: Callable[..., Page]) -> None:
    page = visit("visionary")
    pick(page, "Upload")
    upload(page, name, BAD[name])
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("picture")
    no_exception(page)


def test_the_camera(visit: Callable[..., Page]) -> None:
    page = visit("visionary", permissions=["camera"])
    pick(page, "Camera")
    page.wait_for_function(
        "document.querySelector('[data-testid=stCameraInput] video')?.readyState >= 3"
    )
    at_rest(page)  # a camera that is asked for anew, as the page gets its width, gives no picture
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_role("heading", name=", with a score of")).to_be_visible()
    expect(page.get_by_role("img", name="The picture camera")).to_be_visible()
    no_exception(page)
