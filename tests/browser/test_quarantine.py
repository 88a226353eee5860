"""Failed rows in a real browser: mended in the table, tried again, and taken away."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, Position, expect

from tests.browser.conftest import alerts, no_exception, pick, settled
from tests.browser.test_batch import RUN_MS, download, metric, run, upload

HEADER_PX, ROW_PX, LEFT_OF_TEXT_PX, LEFT_OF_SKIP_PX = 36, 35, 200, 139
TRIES = 10
TEXT_COLUMN = 2  # of those shown: the row's number, Skip, the text
BAD = {2: "", 5: "   ", 8: "\u200b", 11: "one,cell too many"}
MENDED = {2: "A lovely film, mended by hand", 8: "Dull, and mended too"}


def films() -> bytes:
    texts = [
        BAD.get(n, f"The film number {n} was {'dull' if n % 2 else 'lovely'}.") for n in range(15)
    ]
    lines = ["id,review", *(f"{n:03d},{text}" for n, text in enumerate(texts))]
    return ("\n".join(lines) + "\n").encode()


def cell(page: Page, number: int, left: int) -> tuple[Locator, Position]:
    """A cell of the last table on the page, which is one drawing without elements inside."""
    table = page.get_by_test_id("stDataFrame").last
    expect(table.get_by_test_id("data-grid-canvas")).to_be_visible()
    table.scroll_into_view_if_needed()
    return table, {"x": left, "y": HEADER_PX + ROW_PX * number + ROW_PX // 2}


def click_cell(page: Page, number: int, left: int) -> None:
    table, position = cell(page, number, left)
    table.click(position=position)


def mend(page: Page, number: int, text: str) -> None:
    """Write another text over one, as in a spreadsheet, until it stands there.

    A table that has only just appeared doesn't hear the mouse yet, and nothing says when it does;
    one that is drawn anew while somebody types faster than any person may take nothing in.
    """
    table, position = cell(page, number, LEFT_OF_TEXT_PX)
    box = page.locator("#portal textarea")
    for left in reversed(range(TRIES)):
        table.dblclick(position=position)
        try:
            expect(box).to_be_visible(timeout=2000)
            box.fill(text)
            expect(box).to_have_value(text)
            box.press("Enter")
            expect(box).to_have_count(0)
            expect(table.get_by_test_id(f"glide-cell-{TEXT_COLUMN}-{number}")).to_have_text(
                text, timeout=5000
            )
        except AssertionError:
            if not left:
                raise
        else:
            return


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"))))


def test_failed_rows_are_mended_tried_again_and_taken_away(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit("batch")
    pick(page, "Upload a table")
    upload(page, ("films.csv", films()))
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    run_id = run(page)
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=RUN_MS)
    second = visit(f"batch?run={run_id}")
    expect(second.get_by_text("4 of 4 will be tried")).to_be_visible()
    before = table_of(download(page, "Download errors.csv", tmp_path / "errors.csv"))
    assert [row[0] for row in before] == ["id", "002", "005", "008", "011"]

    mend(page, 0, MENDED[2])
    expect(page.get_by_text("1 edited · 4 of 4 will be tried")).to_be_visible()
    mend(page, 2, MENDED[8])
    expect(page.get_by_text("2 edited · 4 of 4 will be tried")).to_be_visible()
    click_cell(page, 3, LEFT_OF_SKIP_PX)
    expect(page.get_by_text("2 edited · 1 skipped · 3 of 4 will be tried")).to_be_visible()
    again.click()
    expect(page.get_by_text("Trying the failed rows again")).to_be_visible()
    expect(second.get_by_text("Trying the failed rows again")).to_be_visible()
    for tab in (page, second):
        expect(alerts(tab)).to_contain_text(
            "3 rows were tried again; 1 of them failed.", timeout=RUN_MS
        )
        no_exception(tab)
    assert [metric(page, label) for label in ("Rows", "Predicted", "Failed")] == ["15", "13", "2"]
    expect(page.get_by_text("1 skipped · 1 of 2 will be tried")).to_be_visible()
    expect(second.get_by_text("2 of 2 will be tried")).to_be_visible()

    left = table_of(download(page, "Download errors.csv", tmp_path / "errors.csv"))
    assert [row[0] for row in left] == ["id", "005", "011"]
    header, *rows = table_of(download(page, "Download CSV", tmp_path / "all.csv"))
    assert [row[0] for row in rows] == [f"{n:03d}" for n in range(15)]
    label, error = header.index("predicted_label"), header.index("error")
    for n, row in enumerate(rows):
        assert bool(row[label]) == (n not in {5, 11})
        assert bool(row[error]) == (n in {5, 11})
        assert row[1] == MENDED.get(n, BAD.get(n, row[1]).partition(",")[0])
    assert rows[2][label] == "POSITIVE"


def test_a_run_is_chosen_named_and_opened(visit: Callable[..., Page]) -> None:
    for name in ("first.csv", "second.csv"):
        page = visit("batch")
        pick(page, "Upload a table")
        upload(page, (name, b"id,review\n1,A lovely film.\n"))
        expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
        run(page)
        expect(page.get_by_role("link", name="Download CSV")).to_be_visible(timeout=RUN_MS)
    page = visit("runs")
    expect(page.get_by_role("heading", name="Analyst on second.csv")).to_be_visible()
    click_cell(page, 1, 16)
    expect(page.get_by_role("heading", name="Analyst on first.csv")).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("My **first** films")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("heading", name="My **first** films")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_count(0)
    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("second.csv")
    search.press("Enter")
    expect(page.get_by_role("heading", name="Analyst on second.csv")).to_be_visible()
    search.fill("FILMS **first**")
    search.press("Enter")
    expect(page.get_by_role("heading", name="My **first** films")).to_be_visible()
    settled(page).reload()
    expect(search).to_have_value("FILMS **first**")
    expect(page.get_by_role("heading", name="My **first** films")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Open the run").click()
    expect(page.get_by_role("heading", name="My **first** films")).to_be_visible()
    expect(page.get_by_text("Analyst on first.csv · Started today at")).to_be_visible()
    no_exception(page)
