"""What a person waits for: one prediction in the library, the first paint of Home, each switch of
pages, the first prediction after a start (with the golem loaded ahead, and without), a run of 50
rows from the click on Run to the report (with a worker that is there, and without), and the report
of a big run. In a real Chromium, by its own clock: a paint counts from the start of the navigation
in a fresh browser context on a server whose health endpoint has just answered, a switch from the
click until the page's own heading is to be seen. Every round has servers of its own.
``python -m benchmarks.waits --rows N --rounds M`` for another run than 1,000,000 rows, and for more
rounds than 5. Needs Playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.browser import (
    PATIENCE_MS,
    Times,
    acted,
    at_rest,
    chromium,
    print_times,
    seen,
    serve,
    visit,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROWS, ROUNDS = 1_000_000, 5
KEY_MS = 50  # between two keys; a text of 60 characters is typed in 3 seconds
TEXT = "It took a while to get going, but the end was rather lovely."
PAGES = ("Analyst", "Visionary", "Storyteller", "Batch", "Runs", "Pantheon")
HEADINGS = {"Pantheon": "Pantheon of Golems"}
GOALS_MS = {
    "one prediction in the library": 15,
    "Home, first paint": 1500,
    "report, first open": 1000,
    "50 rows, worker is there": 3000,
    **{f"switch to {name}{again}": 500 for name in PAGES for again in ("", ", again")},
}
GO = """name => {
    const links = [...document.querySelectorAll("[data-testid=stSidebarNavLink]")];
    const start = performance.now();
    links.find(one => one.innerText.includes(name)).click();
    return start;
}"""
WATCH_KEYS = """() => {
    window.slowest = 0;
    new PerformanceObserver(list => {
        const longest = Math.max(...list.getEntries().map(one => one.duration));
        window.slowest = Math.max(window.slowest, longest);
    }).observe({type: "event", durationThreshold: 16});
}"""
REPORT = [
    ["[data-testid=stMetric]", 3, ""],
    [".js-plotly-plot", 2, ""],
    ["[data-testid=stDataFrame] canvas", 1, ""],
]


def main(rows: int = ROWS, rounds: int = ROUNDS) -> None:
    times: Times = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        predict_one(home, times)
        run_id = write_run(home, Path(folder), rows)
        with chromium() as browser:
            for _ in range(rounds):
                look_around(browser, home, run_id, times)
                run_small(browser, home, times)
                for ahead in (True, False):
                    predict_first(browser, home, times, ahead=ahead)
    print(f"{os.cpu_count()} cores; a run of {rows:,} rows; {rounds} rounds")
    print_times(times, GOALS_MS)


def predict_one(home: Path, times: Times) -> None:
    """One review at a time through the embedded Analyst; also assembles it for the app."""
    os.environ["PANTHEON_HOME"] = str(home)
    from golems.registry import card_named, choose_checkpoint
    from golems.settings import settings
    from golems.shelf import Shelf
    from ui.inputs import DATA

    settings.cache_clear()
    with (DATA / "reviews.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    card = card_named("analyst")
    with Shelf().lend(card, choose_checkpoint(card), device="cpu") as golem:
        golem.predict(texts[:20])
        for text in texts[:200]:
            start = time.perf_counter()
            golem.predict([text])
            times["one prediction in the library"].append((time.perf_counter() - start) * 1000)


def write_run(home: Path, folder: Path, rows: int) -> str:
    """A finished run by a model that costs nothing.

    Returns:
        Its id.
    """
    import torch
    from safetensors.torch import save_file

    from benchmarks import engine
    from golems.datasets import open_dataset
    from golems.registry import card_named, choose_checkpoint
    from golems.runs import create_run
    from golems.runs.engine import execute

    data, model = folder / "texts.csv", folder / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "distilbert"}')
    save_file({"none": torch.zeros(1)}, model / "model.safetensors")
    engine.write_texts(data, rows, chars=100)
    with engine.planted(home):
        card = card_named(str(model), engine.TASK_NAME)
        run = create_run(
            card, choose_checkpoint(card), open_dataset(data, task_kind="text", column="text"),
            device="cpu", precision="fp32", ledger=False,
        )  # fmt: skip
        execute(run, lambda _: None)
        return run.id


def look_around(browser: Browser, home: Path, run_id: str, times: Times) -> None:
    """Home on a server that has just started, every page twice, and the report."""
    with serve(home) as (url, started_ms), visit(browser, f"{url}/") as page:
        times["server, start until healthy"].append(started_ms)
        cards = [["h1", 1, HEADINGS["Pantheon"]], ["[data-testid=stMain] h3", 3, ""]]
        times["Home, first paint"].append(seen(page, cards))
        at_rest(page)
        for again in ("", ", again"):
            for name in PAGES:
                start = page.evaluate(GO, name)
                heading = [["h1", 1, HEADINGS.get(name, name)]]
                times[f"switch to {name}{again}"].append(seen(page, heading) - start)
                at_rest(page)
        for again in ("first open", "opened again"):
            page.goto(f"{url}/batch?run={run_id}", wait_until="commit")
            times[f"report, {again}"].append(seen(page, REPORT))
            at_rest(page)


def predict_first(browser: Browser, home: Path, times: Times, *, ahead: bool) -> None:
    """From a person's click, after typing for some seconds, until the result is to be seen."""
    how = "loaded ahead" if ahead else "not ahead"
    with (
        serve(home, PANTHEON_WARM_UP=str(ahead)) as (url, _),
        visit(browser, f"{url}/analyst") as page,
    ):
        times[f"Analyst, first paint, {how}"].append(seen(page, [["h1", 1, "Analyst"]]))
        page.get_by_role("textbox", name="Text").click()
        page.evaluate(WATCH_KEYS)
        page.keyboard.type(TEXT, delay=KEY_MS)
        times[f"slowest key, {how}"].append(page.evaluate("window.slowest"))
        page.get_by_role("button", name="Read it").click()
        found = seen(page, [["h3", 1, "with a score of"]])
        times[f"first prediction, {how}"].append(found - acted(page))


def run_small(browser: Browser, home: Path, times: Times) -> None:
    """From a click on Run until the finished report is to be seen, no row ever seen before."""
    from playwright.sync_api import expect

    with serve(home) as (url, _), visit(browser, f"{url}/batch") as page:
        for how in ("no worker yet", *["worker is there"] * 3):
            at_rest(page)
            page.get_by_test_id("stButtonGroup").get_by_text("Upload a table", exact=True).click()
            at_rest(page)
            rows = [f"{TEXT} {time.time_ns()} {n}" for n in range(50)]
            table = "\n".join(["text", *rows]).encode()
            page.get_by_test_id("stFileUploader").locator("input").set_input_files(
                {"name": "texts.csv", "mimeType": "text/csv", "buffer": table}
            )
            run = page.get_by_role("button", name="Run", exact=True)
            expect(run).to_be_enabled(timeout=PATIENCE_MS)
            at_rest(page)
            run.click()
            end = seen(page, [["[data-testid=stDownloadButton]", 1, "Download CSV"]])
            times[f"50 rows, {how}"].append(end - acted(page))
            page.get_by_role("button", name="New run").click()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waits", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    main(given.rows, given.rounds)
