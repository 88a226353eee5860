"""Every page opens empty, in both themes and on a telephone, and has the menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, no_exception, serve, settled

PAGES = {
    "": "Pantheon of Golems",
    "analyst": "Analyst",
    "visionary": "Visionary",
    "storyteller": "Storyteller",
    "batch": "Batch",
}
MENU = ["Pantheon", "Analyst", "Visionary", "Storyteller", "Batch"]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "telephone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_opens_empty(look: str, visit: Callable[..., Page], server: Server) -> None:
    page = visit("", **LOOKS[look])
    for path, title in PAGES.items():
        page.goto(f"{server.url}/{path}")
        settled(page)
        expect(page.locator("h1")).to_have_text(title)
        no_exception(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{title} is {wide} pixels wider than the window"
        if look != "telephone":
            expect(page.get_by_test_id("stSidebarNavLink")).to_contain_text(MENU)


def test_the_themes_differ(visit: Callable[..., Page]) -> None:
    colours = {
        look: visit("", **LOOKS[look]).evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        )
        for look in ("light", "dark")
    }
    assert colours == {"light": "rgb(251, 249, 245)", "dark": "rgb(23, 22, 19)"}


def test_the_first_visit_of_all_may_be_to_any_page(
    tmp_path: Path, visit: Callable[..., Page]
) -> None:
    with serve(tmp_path / "home") as fresh:
        page = visit("batch", base=fresh.url)
        expect(page.get_by_test_id("stSidebarNavLink")).to_contain_text(MENU)
        expect(page.get_by_test_id("stSidebar")).to_contain_text("Golems in memory")
        no_exception(page)
        page.context.close()
