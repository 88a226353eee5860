"""The Storyteller's page: text that grows, stops, comes again, and can be taken away."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import alerts, no_exception, pick, settled
from tests.browser.test_batch import run, upload

PROMPT = "The old bridge"
# A story is slow on a busy machine, and the first one waits for the checkpoint to be made.
STORY_MS = 300_000


def begin(page: Page, prompt: str = PROMPT, *, tokens: int = 20, copies: int = 1) -> None:
    page.get_by_label("Beginning").fill(prompt)
    page.get_by_text("How it writes").click()
    slide(page, "New tokens", tokens, first=1)
    slide(page, "Continuations side by side", copies, first=1)
    page.get_by_role("button", name="Go on").click()


def slide(page: Page, name: str, value: int, *, first: int) -> None:
    """Move a slider as the keyboard does: to its start, then step by step."""
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(value - first):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_value(str(value))


def finished(page: Page, state: str = "done") -> list[str]:
    """Wait for the end of the story; the texts."""
    expect(page.get_by_text(f"· {state}")).to_be_visible(timeout=STORY_MS)
    no_exception(page)
    return page.get_by_test_id("stText").all_inner_texts()


def test_the_text_grows_and_stop_keeps_it(visit: Callable[..., Page]) -> None:
    page = visit("storyteller")
    page.get_by_label("Beginning").fill(PROMPT)
    page.get_by_text("How it writes").click()
    page.get_by_role("slider", name="New tokens").focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Go on").click()

    text = page.get_by_test_id("stText")
    expect(text).to_contain_text(PROMPT, timeout=STORY_MS)
    seen = text.inner_text()
    page.wait_for_function(
        "seen => document.querySelector('[data-testid=stText]')?.innerText.length > seen + 10",
        arg=len(seen),
    )
    start = time.monotonic()
    page.get_by_role("button", name="Stop").click()
    kept = finished(page, "stopped")[0]
    took_s = time.monotonic() - start
    assert took_s < 10, f"Stop took {took_s:.1f} s"
    assert kept.startswith(PROMPT)
    assert len(kept) > len(seen)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("button", name="Go on")).to_be_enabled()


def test_one_seed_gives_one_text_and_two_continuations_stand_side_by_side(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit("storyteller")
    begin(page, copies=2)
    left, right = finished(page)
    assert left != right
    assert left.startswith(PROMPT)
    assert right.startswith(PROMPT)
    boxes = [page.get_by_test_id("stText").nth(n).bounding_box() for n in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    expect(page.get_by_text("Seed 1", exact=True)).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download as text").click()
    download.value.save_as(tmp_path / "story.txt")
    assert (tmp_path / "story.txt").read_text("utf-8") == f"{left}\n\n---\n\n{right}"

    again = visit("storyteller")
    begin(again)
    assert finished(again) == [left]


def test_a_blank_prompt_is_an_error_in_words(visit: Callable[..., Page]) -> None:
    page = visit("storyteller")
    page.get_by_role("button", name="Go on").click()
    expect(alerts(page).first).to_contain_text("empty", timeout=STORY_MS)
    no_exception(page)


def test_a_run_counts_the_words_it_writes_and_stops_in_the_middle_of_them(
    visit: Callable[..., Page],
) -> None:
    table = "text\n" + "".join(f"{PROMPT} number {n}\n" for n in range(200))
    page = visit("batch")
    pick(page, "Storyteller")
    pick(page, "Upload a table")
    upload(page, ("beginnings.csv", table.encode()))
    expect(page.get_by_text("The first 6 rows.")).to_be_visible()
    settled(page)
    run(page)
    expect(page.get_by_text("tokens written")).to_be_visible(timeout=STORY_MS)
    page.get_by_role("button", name="Stop").click()
    expect(alerts(page)).to_contain_text("Stopped", timeout=STORY_MS)
    no_exception(page)
