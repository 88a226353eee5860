"""The passport of a run as a file in a real Chromium, with the network off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from golems.reports.passport import write_passport
from golems.runs import Run
from tests.browser.conftest import note_console, note_dialog
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]

OpenFile = Callable[..., Page]
SCRIPT = "</script><script>window.broken = 1; alert(1)</script><img src=x onerror=alert(2)>"
LINK = '<a href="javascript:alert(3)">click</a>{{ 7 * 7 }}\u2028${alert(4)}'
FORMULA = "**b** $x^2$"


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[OpenFile]:
    """Open the passport of a run without any network; at the end nothing may have gone wrong."""
    faults: list[str] = []
    contexts = []

    def open_it(run: Run, **options: Any) -> Page:
        path = tmp_path / "passport.html"
        write_passport(run, path)
        context = browser.new_context(**{"accept_downloads": True, **options})
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("console", lambda message: note_console(faults, message))
        page.on("console", lambda message: note_warning(faults, message))
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: note_dialog(faults, dialog))
        page.on("request", lambda request: note_request(faults, request.url))
        page.goto(path.as_uri())
        expect(page.locator("html[data-drawn]")).to_be_attached()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []


def note_warning(faults: list[str], message: ConsoleMessage) -> None:
    # Plotly warns with a trace.
    if message.type in ("warning", "trace"):
        faults.append(f"console: {message.text}")


def note_request(faults: list[str], url: str) -> None:
    if not url.startswith(("file:", "data:", "blob:")):
        faults.append(f"request: {url}")


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    outcomes = [
        failed() if n % 10 == 0 else predicted("GOOD" if n % 3 else "BAD", 0.5 + n / 200)
        for n in range(100)
    ]
    return write_run(["text", "id"], [["x" * (n + 1), str(n)] for n in range(100)], outcomes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_alive_without_a_network(run: Run, open_file: OpenFile, scheme: str) -> None:
    page = open_file(run, color_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Test on listed.csv")
    charts = page.locator(".chart .main-svg:first-child")
    expect(charts).to_have_count(4)
    expect(page.locator(".chart").first.locator(".bars path")).to_have_count(2)
    expect(page.get_by_role("img", name="Labels of 90 rows: GOOD")).to_be_visible()
    colour = page.locator(".chart .xtick text").first.evaluate("one => one.style.fill")
    assert (sum(map(int, colour[4:-1].split(","))) > 382) == (scheme == "dark")
    ground = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) > 382) == (scheme == "light")
    page.locator(".chart").first.hover(position={"x": 200, "y": 40})
    expect(page.locator(".hoverlayer .hovertext")).to_contain_text("GOOD")


def test_colours_follow_the_reader(run: Run, open_file: OpenFile) -> None:
    page = open_file(run, color_scheme="light")
    tick = page.locator(".chart .xtick text").first
    light = tick.evaluate("one => one.style.fill")
    page.emulate_media(color_scheme="dark")
    expect(tick).not_to_have_css("fill", light)


def test_the_manifest_can_be_taken_from_the_page(run: Run, open_file: OpenFile) -> None:
    page = open_file(run)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the manifest").click()
    assert download.value.suggested_filename == "manifest.json"
    written = Path(download.value.path()).read_text("utf-8")
    found, kept = json.loads(written), json.loads(run.manifest().model_dump_json())
    for one in (found, kept):  # where things lie on this machine is nobody else's
        one["dataset"].pop("modified_ns")
    assert kept["dataset"].pop("path").endswith("/" + found["dataset"].pop("path"))
    assert kept.pop("checkpoint").endswith("/" + found.pop("checkpoint"))
    assert found == kept
    page.get_by_text("The manifest", exact=True).click()
    assert json.loads(page.locator("details pre").inner_text()) == json.loads(written)


def test_a_phone_shows_all_of_it(run: Run, open_file: OpenFile) -> None:
    page = open_file(run, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".chart .main-svg").first.bounding_box()["width"] <= 360


def test_paper_is_light_and_wide_enough(run: Run, open_file: OpenFile) -> None:
    page = open_file(run, color_scheme="dark", viewport={"width": 1400, "height": 900})
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_headings_come_in_order_and_tables_have_heads(run: Run, open_file: OpenFile) -> None:
    page = open_file(run)
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"
    for table in page.locator("table").all():
        assert table.locator("th[scope=col]").count() > 1
        assert table.locator("tbody tr").count() == table.locator("th[scope=row]").count() > 0


@pytest.mark.parametrize("bad", [SCRIPT, LINK, FORMULA])
def test_nothing_of_a_hostile_file_runs(write_run: WriteRun, open_file: OpenFile, bad: str) -> None:
    outcomes = [predicted(bad, 0.9), predicted(f"{bad}2", 0.4), failed(bad)] * 7
    run = write_run([f"text{bad}", bad, "label", "rows"], [[bad] * 4] * 21, outcomes)
    manifest = run.manifest()
    dataset = manifest.dataset.model_copy(
        update={"name": bad, "path": bad, "notes": (bad,), "options": {bad: bad}}
    )
    run.write_manifest(
        manifest.model_copy(
            update={
                "title": bad, "golem": bad, "checkpoint": bad, "license": bad, "asked_by": bad,
                "parameters": {bad: bad}, "dataset": dataset,
            }
        )
    )  # fmt: skip
    page = open_file(run)
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3
    assert page.locator("a").count() == 1
    for chart in page.locator(".chart").all():
        chart.hover(position={"x": 300, "y": 60})
    assert page.locator("svg a").count() == 0
    # As written, not worked out, and shown to the letter.
    assert bad.split("\u2028")[0] in page.locator("body").inner_text()
