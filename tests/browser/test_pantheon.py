"""The Pantheon's page: what is in memory, and fetching without a network."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import no_exception, pick


def test_a_golem_that_was_used_is_in_memory_until_it_is_unloaded(
    visit: Callable[..., Page],
) -> None:
    page = visit("visionary")
    pick(page, "cat")
    expect(page.get_by_role("heading", name=", with a score of")).to_be_visible()
    page.get_by_role("link", name="Pantheon").click()

    card = page.locator("[data-testid=stColumn]", has=page.get_by_role("heading", name="Visionary"))
    expect(card.get_by_text("in memory")).to_be_visible()
    expect(card.get_by_text("not in memory")).to_have_count(0)
    expect(card.get_by_text("Apache-2.0")).to_be_visible()
    card.get_by_role("button", name="Unload").click()
    expect(card.get_by_text("not in memory")).to_be_visible()
    expect(card.get_by_role("button", name="Unload")).to_have_count(0)
    no_exception(page)


def test_fetching_without_a_network_is_an_error_in_words(visit: Callable[..., Page]) -> None:
    page = visit("")
    card = page.locator("[data-testid=stColumn]", has=page.get_by_role("heading", name="Analyst"))
    card.get_by_text("Other checkpoints").click()
    card.get_by_role("button", name="Fetch it").click()
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("HF_HUB_OFFLINE")
    no_exception(page)


def test_a_card_opens_its_page(visit: Callable[..., Page]) -> None:
    page = visit("")
    card = page.locator(
        "[data-testid=stColumn]", has=page.get_by_role("heading", name="Storyteller")
    )
    card.get_by_role("link", name="Open").click()
    expect(page.locator("h1")).to_have_text("Storyteller")
