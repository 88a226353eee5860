"""Streamlit's code for charts, tables and widgets is in the browser before it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from ui.browser_ahead import PARTS

LOADED = """name => performance.getEntriesByType("resource").some(
    one => one.name.includes(`/static/js/${name}.`) && one.responseEnd > 0)"""


def test_each_part_is_one_of_streamlits_and_comes_by_itself(visit: Callable[..., Page]) -> None:
    page = visit("runs")  # has no chart, no table of rows and no slider
    for name in PARTS:
        page.wait_for_function(LOADED, arg=name)
    styles = page.locator('link[rel=stylesheet][href*="/static/css/DataFrame."]')
    expect(styles.first).to_be_attached()  # a table of the page may have asked for it itself
