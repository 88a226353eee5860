"""A run outlives its tab and its server; stopped, resumed and mended, it gives every row back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import alerts, no_exception, pick, serve
from tests.browser.test_batch import RUN_MS, download, metric, run, upload
from tests.browser.test_quarantine import mend, table_of

ROWS = 4000  # long enough to outlive a server that starts
BAD = {3: "", 900: "  ", 3000: "\u200b"}
MENDED = {3: "A lovely film, mended by hand.", 900: "Dull, and mended too."}
STORY = "and in this part somebody walks along the river, talks about the weather, and waits " * 3


def films() -> bytes:
    texts = (
        BAD.get(n, f"Film {n} was {'dull' if n % 2 else 'lovely'} {STORY}") for n in range(ROWS)
    )
    lines = ["id;review", *(f"{n:04d};{text}" for n, text in enumerate(texts))]
    return ("\n".join(lines) + "\n").encode()


def live(page: Page) -> None:
    expect(page.get_by_text("rows a second")).to_be_visible(timeout=RUN_MS)
    no_exception(page)


def test_rows_out_are_rows_in_whatever_comes_between(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serve(home) as first:
        page = visit("batch", first.url)
        pick(page, "Upload a table")
        upload(page, ("films.csv", films()))
        expect(page.get_by_text("The first 6 rows.")).to_be_visible()
        run_id = run(page)
        live(page)
        page.close()
        page = visit(f"batch?run={run_id}", first.url)
        live(page)
        page.close()
    with serve(home) as second:
        runs = visit("runs", second.url)
        expect(runs.get_by_role("heading", name="Analyst on films.csv")).to_be_visible()
        page = visit(f"batch?run={run_id}", second.url)
        live(page)
        page.get_by_role("button", name="Stop").click()
        expect(alerts(page)).to_contain_text("Stopped", timeout=RUN_MS)
        page.get_by_role("button", name="Resume").click()
        again = page.get_by_role("button", name="Try again")
        expect(again).to_be_visible(timeout=RUN_MS)
        expect(page.get_by_text("3 of 3 will be tried")).to_be_visible(timeout=RUN_MS)
        for place, text in enumerate(MENDED.values()):
            mend(page, place, text)
        expect(page.get_by_text("2 edited · 3 of 3 will be tried")).to_be_visible()
        again.click()
        expect(alerts(page)).to_contain_text(
            "3 rows were tried again; 1 of them failed.", timeout=RUN_MS
        )
        counts = [metric(page, label) for label in ("Rows", "Predicted", "Failed")]
        assert counts == ["4,000", "3,999", "1"]
        header, *rows = table_of(download(page, "Download CSV", tmp_path / "all.csv"))
        no_exception(page)
        runs.close()
        page.close()
    assert [row[0] for row in rows] == [f"{n:04d}" for n in range(ROWS)]
    label, error = header.index("predicted_label"), header.index("error")
    assert [n for n, row in enumerate(rows) if not row[label]] == [3000]
    assert [n for n, row in enumerate(rows) if row[error]] == [3000]
    assert [rows[n][1] for n in MENDED] == list(MENDED.values())
