"""Two servers at once on one home: both see all the runs, and no row gets lost between them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, alerts, golems, pick, serve
from tests.browser.test_batch import RUN_MS, download, finished, metric, run, upload

ROWS = 1500
SHARED = 300  # texts that both files have
STORY = "and somebody walks along the river, talks about the weather, and waits " * 3


def texts(name: str) -> list[str]:
    """Texts of one file; the first ones are in the other file too."""
    return [
        f"{'film' if n < SHARED else name} {n} was {'dull' if n % 3 else 'lovely'} {STORY}".strip()
        for n in range(ROWS)
    ]


def start(visit: Callable[..., Page], server: Server, name: str) -> tuple[Page, str]:
    page = visit("batch", server.url)
    pick(page, "Upload a table")
    upload(page, (f"{name}.csv", "\n".join(["review", *texts(name)]).encode()))
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    return page, run(page)


def test_both_run_stop_and_resume_what_the_other_has_begun(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serve(home) as one, serve(home) as other:
        pages, ids = zip(
            *(start(visit, server, name) for server, name in ((one, "plays"), (other, "books"))),
            strict=True,
        )
        # Each is stopped and resumed by the server that didn't begin it.
        for server, run_id, page in zip((other, one), ids, pages, strict=True):
            there = visit(f"batch?run={run_id}", server.url)
            expect(there.get_by_text("Its address finds the run again.")).to_be_visible()
            there.get_by_role("button", name="Stop").click()
            expect(alerts(there)).to_contain_text("Stopped", timeout=RUN_MS)
            expect(alerts(page)).to_contain_text("Stopped", timeout=RUN_MS)
            there.get_by_role("button", name="Resume").click()
        for page, run_id, name in zip(pages, ids, ("plays", "books"), strict=True):
            page.reload()  # it had come to its end
            finished(page)
            expect(page.get_by_text("Its address finds the run again.")).to_have_count(0)
            assert metric(page, "Rows") == metric(page, "Predicted") == f"{ROWS:,}"
            target = tmp_path / f"{name}.csv"
            rows = list(
                csv.DictReader(io.StringIO(download(page, "Download CSV", target).decode("utf-8")))
            )
            assert [row["review"] for row in rows] == texts(name)
            assert all(row["predicted_label"] for row in rows)
            told = golems(other, "report", run_id, "--csv", str(tmp_path / "cli.csv"))
            assert told.returncode == 0, told.stderr
            assert target.read_bytes() == (tmp_path / "cli.csv").read_bytes()
