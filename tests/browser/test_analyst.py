"""The Analyst's page: a text in, its scores out, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import alerts, no_exception

EXAMPLE = "A warm, funny, beautiful film."


def test_an_example_is_read(visit: Callable[..., Page]) -> None:
    page = visit("analyst")
    page.get_by_text(EXAMPLE).click()
    expect(page.get_by_label("Text", exact=True)).to_have_value(EXAMPLE)
    page.get_by_role("button", name="Read it").click()

    expect(page.get_by_role("heading", name="POSITIVE, with a score of 0.9")).to_be_visible()
    chart = page.locator(".js-plotly-plot")
    expect(chart).to_contain_text("POSITIVE")
    expect(chart).to_contain_text("NEGATIVE")
    expect(page.get_by_text("POSITIVE scores highest of 2 labels.").first).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    expect(page.get_by_text("embedded/analyst-minilm at ")).to_contain_text("tokens read")
    expect(page.get_by_text("embedded/analyst-minilm at ")).to_contain_text(" ms")
    no_exception(page)


def test_a_blank_text_is_an_error_in_words_and_the_way_out_works(
    visit: Callable[..., Page],
) -> None:
    page = visit("analyst")
    page.get_by_label("Text", exact=True).fill("   ")
    page.get_by_role("button", name="Read it").click()
    expect(alerts(page).first).to_contain_text("The text is blank")
    no_exception(page)
    page.get_by_label("Text", exact=True).fill("Dull, dull, dull: I left after an hour.")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="NEGATIVE")).to_be_visible()
    expect(alerts(page)).to_have_count(0)


def test_an_answer_stands_only_under_its_own_text_and_what_was_typed_last_is_kept(
    visit: Callable[..., Page],
) -> None:
    page = visit("analyst")
    text = page.get_by_label("Text", exact=True)
    text.fill("A wonderful, moving story.")
    page.get_by_role("button", name="Read it").click()
    answer = page.get_by_role("heading", name="POSITIVE")
    expect(answer).to_be_visible()
    text.fill("A dreadful, boring mess.")
    text.blur()
    expect(answer).to_have_count(0)
    menu = page.get_by_test_id("stSidebarNav")
    menu.get_by_role("link", name="Storyteller").click()
    expect(page.get_by_label("Beginning")).to_be_visible()
    menu.get_by_role("link", name="Analyst").click()
    expect(text).to_have_value("A dreadful, boring mess.")
    expect(answer).to_have_count(0)
    no_exception(page)


def test_the_keyboard_is_enough(visit: Callable[..., Page]) -> None:
    page = visit("analyst")
    text = page.get_by_label("Text", exact=True)
    text.focus()
    page.keyboard.type("A dreadful, boring waste of an evening.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="NEGATIVE")).to_be_visible()


def test_a_text_past_the_limit_shows_what_was_cut_off(visit: Callable[..., Page]) -> None:
    page = visit("analyst")
    page.get_by_label("Text", exact=True).fill("A good long read. " * 5000)
    page.get_by_role("button", name="Read it").click()
    expect(alerts(page).first).to_contain_text("were cut off; they are struck out below.")
    expect(page.locator("[data-testid=stHtml] s")).to_contain_text("read")


def test_two_people_use_the_analyst_at_the_same_time(visit: Callable[..., Page]) -> None:
    people = {"POSITIVE": visit("analyst"), "NEGATIVE": visit("analyst")}
    words = {"POSITIVE": "A wonderful, moving story", "NEGATIVE": "A terrible, boring mess"}
    for turn in range(8):
        for label, page in people.items():
            page.get_by_label("Text", exact=True).fill(f"{words[label]}, part {turn}.")
            page.get_by_role("button", name="Read it").click()
        for label, page in people.items():
            shown = page.get_by_test_id("stHtml").get_by_text(f"{words[label]}, part {turn}.")
            expect(shown).to_be_visible()
            expect(page.get_by_role("heading", name=f"{label}, with a score")).to_be_visible()
            expect(alerts(page)).to_have_count(0)
            no_exception(page)


def test_a_table_has_no_download_that_spreadsheets_would_run(visit: Callable[..., Page]) -> None:
    page = visit("batch")
    table = page.get_by_test_id("stDataFrame").first
    table.hover()
    expect(page.get_by_role("button", name="Search").first).to_be_visible()
    expect(page.get_by_role("button", name="Fullscreen").first).to_be_visible()
    expect(page.locator('button[aria-label^="Download as CSV"]').first).to_be_hidden()
    assert page.locator('button[aria-label^="Download as CSV"]').count()
