"""Charts in the page: by the small library, as wide as there is room, in the page's colours."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Runs, at_rest

CHART = "[class*=st-key-report-overview-0] .plotly-chart"
ASKED = "performance.getEntriesByType('resource').map(one => one.name)"
WIDTHS = f"""() => {{
    const place = document.querySelector("{CHART}");
    return [place.clientWidth, place.querySelector(".main-svg").clientWidth];
}}"""


def opened(visit: Callable[..., Page], runs: Runs, **options: object) -> Page:
    return at_rest(visit(f"report?run={runs.reviews}", **options))


def test_the_small_library_draws_them(visit: Callable[..., Page], runs: Runs) -> None:
    page = opened(visit, runs)
    asked = page.evaluate(ASKED)
    assert [one for one in asked if "/charts/plotly-cartesian-" in one]
    assert not [one for one in asked if "/PlotlyChart." in one]


def test_the_page_connects_without_asking_below_its_address(
    visit: Callable[..., Page], runs: Runs
) -> None:
    asked = opened(visit, runs).evaluate(ASKED)
    assert len([one for one in asked if one.endswith("/_stcore/host-config")]) == 1
    assert not [one for one in asked if "/report/" in one]


def test_a_chart_is_as_wide_as_there_is_room(visit: Callable[..., Page], runs: Runs) -> None:
    page = opened(visit, runs)
    room, drawn = page.evaluate(WIDTHS)
    assert drawn == room
    page.get_by_test_id("stSidebar").hover()  # or it has no button
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    page.wait_for_function(f"before => ({WIDTHS})()[0] > before", arg=room)
    page.wait_for_function(f"() => {{ const [room, drawn] = ({WIDTHS})(); return room == drawn }}")


def test_its_words_have_the_pages_colour(visit: Callable[..., Page], runs: Runs) -> None:
    for scheme in ("light", "dark"):
        page = opened(visit, runs, color_scheme=scheme)
        colour = page.evaluate(f"getComputedStyle(document.querySelector('{CHART}')).color")
        expect(page.locator(f"{CHART} .ytick text").first).to_have_css("fill", colour)


def test_it_says_its_finding_to_who_cant_see_it(visit: Callable[..., Page], runs: Runs) -> None:
    page = opened(visit, runs)
    figure = page.get_by_role("figure").first
    expect(figure).to_have_attribute("aria-label", page.locator(CHART).get_attribute("aria-label"))
    assert "rows" in str(figure.get_attribute("aria-label"))
