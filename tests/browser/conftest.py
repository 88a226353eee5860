"""The app in a real Chromium: one server and one browser for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests import tiny

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
# Long enough for a machine that is busy with something else; nothing waits longer than it must.
PATIENCE_MS = 60_000
START_S = 120.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(600))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("No Chromium or Chrome is installed here."))


@dataclass
class Server:
    """A running app.

    Attributes:
        seen: Bytes of the log that a test has already answered for.
        more: Variables of its environment that no other server has.
    """

    url: str
    home: Path
    log: Path
    seen: int = 0
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the app runs in; a command line in it shares the home and so the checkpoints."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PANTHEON_", "STREAMLIT"))}
        said = {"PANTHEON_HOME": str(self.home), "PANTHEON_WARM_S": "0", "HF_HUB_OFFLINE": "1"}
        return {**kept, **said, **self.more}

    def new_log(self) -> str:
        text = self.log.read_bytes()[self.seen :]
        self.seen += len(text)
        return text.decode("utf-8", "replace")


@dataclass(frozen=True)
class Runs:
    """Ids of runs on the shared server.

    Attributes:
        reviews, rival: Two checkpoints over the same labelled texts.
        prompts, photos: A run that wrote texts, and one over pictures.
    """

    reviews: str
    rival: str
    prompts: str
    photos: str


@contextmanager
def serve(home: Path, **more: str) -> Iterator[Server]:
    """Run the app as a person does, on a free port, until the block ends.

    Args:
        more: Further variables of its environment.
    """
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    server = Server(
        f"http://localhost:{port}", home, home.parent / f"{home.name}-server.log", more=more
    )
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "Home.py", f"--server.port={port}"],
            cwd=PROJECT, env=server.environment(), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_until_healthy(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(30)
    assert "Traceback" not in server.log.read_text("utf-8", "replace")


def wait_until_healthy(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Ask again and again: a process that listens has no event to wait for."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
            return
        threading.Event().wait(0.05)
    pytest.fail(f"The app didn't start:\n{server.log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app that all tests share, so that each golem is loaded once."""
    with serve(tmp_path_factory.mktemp("browser") / "home") as server:
        yield server


@pytest.fixture(scope="session")
def runs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs with something in each section of their reports."""
    folder = tmp_path_factory.mktemp("checkpoints")
    text = ["--task", "text-classification"]
    words = ["--task", "text-generation", "--max-new-tokens", "6", "--limit", "6"]
    reviews = [str(PROJECT / "data" / "reviews.csv"), "--column", "text", "--limit", "120"]
    rival = tiny.distilbert(folder / "rival", labels=["NEGATIVE", "POSITIVE"])
    writer = tiny.gpt2(folder / "writer")

    def run(*words: str) -> str:
        done = golems(server, "run", *words)
        # A prompt is too long for the small writer: there is a failed row too.
        assert done.returncode in (0, 1), done.stderr
        return Path(done.stdout.split()[-1]).name

    return Runs(
        run("analyst", *reviews),
        run(str(rival), *reviews, *text),
        run(str(writer), str(PROJECT / "data" / "prompts.csv"), *words),
        run("visionary", str(PROJECT / "data" / "photos")),
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES, *root])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open an address of the app in a window of its own: ``visit("analyst", color_scheme="dark")``.

    At the end nothing may have gone wrong behind the screen.
    """
    faults: list[str] = []
    contexts = []

    def open_it(path: str = "", base: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"accept_downloads": True, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("console", lambda message: note_console(faults, message))
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: note_dialog(faults, dialog))
        page.goto(f"{base or server.url}/{path}")
        settled(page)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert faults == []
    assert "Traceback" not in server.new_log()


def note_dialog(faults: list[str], dialog: Dialog) -> None:
    faults.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def note_console(faults: list[str], message: ConsoleMessage) -> None:
    # A server that a test has stopped is looked for until it is back.
    stopped = "ERR_CONNECTION_REFUSED" in message.text
    if message.type == "error" and not (stopped and "/_stcore/" in message.location.get("url", "")):
        faults.append(f"console: {message.text} ({message.location})")


def settled(page: Page) -> Page:
    """Wait until the page has been drawn once and is at rest."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    return page


def at_rest(page: Page) -> Page:
    """Wait until everything is there: the sidebar is drawn last, and what is new fades in."""
    settled(page)
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Your data stays here.")
    for waiting in ("stSpinner", "stSkeleton"):
        expect(page.get_by_test_id(waiting)).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    page.wait_for_function(
        "document.getAnimations().every(one => one.playState !== 'running')"
        " && [...document.querySelectorAll('[data-testid^=stBidiComponent]')]"
        ".every(one => one.querySelector('.main-svg') || one.closest('.st-key-widgets-ahead'))"
    )
    return page


def alerts(page: Page) -> Any:
    """The banners in words; an exception's own box is another element."""
    return page.get_by_test_id("stAlert")


def pick(page: Page, name: str) -> None:
    """Click one of a row of choices."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def click_point(page: Page, chart: str, point: Locator) -> None:
    """Click a point of a chart, once it is under the mouse and says so."""
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(f"[class*={chart}] .hoverlayer .hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()


def no_exception(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)


def golems(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    """``python -m golems`` beside the app, in the same home."""
    return subprocess.run(
        [sys.executable, "-m", "golems", *words],
        cwd=PROJECT, env=server.environment(), capture_output=True, text=True, timeout=500,
        check=False,
    )  # fmt: skip
