"""Where the data of the Batch page come from: the Hub, odd files, another run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect

from golems.runs import Run
from tests.browser.conftest import Server, alerts, no_exception, pick, serve, settled
from tests.browser.test_batch import finished, metric, run, upload
from tests.hub import HubServer

PHONE = {"width": 420, "height": 900}


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.fixture
def hub_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    for split, rows in (("train", 1500), ("test", 40)):
        texts = [f"A lovely, warm film, said guest {n} of {split}." for n in range(rows)]
        table = pa.table({"id": list(range(rows)), "text": texts})
        pq.write_table(table, folder / f"{split}-00000-of-00001.parquet", row_group_size=500)
    return folder


def test_a_dataset_of_the_hub_goes_in(
    visit: Callable[..., Page], hub_folder: Path, tmp_path: Path
) -> None:
    with HubServer() as hub:
        hub.add_dataset("acme/films", hub_folder)
        with serve(tmp_path / "home", **hub.environment(tmp_path / "hf")) as server:
            page = visit("batch", server.url, viewport=PHONE)
            pick(page, "Hub dataset")
            field = page.get_by_role("textbox", name="Dataset on the Hub")
            field.fill("acme/film")
            field.press("Enter")
            expect(alerts(page)).to_contain_text("no dataset acme/film")
            field.fill("acme/films")
            field.press("Enter")
            expect(page.get_by_text("The first 6 rows.")).to_be_visible()
            expect(page.get_by_role("spinbutton", name="How many")).to_have_value("1000")
            choose(page, "Split", "test")
            expect(page.get_by_text("split 'test' of acme/films")).to_be_visible()
            settled(page)
            asked = len(hub.requests)
            page.get_by_text("Settings", exact=True).click()
            page.get_by_text("Use results already known").click()
            settled(page)
            assert hub.requests[asked:] == []
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE["width"]
            run(page)
            finished(page)
            assert [metric(page, name) for name in ("Rows", "Failed")] == ["40", "0"]
            expect(page.get_by_text("asked for on the page")).to_be_visible()


def test_offline_the_hub_is_said_to_be_out_of_reach(visit: Callable[..., Page]) -> None:
    page = visit("batch")
    pick(page, "Hub dataset")
    expect(alerts(page)).to_contain_text("This app is offline")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    no_exception(page)


def test_a_separator_and_an_encoding_can_be_typed(visit: Callable[..., Page]) -> None:
    page = visit("batch")
    pick(page, "Upload a table")
    upload(page, ("a.csv", "id^näme\n1^Die Suppe war heiß.\n".encode("mac_roman")))
    page.get_by_text("How the file is read").click()
    for label, typed in (("Separated by", "^"), ("Encoding", "mac_roman")):
        box = page.get_by_role("combobox", name=label)
        box.fill(typed)
        box.press("Enter")
        settled(page)
    expect(page.get_by_text("separated by '^'")).to_be_visible()
    expect(page.get_by_role("combobox", name="Column to read")).to_have_value("näme")
    no_exception(page)


def test_a_run_like_another_one(visit: Callable[..., Page], server: Server) -> None:
    page = visit("batch")
    pick(page, "Upload a table")
    rows = "".join(f"{n};A dull film, part {n}.\n" for n in range(30))
    upload(page, ("films.csv", f"id;text\n{rows}".encode()))
    pick(page, "First")
    page.get_by_role("spinbutton", name="How many").fill("12")
    page.get_by_role("spinbutton", name="How many").press("Enter")
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    settled(page)
    first = run(page)
    finished(page)
    page = visit(f"batch?like={first}")
    expect(alerts(page)).to_contain_text(first)
    expect(page.get_by_role("spinbutton", name="How many")).to_have_value("12")
    second = run(page)
    assert second != first
    assert "like=" not in page.url
    finished(page)
    assert metric(page, "Rows") == "12"
    spec = Run(server.home / "runs" / second).manifest().dataset
    assert Path(spec.path).is_relative_to(server.home / "runs" / second)
    page = visit(f"report?run={second}&section=Compare")
    page.get_by_role("combobox", name="Compare with up to 3 other runs").click()
    page.get_by_role("option", name=re.compile(first)).click()
    expect(page.get_by_text("Cohen's kappa")).to_be_visible()
    no_exception(page)
