"""Streamlit's code for charts, tables and widgets is in the browser before it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Runs, at_rest, click_point
from ui.browser_ahead import PARTS
from ui.widgets_ahead import KEY

LOADED = """name => performance.getEntriesByType("resource").some(
    one => one.name.includes(`/static/js/${name}.`) && one.responseEnd > 0)"""
# What told when to draw them may go before they do.
ALONE = f"document.querySelector('.st-key-{KEY}').replaceChildren()"
HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"


def test_each_part_is_one_of_streamlits_and_comes_by_itself(visit: Callable[..., Page]) -> None:
    page = visit("runs")  # has no chart, no table of rows and no slider
    for name in PARTS:
        page.wait_for_function(LOADED, arg=name)
    styles = page.locator('link[rel=stylesheet][href*="/static/css/DataFrame."]')
    expect(styles.first).to_be_attached()  # a table of the page may have asked for it itself


def test_widgets_are_drawn_out_of_sight_until_another_section_is_opened(
    visit: Callable[..., Page], runs: Runs
) -> None:
    page = at_rest(visit(f"report?run={runs.reviews}"))
    before = page.evaluate(HEIGHT)
    table = page.locator(f".st-key-{KEY}-drawn").get_by_test_id("stDataFrame")
    expect(table).to_be_attached()
    expect(table).to_be_hidden()
    for role in ("textbox", "combobox", "slider", "spinbutton", "grid"):  # as readers are told
        expect(page.get_by_test_id("stMain").get_by_role(role)).to_have_count(0)
    assert page.evaluate(HEIGHT) == before
    page.evaluate(ALONE)
    expect(table).to_be_hidden()
    chart = "st-key-report-overview-0"
    click_point(page, chart, page.locator(f"[class*={chart}] .bars .point path").first)
    expect(page.get_by_test_id("stDataFrame").filter(visible=True)).to_have_count(1)
    expect(page.locator(f".st-key-{KEY}-drawn")).to_have_count(0)
