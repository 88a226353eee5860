"""The report of a big run, as a person waits for it: the first paint on a server that has just
started; then, after five seconds of looking at it, each section until what it is about is to be
seen, and until all of it is there; another run over the same rows, once it is chosen; clicks on a
bar, for the rows of a slice and among the rows; and how much the server's memory grows by all of
it. Beside it the first paint of a page of Streamlit alone with such figures and charts, and no
data. In a real Chromium, by its own clock; every round has a server of its own for each.
``python -m benchmarks.reports --rows N --rounds M`` for another run than 1,000,000 rows, and for
more rounds than 5. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.browser import Times, acted, at_rest, chromium, print_times, seen, serve, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROWS, ROUNDS = 1_000_000, 5
PAINT_MS, CLICK_MS, MEMORY_MB = 2000, 700, 300
MEMORY = "memory of the server in MB"
PAINTS = ("overview, its figures", "overview, with its charts")
BARE = ("Streamlit alone, figures", "Streamlit alone, charts")
READ_S = 5.0  # that a person looks at the overview
RUNNING = "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState == 'running'"
FIGURES, CHARTS = [["[data-testid=stMetric]", 3, ""]], [[".js-plotly-plot", 2, ""]]
# What each section is about, and no other one shows.
SECTIONS: dict[str, list[list[object]]] = {
    "Rows": [["[class*=st-key-report-rows-table] canvas", 1, ""]],
    "Against the truth": [
        ["[data-testid=stMetric]", 1, "Accuracy"],
        ["[class*=st-key-report-truth-matrix] .js-plotly-plot", 1, ""],
    ],
    "Slices": [["[class*=st-key-report-slices][class*=-chart] .js-plotly-plot", 1, ""]],
    "Threshold": [["[class*=st-key-report-threshold-chart] .js-plotly-plot", 1, ""]],
    "Cut off": [["[data-testid=stMain] [data-testid=stMarkdown]", 1, "too long for the golem"]],
    "Compare": [["[data-testid=stMain] [data-testid=stMultiSelect]", 1, ""]],
    "Take away": [["a.take-away", 4, ""]],
}
AGREEMENT: list[list[object]] = [
    ["[class*=st-key-report-compare-agreement] .js-plotly-plot", 1, ""]
]
PARTS = {"Against the truth": ("Each label", "Scores", "Rows to look at")}


def main(rows: int = ROWS, rounds: int = ROUNDS) -> None:
    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PANTHEON_HOME"] = str(Path(folder, "home"))
        import numpy as np

        from benchmarks.report_run import predict_all, write_report_run
        from golems.reports.choices import Choices, choose

        run = write_report_run(Path(folder), rows)
        choose(run, Choices(truth="verdict"))
        reviews = next(Path(folder).glob("*.csv"))
        predict_all(reviews, rows, np.random.default_rng(2), "made-up/another")
        with chromium() as browser:
            for _ in range(rounds):
                look_around(browser, Path(folder, "home"), run.id, times)
                look_at_bare_page(browser, Path(folder, "home"), times)
    print(f"{os.cpu_count()} cores; a run of {rows:,} rows; {rounds} rounds")
    goals = {name: MEMORY_MB if name == MEMORY else CLICK_MS for name in times if name not in BARE}
    print_times(times, {**goals, **dict.fromkeys(PAINTS, PAINT_MS)})


def look_around(browser: Browser, home: Path, run_id: str, times: Times) -> None:
    """Every section by its name, then clicks among the rows."""
    with serve(home) as (url, _):
        before = server_mb(url)
        with visit(browser, f"{url}/report?run={run_id}") as page:
            for what, wanted in zip(PAINTS, (FIGURES, [*FIGURES, *CHARTS]), strict=True):
                times[what].append(seen(page, wanted))
            at_rest(page)
            time.sleep(READ_S)
            for name, wanted in SECTIONS.items():
                timed(page, times, f"section {name}", partial(pick, page, name), wanted)
                if name == "Compare":
                    timed(page, times, "Compare: with a run", partial(compare, page), AGREEMENT)
                if name == "Slices":
                    show = page.get_by_role("button", name="Show these rows").first.click
                    timed(page, times, "Slices: its rows", show, SECTIONS["Rows"])
                for part in PARTS.get(name, ()):
                    timed(page, times, f"{name}: {part}", page.get_by_role("tab", name=part).click)
            timed(page, times, "section Rows again", partial(pick, page, "Rows"), SECTIONS["Rows"])
            pick(page, "Overview")
            seen(page, CHARTS)
            at_rest(page)
            timed(page, times, "Overview: a bar", partial(click_bar, page), SECTIONS["Rows"])
            everything = page.get_by_role("button", name="Show all rows")
            everything.click()
            everything.wait_for(state="detached")
            at_rest(page)
            for what, act in clicks(page).items():
                timed(page, times, what, act)
        times[MEMORY].append(server_mb(url) - before)


def look_at_bare_page(browser: Browser, home: Path, times: Times) -> None:
    """The first paint that no page of Streamlit with such charts undercuts."""
    with serve(home, "benchmarks/bare_page.py") as (url, _), visit(browser, url) as page:
        for what, wanted in zip(BARE, (FIGURES, [*FIGURES, *CHARTS]), strict=True):
            times[what].append(seen(page, wanted))


def clicks(page: Page) -> dict[str, Callable[[], None]]:
    """What people do among the rows."""

    def search() -> None:
        page.get_by_role("textbox", name="Search").fill("lovely honest")
        page.keyboard.press("Enter")

    def turn() -> None:
        page.get_by_test_id("stNumberInputStepUp").first.click()

    return {
        "rows: wrong ones": lambda: pick(page, "Wrong"),
        "rows: the next page": turn,
        "rows: all": lambda: pick(page, "All"),
        "rows: search": search,
        "rows: open one": lambda: page.get_by_role("button", name="Open the row").click(),
        "rows: back": lambda: page.get_by_role("button", name="Back to the rows").click(),
    }


def compare(page: Page) -> None:
    """Choose the other run over the same rows."""
    page.get_by_test_id("stMain").get_by_test_id("stMultiSelect").locator("input").click()
    page.get_by_role("option").first.click()


def click_bar(page: Page) -> None:
    """Click the first label's bar, once the chart says what is under the mouse."""
    chart = page.locator("[class*=st-key-report-overview-0]")
    box = chart.locator(".bars .point path").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chart.locator(".hoverlayer .hovertext").wait_for()
    page.mouse.down()
    page.mouse.up()


def pick(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def timed(
    page: Page,
    times: Times,
    what: str,
    act: Callable[[], None],
    wanted: list[list[object]] | None = None,
) -> None:
    """From a click until what is wanted is to be seen, and until the page is at rest again."""
    from playwright.sync_api import TimeoutError as TookLonger

    act()
    if wanted is not None:
        times[what].append(seen(page, wanted) - acted(page))
    else:
        with suppress(TookLonger):  # it may have begun and ended between two looks
            page.wait_for_function(RUNNING, timeout=300, polling=5)
    end = at_rest(page)
    times[what if wanted is None else f"{what}, all of it"].append(end - acted(page))
    time.sleep(0.3)  # for whatever the browser does after a paint


def server_mb(url: str) -> float:
    """Resident memory of the server behind an address."""
    import psutil

    port = int(url.rsplit(":", 1)[1])
    for process in psutil.Process().children(recursive=True):
        if any(one.laddr.port == port for one in process.net_connections("inet")):
            return float(process.memory_info().rss / 1e6)
    sys.exit("The server is gone.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    main(given.rows, given.rounds)
