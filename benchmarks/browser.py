"""A real Chromium, and the app on a server of its own, for benchmarks of what people wait for."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 60_000
START_S = 60.0
SWITCHES = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    # While somebody watches it as we do, V8 reads scripts again for each error that they catch
    # themselves, as Plotly's do: a second that nobody else waits for.
    "--js-flags=--no-enable-lazy-source-positions",
]
OPEN_S = 2.0  # a window without a page is busy with itself for so long
# When the last click or key came, by the browser's clock.
ACTS = """for (const kind of ["click", "keydown"])
    addEventListener(kind, one => { window.actedAt = one.timeStamp }, true)"""
# The browser's clock once all that is wanted is to be seen; False before.
SEEN = """wanted => {
    const seen = selector => [...document.querySelectorAll(selector)].filter(
        one => one.checkVisibility({opacityProperty: true, visibilityProperty: true}));
    const has = ([selector, count, text]) => seen(selector).filter(
        one => !text || one.innerText.includes(text)).length >= count;
    return wanted.every(has) && performance.now();
}"""
Times = defaultdict[str, list[float]]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium or Chrome without a window."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if path is None:
        sys.exit("No Chromium or Chrome is installed here.")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*SWITCHES, *root])
        yield browser
        browser.close()


@contextmanager
def serve(home: Path, script: str = "Home.py", **more: str) -> Iterator[tuple[str, float]]:
    """The app on a free port: its address, and milliseconds until it was healthy.

    Args:
        script: Another one to serve in the app's place.
        more: Further variables of its environment.
    """
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PANTHEON_", "STREAMLIT"))}
    url, start = f"http://localhost:{port}", time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**kept, "PANTHEON_HOME": str(home), "HF_HUB_OFFLINE": "1", **more},
    )  # fmt: skip
    try:
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()  # noqa: S310
                break
            if process.poll() is not None or time.perf_counter() - start > START_S:
                sys.exit("The app didn't start.")
            time.sleep(0.01)
        yield url, (time.perf_counter() - start) * 1000
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Page]:
    """A page of a browser context that knows nothing yet, at an address."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.add_init_script(ACTS)
    time.sleep(OPEN_S)
    page.goto(url, wait_until="commit")
    yield page
    context.close()


def seen(page: Page, wanted: list[list[Any]]) -> float:
    """The browser's clock in ms, from the navigation on, once elements are to be seen.

    Args:
        wanted: Selector, how many of them at least, and a text that each holds.
    """
    return float(page.wait_for_function(SEEN, arg=wanted, polling="raf").json_value())


def acted(page: Page) -> float:
    """The browser's clock in ms when the last click or key came."""
    return float(page.evaluate("actedAt"))


def at_rest(page: Page) -> float:
    """The browser's clock in ms once the script has ended; looked for with every frame."""
    rest = "[data-testid=stApp][data-test-script-state=notRunning]"
    return seen(page, [[rest, 1, ""]])


def print_times(times: Times, goals: Mapping[str, float]) -> None:
    """A row a wait: median, smallest and largest in ms, and the goal where there is one."""
    print(f"{'':<44}{'median':>10}{'least':>10}{'most':>10}{'goal':>10}")
    for name, found in times.items():
        goal, median = goals.get(name), statistics.median(found)
        unit = name.rpartition(" in ")[2] if name.endswith(" in MB") else "ms"
        said = f"{goal:>7} {unit} {'met' if median <= goal else 'missed'}" if goal else ""
        figures = "".join(f"{one:>7.0f} {unit}" for one in (median, min(found), max(found)))
        print(f"{name:<44}{figures}{said}")
