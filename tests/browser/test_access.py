"""What axe-core finds on every page and in every section, in both themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from golems.reports.choices import Choices, choose
from golems.runs import Run
from tests.browser.conftest import Runs, Server, at_rest

AXE = Path(__file__).with_name("axe.min.js").read_text("utf-8")
# Streamlit's list of pages has divisions among the items of its list, and nobody else can mend it.
THEIRS = ["[data-testid=stSidebarNav]"]
ASKED = """async theirs => {
    const found = await axe.run({exclude: theirs.map(one => [one])}, {resultTypes: ["violations"]});
    return found.violations.map(one => ({id: one.id, impact: one.impact,
        where: one.nodes.map(node => node.html.slice(0, 200) + " " + node.failureSummary)}));
}"""
# What keeps a person out; and headings, by which a screen reader finds its way.
BAD = ("serious", "critical")
ORDER = "heading-order"
SECTIONS = {
    "reviews": [
        "Overview", "Rows", "Rows&row=3", "Against the truth", "Slices", "Threshold", "Cut off",
        "Compare", "Take away",
    ],
    "prompts": ["Overview", "Rows", "Rows&row=1", "Texts", "Slices", "Take away"],
    "photos": ["Overview", "Rows", "Rows&row=1", "Top labels", "Against the truth", "Threshold"],
}  # fmt: skip
# Parts of what stands against the truth, and a heading of each.
PARTS = {
    "Each label": re.compile("found least often|recall"), "Scores": "Scores against the truth",
    "Rows to look at": "Most confident errors",
}  # fmt: skip
PAGES = ["", "analyst", "visionary", "storyteller", "batch", "runs", "report"]


def violations(page: Page) -> list[dict[str, Any]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(ASKED, THEIRS)
    return [one for one in found if one["impact"] in BAD or one["id"] == ORDER]


@pytest.fixture
def judged(server: Server, runs: Runs) -> Iterator[Runs]:
    """The reviews have a truth."""
    run = Run(server.home / "runs" / runs.reviews)
    choose(run, Choices(truth="label"))
    yield runs
    choose(run, Choices())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_any_page_keeps_anybody_out(
    scheme: str, visit: Callable[..., Page], server: Server, judged: Runs
) -> None:
    page = visit("", color_scheme=scheme)
    sections = [
        f"report?run={getattr(judged, run)}&section={section}"
        for run, names in SECTIONS.items()
        for section in names
    ]
    found = {}
    for path in [*PAGES, f"batch?run={judged.reviews}", *sections]:
        page.goto(f"{server.url}/{path}")
        if bad := violations(at_rest(page)):
            found[path] = bad
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_do_tables_behind_charts_a_comparison_and_choices(
    scheme: str, visit: Callable[..., Page], server: Server, judged: Runs
) -> None:
    page = at_rest(visit(f"report?run={judged.reviews}&section=Overview", color_scheme=scheme))
    for at, behind in enumerate(page.get_by_text("As a table").all(), 1):
        behind.click()
        # Another one may be drawn ahead, out of sight.
        expect(page.get_by_test_id("stDataFrame").filter(visible=True)).to_have_count(at)
    page.get_by_text("What ran on what").click()
    assert violations(at_rest(page)) == []

    page.goto(f"{server.url}/report?run={judged.reviews}&section=Compare")
    page.get_by_role("combobox", name="Compare with up to").click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Where they disagree")).to_be_visible()
    assert violations(at_rest(page)) == []

    page.goto(f"{server.url}/report?run={judged.reviews}&section=Against the truth")
    at_rest(page).get_by_text("Truth column").click()
    expect(page.get_by_role("button", name="Compare with this column")).to_be_visible()
    # What is below moves while the first one unfolds.
    at_rest(page).get_by_text("Names of labels", exact=True).click()
    expect(page.get_by_role("button", name="Rename")).to_be_visible()
    assert violations(at_rest(page)) == []
    for name, shows in PARTS.items():
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("heading", name=shows)).to_be_visible()
        assert violations(at_rest(page)) == []

    page.goto(f"{server.url}/report?run={judged.reviews}&section=Take away")
    at_rest(page).get_by_text("Show me the code").click()
    expect(page.get_by_test_id("stCode")).to_have_count(2)  # how it is started, and it
    assert violations(at_rest(page)) == []


FOCUSED = """() => {
    const one = document.activeElement;
    if (one.matches("body, main")) return "";
    const said = one.getAttribute("aria-label") || one.innerText || "";
    return said.trim().split("\\n").pop();  // an icon's name is a line before
}"""


def reach(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Press a key until what has this name has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(FOCUSED) == name:
            return
    pytest.fail(f"{most} times {key} don't lead to {name}.")


def open_section(page: Page, name: str, most: int = 60) -> None:
    """Choose a section: Tab leads to one of them, whichever it is, and arrows to the others."""
    group = page.get_by_role("radiogroup", name="Section").locator(":focus")
    for _ in range(most):
        page.keyboard.press("Tab")
        if group.count():
            break
    else:
        pytest.fail(f"{most} times Tab don't lead to the sections.")
    reach(page, name, "ArrowRight", 10)
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    at_rest(page)


def test_keys_are_enough_for_a_report(visit: Callable[..., Page], runs: Runs) -> None:
    page = at_rest(visit(""))
    reach(page, "Report")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Report")
    at_rest(page)
    reach(page, "Run")
    page.keyboard.type(runs.reviews)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**run={runs.reviews}*")
    at_rest(page)

    open_section(page, "Slices")
    reach(page, "Show these rows")
    page.keyboard.press("Enter")
    counted = page.get_by_text(" of 120 rows")
    expect(counted).to_be_visible()
    at_rest(page)
    count = counted.inner_text()
    reach(page, "Open the row")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Back to the rows")).to_be_visible()
    at_rest(page)
    reach(page, "Back to the rows")
    page.keyboard.press("Enter")
    expect(counted).to_have_text(count)
    at_rest(page)

    open_section(page, "Threshold")
    reach(page, "Score")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    chosen = page.get_by_role("slider", name="Score").input_value()
    expect(page.get_by_text(f"{float(chosen):g} or more.")).to_be_visible()
    at_rest(page)
    reach(page, "Download as CSV")
    with page.expect_download() as event:
        page.keyboard.press("Enter")
    assert Path(event.value.path()).read_text("utf-8").count("\n") > 100
