"""The Batch page: from a file to the report and the download, across reloads and tabs."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from golems.datasets import open_dataset
from golems.registry import card_named
from golems.runs import create_run
from golems.runs.engine import execute
from tests import tiny
from tests.browser.conftest import PROJECT, Server, golems, no_exception, pick

PHOTOS = PROJECT / "data" / "photos"
RUN_MS = 300_000
HOSTILE = "<img src=x onerror=alert(1)>"


def reviews(rows: int) -> bytes:
    """A table as spreadsheets in much of Europe save it, with rows that can't be read."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["no", "<b>review</b>", "=1+1"])
    for number in range(rows):
        text = ["A lovely, warm film; I cried", "Dull and far too long", f"{HOSTILE} **so** bad"]
        writer.writerow([f"{number:03d}", f"{text[number % 3]}, part {number}.", HOSTILE])
    writer.writerows([["", "", "empty"], ["900", "  ", "blank"], ["901", "\u200b", "invisible"]])
    return out.getvalue().encode("utf-8-sig")


def upload(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files]
    )


def run(page: Page) -> str:
    """Press Run; the run's id, as the address tells it."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/batch?run=*")
    return parse_qs(urlsplit(page.url).query)["run"][0]


def finished(page: Page) -> None:
    expect(page.get_by_role("link", name="Download CSV")).to_be_visible(timeout=RUN_MS)
    no_exception(page)


def metric(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has_text=label)
    return found.get_by_test_id("stMetricValue").inner_text()


def download(page: Page, link: str, target: Path) -> bytes:
    """Follow a link to a file; the page stays where it is, and no other one is opened."""
    address = page.url
    with page.expect_download() as event:
        page.get_by_role("link", name=link).click()
    event.value.save_as(target)
    assert (page.url, len(page.context.pages)) == (address, 1)
    return target.read_bytes()


def nothing_became_html(page: Page) -> None:
    """Nothing out of the data is an element; a dialog would fail the test by itself."""
    assert page.locator("img[src=x], [onerror], .stApp script").count() == 0
    assert page.get_by_test_id("stMarkdown").locator("b").count() == 0


def test_a_table_goes_in_and_the_commands_very_bytes_come_out(
    visit: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    name = f"{HOSTILE} $a$ **b**.csv"
    page = visit("batch")
    pick(page, "Upload a table")
    expect(page.get_by_text("No data yet.")).to_be_visible()
    upload(page, (name, reviews(60)))
    column = page.get_by_role("combobox", name="Column to read")
    expect(column).to_have_value("<b>review</b>")
    column.click()
    page.get_by_role("option", name="no", exact=True).click()
    expect(column).to_have_value("no")
    column.click()
    page.get_by_role("option", name="<b>review</b>").click()
    expect(column).to_have_value("<b>review</b>")
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    nothing_became_html(page)

    run(page)
    expect(page.get_by_text("Its address finds the run again.")).to_be_visible()
    finished(page)
    assert [metric(page, label) for label in ("Rows", "Predicted", "Failed")] == ["63", "60", "3"]
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.locator(".js-plotly-plot").first).to_contain_text("NEGATIVE")
    expect(page.get_by_role("heading", name="Failed rows")).to_be_visible()
    expect(page.get_by_role("heading", name=f"Analyst on {name}")).to_be_visible()
    nothing_became_html(page)
    table = page.get_by_test_id("stDataFrame").filter(visible=True).first
    table.scroll_into_view_if_needed()
    heads = table.locator("canvas [role=columnheader]")
    expect(heads.first).to_have_text("<b>review</b>")
    read = ["<b>review</b>", "predicted_label", "predicted_score", "error"]
    assert heads.all_inner_texts()[: len(read)] == read
    got = download(page, "Download CSV", tmp_path / "browser.csv")
    parquet = download(page, "Download Parquet", tmp_path / "browser.parquet")
    assert parquet[:4] == parquet[-4:] == b"PAR1"
    lines = download(page, "Download JSON Lines", tmp_path / "browser.jsonl")
    assert lines.count(b"\n") == 63
    excel = openpyxl.load_workbook(
        io.BytesIO(download(page, "Download Excel", tmp_path / "a.xlsx"))
    )
    assert [cell.value for cell in excel["Results"][2]][1:3] == [
        "A lovely, warm film; I cried, part 0.", HOSTILE,
    ]  # fmt: skip

    (tmp_path / name).write_bytes(reviews(60))
    done = golems(server, "run", "analyst", str(tmp_path / name), "--out", str(tmp_path / "run"))
    assert done.returncode == 1, done.stderr
    done = golems(server, "report", str(tmp_path / "run"), "--csv", str(tmp_path / "cli.csv"))
    assert done.returncode == 0, done.stderr
    assert got == (tmp_path / "cli.csv").read_bytes()
    assert got.count(b"\n") == 64


def test_a_reload_and_a_second_tab_find_the_run_and_stop_ends_it(
    visit: Callable[..., Page],
) -> None:
    page = visit("batch")
    pick(page, "Upload a table")
    upload(page, ("many.csv", reviews(60_000)))
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    run_id = run(page)
    expect(page.get_by_text("rows a second")).to_be_visible(timeout=RUN_MS)
    page.reload()
    expect(page.get_by_text("rows a second")).to_be_visible()
    second = visit(f"batch?run={run_id}")
    expect(second.get_by_text("rows a second")).to_be_visible()
    second.get_by_role("button", name="Stop").click()
    for tab in (second, page):
        expect(tab.get_by_test_id("stAlert")).to_contain_text("Stopped", timeout=RUN_MS)
        no_exception(tab)
    page.get_by_role("button", name="New run").click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    assert "run=" not in page.url


def zipped() -> tuple[str, bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(PHOTOS / "cat.jpg", "inner/cat.jpg")
        archive.write(PHOTOS / "coffee.jpg", "coffee.jpg")
        archive.writestr("__MACOSX/._cat.jpg", b"x")
    return "photos.zip", out.getvalue()


def several() -> list[tuple[str, bytes]]:
    cat = (PHOTOS / "cat.jpg").read_bytes()
    return [("a.jpg", cat), (f"{HOSTILE}.jpg", cat), ("broken.jpg", b"no picture")]


@pytest.mark.parametrize("kind", ["several", "zip", "folder"])
def test_pictures_go_in(kind: str, visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("batch")
    pick(page, "Visionary")
    pick(page, "Upload a folder" if kind == "folder" else "Upload pictures")
    if kind == "folder":
        folder = tmp_path / "photos"
        (folder / "deep").mkdir(parents=True)
        for name, target in (("cat.jpg", "cat.jpg"), ("coins.jpg", "deep/coins.jpg")):
            (folder / target).write_bytes((PHOTOS / name).read_bytes())
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(folder)
    else:
        upload(page, *(several() if kind == "several" else [zipped()]))
    expect(page.get_by_test_id("stImage")).to_have_count(2)
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stImage] img')].every(one => one.naturalWidth)"
    )
    if kind == "several":
        expect(page.get_by_text("broken.jpg:")).to_be_visible()
    run(page)
    finished(page)
    wanted = ["3", "1"] if kind == "several" else ["2", "0"]
    assert [metric(page, label) for label in ("Rows", "Failed")] == wanted
    assert page.locator("img[src=x], [onerror]").count() == 0
    table = download(page, "Download CSV", tmp_path / "out.csv").decode()
    if kind == "folder":
        assert "deep/coins.jpg" in table


def test_a_table_that_cannot_be_read_is_an_error_in_words(visit: Callable[..., Page]) -> None:
    page = visit("batch")
    pick(page, "Upload a table")
    upload(page, ("broken.csv", bytes(range(256)) * 8))
    expect(page.get_by_test_id("stAlertContentError")).to_be_visible()
    no_exception(page)


@pytest.mark.parametrize("run_id", ["20260101-000000-nothing", f"../../{HOSTILE}"])
def test_an_address_of_no_run_is_an_error_in_words(run_id: str, visit: Callable[..., Page]) -> None:
    page = visit(f"batch?run={run_id}")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("run")
    assert page.locator("img[src=x]").count() == 0
    no_exception(page)


def test_hostile_labels_never_become_html(
    visit: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    labels = [f"{HOSTILE} **x** :red[y] $z$", "<script>alert(1)</script>"]
    card = card_named(str(tiny.bert(tmp_path / "bert", labels=labels)), "text-classification")
    (tmp_path / "a.csv").write_bytes(reviews(12))
    made = create_run(
        card, card.checkpoints[0], open_dataset(tmp_path / "a.csv", task_kind="text"),
        device="cpu", folder=server.home / "runs" / "20260101-000000-hostile",
    )  # fmt: skip
    execute(made)
    page = visit(f"batch?run={made.id}")
    finished(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.get_by_text(re.compile(r"is the most frequent of \d labels")).first).to_be_visible()
    nothing_became_html(page)
    assert page.locator(".js-plotly-plot").first.inner_html().count("<script") == 0
