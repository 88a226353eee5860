"""The Report page: from a figure to its rows, to one of them and back, and what is taken away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import Browser, Locator, Page, Position, expect

from golems.reports.choices import Choices, choose
from golems.runs import Run
from golems.runs.files import locked
from golems.runs.folder import AT_WORK
from tests.browser.conftest import (
    Runs,
    Server,
    at_rest,
    click_point,
    golems,
    no_exception,
    note_console,
    pick,
)
from tests.browser.test_access import PARTS
from tests.reports.test_label_studio import SCHEMA

ROWS = 120
# The first row's box to choose it by; the table is one picture.
FIRST_ROW: Position = {"x": 16, "y": 52}
SECTIONS = [
    "Overview", "Rows", "Rows&row=1", "Against the truth", "Slices", "Threshold", "Cut off",
    "Compare", "Take away",
]  # fmt: skip

# Streamlit scrolls what is inside the window.
TOO_WIDE = """Math.max(...[document.documentElement, document.querySelector('#stMain')]
    .map(one => one.scrollWidth - one.clientWidth))"""


def table(server: Server, run: str, folder: Path) -> list[dict[str, str]]:
    """A run's results, as the command line writes them."""
    path = folder / f"{run}.csv"
    done = golems(server, "report", str(server.home / "runs" / run), "--csv", str(path))
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def reviews(
    server: Server, runs: Runs, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, str]]:
    found = table(server, runs.reviews, tmp_path_factory.mktemp("reviews"))
    assert len(found) == ROWS
    return found


@pytest.fixture
def without_truth(server: Server, runs: Runs) -> Run:
    run = Run(server.home / "runs" / runs.reviews)
    choose(run, Choices())
    return run


@pytest.fixture
def with_truth(without_truth: Run) -> Run:
    choose(without_truth, Choices(truth="label"))
    return without_truth


def report(visit: Callable[..., Page], run: str, section: str, **options: object) -> Page:
    return at_rest(visit(f"report?run={run}&section={section}", **options))


def these_rows(page: Page, count: int, why: str) -> None:
    expect(page.get_by_text(f"{count} of {ROWS} rows", exact=True)).to_be_visible()
    expect(page.get_by_text(why)).to_be_visible()
    no_exception(at_rest(page))  # what was there before has gone


def metric(page: Page, label: str) -> Locator:
    found = page.get_by_test_id("stMetric").filter(has_text=label)
    return found.get_by_test_id("stMetricValue")


def test_a_bar_of_a_label_opens_its_rows(
    visit: Callable[..., Page], runs: Runs, reviews: list[dict[str, str]], without_truth: Run
) -> None:
    page = report(visit, runs.reviews, "Overview")
    label, count = Counter(row["predicted_label"] for row in reviews).most_common()[0]
    chart = "st-key-report-overview-0"
    click_point(page, chart, page.locator(f"[class*={chart}] .bars .point path").first)
    these_rows(page, count, f"Predicted as {label}")
    page.get_by_role("button", name="Show all rows").click()
    expect(page.get_by_text(f"{ROWS} of {ROWS} rows", exact=True)).to_be_visible()


@pytest.mark.parametrize("section", ["Overview", "Threshold"])
def test_a_double_click_is_a_click(
    visit: Callable[..., Page], runs: Runs, with_truth: Run, section: str
) -> None:
    for gap_ms in (60, 80, 100, 120, 160):  # people's, which the page is drawn anew in
        page = report(visit, runs.reviews, section)
        place = page.get_by_role("button", name="Show the rows below it")
        if section == "Overview":
            place = page.locator("[class*=st-key-report-overview-0] .bars .point path").first
        box = place.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        if section == "Overview":
            expect(page.locator("[class*=overview-0] .hoverlayer .hovertext")).to_be_visible()
        page.mouse.click(x, y)
        page.mouse.click(x, y, delay=gap_ms)
        expect(page.get_by_role("button", name="Show all rows")).to_be_visible()
        no_exception(at_rest(page))


def test_a_bar_opens_its_rows_while_the_run_goes_on(
    visit: Callable[..., Page], runs: Runs, without_truth: Run
) -> None:
    end = without_truth.folder / "end.json"
    ended = end.read_bytes()
    with locked(without_truth.folder / AT_WORK):  # as by a process that is at work
        end.unlink()
        try:
            page = at_rest(visit(f"report?run={runs.reviews}"))
            expect(page.get_by_text(f"{ROWS} rows so far")).to_be_visible()
            chart = "st-key-report-overview-0"
            click_point(page, chart, page.locator(f"[class*={chart}] .bars .point path").first)
            expect(page.get_by_role("button", name="Show all rows")).to_be_visible()
            no_exception(at_rest(page))
        finally:
            end.write_bytes(ended)


def test_from_a_cell_to_its_rows_to_one_of_them_and_back(
    visit: Callable[..., Page], runs: Runs, reviews: list[dict[str, str]], without_truth: Run
) -> None:
    page = report(visit, runs.reviews, "Against the truth")
    column = page.get_by_role("combobox", name="Column with the truth")
    column.click()
    page.get_by_role("option", name="source", exact=True).click()
    expect(page.get_by_text("are no label of this golem")).to_be_visible()
    column.click()
    page.get_by_role("option", name="label", exact=True).click()
    page.get_by_role("button", name="Compare with this column").click()
    expect(page.get_by_role("tab", name="Rows to look at")).to_be_visible()
    at_rest(page)

    cells = Counter((row["label"], row["predicted_label"]) for row in reviews)
    cell, count = min(cells.items(), key=lambda one: one[1])
    chart = "st-key-report-truth-matrix"
    points = page.locator(f"[class*={chart}] .scatterlayer .points path")
    expect(points).to_have_count(4)
    names = page.locator(f"[class*={chart}] .ytick text").all_text_contents()
    at = 2 * names.index(cell[0]) + names.index(cell[1])
    written = page.locator(f"[class*={chart}] .scatterlayer text").all_text_contents()
    assert written[at] == str(count)
    click_point(page, chart, points.nth(at))
    why = f"Truth {cell[0]}, predicted as {cell[1]}"
    these_rows(page, count, why)

    places = [
        n for n, row in enumerate(reviews, 1) if (row["label"], row["predicted_label"]) == cell
    ]
    shown = page.get_by_test_id("stDataFrame").filter(visible=True)
    shown.click(position=FIRST_ROW)
    expect(page.get_by_role("heading", name=f"Row {places[0]}:")).to_be_visible()
    expect(
        page.get_by_test_id("stText").get_by_text(reviews[places[0] - 1]["text"])
    ).to_be_visible()
    page.get_by_role("button", name="Back to the rows").click()
    these_rows(page, count, why)

    shown.click(position=FIRST_ROW)
    expect(page.get_by_role("heading", name=f"Row {places[0]}:")).to_be_visible()
    page.go_back()
    these_rows(page, count, why)

    number = page.get_by_role("spinbutton", name="Row", exact=True)
    number.fill(str(places[-1]))
    number.press("Enter")
    expect(page.get_by_role("heading", name=f"Row {places[-1]}:")).to_be_visible()
    page.go_back()
    these_rows(page, count, why)


def test_a_view_is_shared_by_its_address_and_the_next_row_is_the_next_of_it(
    visit: Callable[..., Page], runs: Runs, reviews: list[dict[str, str]], without_truth: Run
) -> None:
    page = report(visit, runs.reviews, "Rows&label=NEGATIVE")
    wanted = [n for n, row in enumerate(reviews, 1) if row["predicted_label"] == "NEGATIVE"]
    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("the")
    search.press("Enter")
    wanted = [n for n in wanted if "the" in reviews[n - 1]["text"].lower()]
    expect(page.get_by_text(f"{len(wanted)} of {ROWS} rows", exact=True)).to_be_visible()
    page.get_by_test_id("stDataFrame").filter(visible=True).click(position=FIRST_ROW)
    expect(page.get_by_role("heading", name=f"Row {wanted[0]}:")).to_be_visible()
    page.get_by_role("button", name="Next row").click()
    expect(page.get_by_role("heading", name=f"Row {wanted[1]}:")).to_be_visible()
    address = page.url.rpartition("/")[2]

    other = visit(address)
    expect(other.get_by_role("heading", name=f"Row {wanted[1]}:")).to_be_visible()
    expect(other.get_by_text(f"2 of the {len(wanted)} rows that were asked for.")).to_be_visible()
    other.get_by_role("button", name="Back to the rows").click()
    expect(other.get_by_text(f"{len(wanted)} of {ROWS} rows", exact=True)).to_be_visible()
    expect(other.get_by_role("textbox", name="Search", exact=True)).to_have_value("the")
    no_exception(at_rest(other))


def test_values_that_are_no_labels_count_once_they_are_mapped_and_the_passport_says_how(
    visit: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    told = [("A lovely, warm film.", 1), ("Dull and far too long.", 0), ("I don't know.", "")]
    table = tmp_path / "told.csv"
    table.write_text("text,label\n" + "".join(f'"{text}",{value}\n' for text, value in told * 4))
    done = golems(server, "run", "analyst", str(table), "--column", "text")
    assert done.returncode == 0, done.stderr
    page = report(visit, Path(done.stdout.strip()).name, "Against the truth")
    column = page.get_by_role("combobox", name="Column with the truth")
    if column.input_value() != "label":
        column.click()
        page.get_by_role("option", name="label", exact=True).click()
    expect(page.get_by_text("What 2 values stand for is a guess")).to_be_visible()
    assert metric(page, "Accuracy").count() == 0
    page.get_by_role("button", name="Take this mapping").click()
    expect(metric(page, "Accuracy").first).to_have_text("100.0%")
    pick(at_rest(page), "Take away")
    with page.expect_download() as event:
        at_rest(page).get_by_role("button", name="Download the passport").click()
    passport = Path(event.value.path()).read_text("utf-8")
    assert "How the truth was read" in passport
    no_exception(page)


def test_a_report_of_no_run_offers_the_latest(visit: Callable[..., Page], runs: Runs) -> None:
    page = visit("report")
    expect(page.get_by_role("heading", name="The latest")).to_be_visible()
    first = page.get_by_test_id("stPageLink").get_by_role("link").first
    expect(first).to_contain_text(" rows ·")
    id_ = first.inner_text().rpartition("·")[2].strip()
    first.click()
    page.wait_for_url(f"**/report?run={id_}*")
    expect(page.get_by_role("radio", name="Take away")).to_be_visible()
    no_exception(at_rest(page))
    page.go_back()
    expect(page.get_by_role("heading", name="The latest")).to_be_visible()


def test_the_least_sure_rows_become_tasks_of_label_studio(
    visit: Callable[..., Page], runs: Runs, reviews: list[dict[str, str]], tmp_path: Path,
    without_truth: Run,
) -> None:  # fmt: skip
    page = report(visit, runs.reviews, "Threshold")
    slider = page.get_by_role("slider", name="Score")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_value("1")
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("0.99")
    below = [row for row in reviews if float(row["predicted_score"]) < 0.99]
    expect(metric(page, "To be looked at")).to_have_text(str(len(below)))
    many = page.get_by_role("spinbutton", name="How many")
    many.fill("5")
    many.press("Enter")
    at_rest(page)
    with page.expect_download() as event:
        page.get_by_role("button", name="Download as Label Studio tasks").click()
    tasks = json.loads(Path(event.value.path()).read_text("utf-8"))
    jsonschema.validate(tasks, SCHEMA)
    unsure = sorted(range(ROWS), key=lambda n: float(reviews[n]["predicted_score"]))[:5]
    assert [task["data"]["row"] for task in tasks] == [n + 1 for n in unsure]
    assert [task["data"]["text"] for task in tasks] == [reviews[n]["text"] for n in unsure]
    page.get_by_role("button", name="Show the rows below it").click()
    these_rows(page, len(below), "Score below 0.99")
    page.go_back()
    expect(metric(page, "To be looked at")).to_have_text(str(len(below)))


def test_a_duel_shows_where_two_checkpoints_disagree(
    visit: Callable[..., Page], server: Server, runs: Runs, reviews: list[dict[str, str]],
    tmp_path: Path, without_truth: Run,
) -> None:  # fmt: skip
    others = table(server, runs.rival, tmp_path)
    different = sum(
        one["predicted_label"] != other["predicted_label"]
        for one, other in zip(reviews, others, strict=True)
    )
    page = report(visit, runs.reviews, "Compare")
    page.get_by_role("combobox", name="Compare with up to 3 other runs").click()
    page.get_by_role("option", name=re.compile(runs.rival)).click()
    expect(page.get_by_text(f"{different} rows have different labels")).to_be_visible()
    page.keyboard.press("Escape")
    at_rest(page).get_by_role("button", name="Show these rows").click()
    these_rows(page, different, "The runs disagree")
    page.go_back()
    expect(page.get_by_text(f"{different} rows have different labels")).to_be_visible()


def test_all_rows_and_the_passport_are_taken_away(
    visit: Callable[..., Page], browser: Browser, runs: Runs, reviews: list[dict[str, str]],
    tmp_path: Path, with_truth: Run,
) -> None:  # fmt: skip
    page = report(visit, runs.reviews, "Take away")
    with page.expect_download() as event:
        page.get_by_role("link", name="Download CSV").click()
    got = Path(event.value.path()).read_text("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(got, newline=""))) == reviews
    with page.expect_download() as event:
        page.get_by_role("button", name="Download the passport").click()
    passport = tmp_path / event.value.suggested_filename
    event.value.save_as(passport)
    no_exception(page)

    context = browser.new_context()
    context.set_offline(True)
    faults: list[str] = []
    alone = context.new_page()
    alone.on("console", lambda message: note_console(faults, message))
    alone.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    alone.goto(passport.as_uri())
    expect(alone.locator("html[data-drawn]")).to_be_attached()
    expect(alone.get_by_role("heading", level=1)).to_have_text("Analyst on reviews.csv")
    expect(alone.locator("body")).to_contain_text(runs.reviews)
    context.close()
    assert faults == []


def test_a_telephone_shows_every_section(
    visit: Callable[..., Page], server: Server, runs: Runs, with_truth: Run
) -> None:
    page = visit("", viewport={"width": 390, "height": 844})
    wide = {}
    for section in SECTIONS:
        page.goto(f"{server.url}/report?run={runs.reviews}&section={section}")
        at_rest(page)
        no_exception(page)
        wide[section] = page.evaluate(TOO_WIDE)
    page.goto(f"{server.url}/report?run={runs.reviews}&section=Against the truth")
    for part in PARTS:
        at_rest(page).get_by_role("tab", name=part).click()
        no_exception(at_rest(page))
        wide[part] = page.evaluate(TOO_WIDE)
    assert wide == dict.fromkeys([*SECTIONS, *PARTS], 0)
    pick(page, "Rows")
    expect(page.get_by_text(f"{ROWS} of {ROWS} rows", exact=True)).to_be_visible()
