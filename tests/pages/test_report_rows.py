"""The rows of a report: filters, pages, one row in full, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from golems.reports.choices import Choices, choose
from golems.reports.selection import Selection, Slice
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted, write_run
from ui.report.filters import within

__all__ = ["write_run"]

OpenPage = Callable[..., AppTest]


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    """Five rows: three predicted, one failed, one read in part."""
    rows = [
        ["lovely", "good", "1"], ["Awful film", "bad", "2"], ["meh", "bad", "3"],
        ["", "", "4"], ["a film <b>", "good", "5"],
    ]  # fmt: skip
    outcomes = [
        predicted("good", 0.9), predicted("bad", 0.8), predicted("good", 0.55), failed(),
        predicted("good", 0.7, tokens_dropped=4),
    ]  # fmt: skip
    run = write_run(["text", "verdict", "n"], rows, outcomes)
    choose(run, Choices(truth="verdict"))
    return run


def numbers(app: AppTest) -> list[int]:
    """The rows in the table, by their numbers."""
    return [int(n) for n in app.dataframe[0].value["row"]]


def choose_in(app: AppTest, label: str, value: object) -> AppTest:
    """Set the filter with that label."""
    for kind in (app.multiselect, app.text_input, app.selectbox, app.slider, app.segmented_control):
        for widget in kind:
            if widget.label == label:
                return widget.set_value(value).run()
    raise AssertionError(f"There is no filter {label}.")


def test_what_was_read_and_what_came_of_it_stand_first(run: Run, open_page: OpenPage) -> None:
    table = open_page("report", run=run.id, section="Rows").dataframe[0]
    first = ["row", "text", "predicted_label", "predicted_score", "truth"]
    assert list(table.value.columns)[:5] == first
    assert table.proto.placeholder == ""  # and not the word None


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Predicted", ["bad"], [2]),
        ("Truth", ["good"], [1, 5]),
        ("Search", "FILM", [2, 5]),
        ("Search", "<B>", [5]),
        ("Rows", "failed", [4]),
        ("Rows", "wrong", [3]),
        ("Rows", "right", [1, 2, 5]),
        ("Rows", "cut off", [5]),
        ("Score", (0.6, 0.85), [2, 5]),
        ("Order", "least sure", [3, 5, 2, 1, 4]),
        ("Order", "longest", [2, 5, 1, 3, 4]),
    ],
)
def test_each_filter_leaves_the_rows_it_names(
    label: str, value: object, expected: list[int], open_page: OpenPage, run: Run
) -> None:
    app = choose_in(open_page("report", run=run.id, section="Rows"), label, value)
    assert not app.exception
    assert numbers(app) == expected


def test_filters_hold_together_and_go_with_a_click(open_page: OpenPage, run: Run) -> None:
    app = choose_in(open_page("report", run=run.id, section="Rows"), "Predicted", ["good"])
    app = choose_in(app, "Rows", "wrong")
    assert numbers(app) == [3]
    app.button(key="report-rows-all").click().run()
    assert numbers(app) == [1, 2, 3, 4, 5]


def test_nothing_found_is_said(open_page: OpenPage, run: Run) -> None:
    app = choose_in(open_page("report", run=run.id, section="Rows"), "Search", "zebra")
    assert "No row is like that" in app.info[0].value


def test_a_row_is_opened_with_all_there_is_to_say(open_page: OpenPage, run: Run) -> None:
    app = open_page("report", run=run.id, section="Rows", row="3")
    assert not app.exception
    said = " ".join(one.value for one in [*app.subheader, *app.markdown, *app.text])
    assert "Row 3\\: Unsure\\: perhaps good, with a score of only 0\\.550" in said
    assert "meh" in said
    assert "wrong here" in said
    assert list(app.dataframe[-1].value["Value"]) == ["bad", "3"]


def test_a_failed_row_says_why(open_page: OpenPage, run: Run) -> None:
    app = open_page("report", run=run.id, section="Rows", row="4")
    assert app.error[0].value == "The text is empty\\."


@pytest.mark.parametrize("row", ["6", "0", "-1", "x", "1e3"])
def test_a_row_that_is_not_there_is_said(row: str, open_page: OpenPage, run: Run) -> None:
    app = open_page("report", run=run.id, section="Rows", row=row)
    assert not app.exception
    assert len(app.error) == 1


def test_columns_named_like_ours_stay_beside_ours(open_page: OpenPage, write_run: WriteRun) -> None:
    names = ["text", "row", "predicted_label", "truth", "label", "place", "error"]
    run = write_run(names, [["hi", "a", "b", "c", "d", "e", "f"]], [predicted("A", 0.9)])
    table = open_page("report", run=run.id, section="Rows").dataframe[0].value
    assert set(names) <= set(table.columns)
    assert table["predicted_label_golem"][0] == "A"
    assert table["row_golem"][0] == 1


def test_a_run_without_rows_says_so(open_page: OpenPage, write_run: WriteRun) -> None:
    run = write_run(["text"], [], [])
    app = open_page("report", run=run.id, section="Rows")
    assert not app.exception
    assert "No row is like that" in app.info[0].value


def test_a_text_is_opened_on_its_golems_page(open_page: OpenPage, run: Run) -> None:
    app = open_page("report", run=run.id, section="Rows", row="2")
    next(one for one in app.button if one.label == "Open it on the golem's page").click().run()
    assert not app.exception
    assert app.title[0].value == "Analyst"
    assert app.text_area(key="analyst-text").value == "Awful film"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Slice("day", "date", low=1577836800.0, high=1593561600.0),
         "day from 2020-01-01 and before 2020-07-01"),
        (Slice("day", "date", high=1593597600.5), "day before 2020-07-01 10:00:00.500000"),
        (Slice("stars", "number", high=2.0), "stars under 2"),
        (Slice("stars", "number", low=12000.0), "stars from 12,000"),
        (Slice("stars", "number"), "stars is not a number"),
        (Slice("text", "length", low=6.0, high=30.0, closed=True),
         "length of text from 6 and up to 30"),
        (Slice("kind", value="<b>"), "kind is <b>"),
        (Slice("kind"), "kind is empty"),
        (Slice("kind", other_than=("a",)), "kind has another value than the most frequent ones"),
    ],
)  # fmt: skip
def test_which_slice_it_is_is_said_in_words(one: Slice, said: str) -> None:
    assert within(Selection(slices=(one,), below=0.7)) == f"{said}, score under 0.7"


def test_the_address_holds_what_is_shown_and_gives_it_back(open_page: OpenPage, run: Run) -> None:
    app = choose_in(open_page("report", run=run.id, section="Rows"), "Predicted", ["good"])
    app = choose_in(app, "Search", "e")
    app = choose_in(app, "Order", "least sure")
    shown = numbers(app)
    address = {name: app.query_params[name] for name in ("label", "search", "order")}
    assert address == {"label": "good", "search": "e", "order": "least sure"}
    other = open_page("report", run=run.id, section="Rows", **address)
    assert not other.exception
    assert numbers(other) == shown == [3, 1]
    assert "search" not in choose_in(other, "Search", "").query_params


def test_the_next_row_is_the_next_of_those_asked_for(open_page: OpenPage, run: Run) -> None:
    asked = {"label": "good", "order": "least sure", "section": "Rows"}
    app = open_page("report", run=run.id, row="3", **asked)
    seen = []
    while not app.button(key="report-row-next").disabled:
        app.button(key="report-row-next").click().run()
        seen.append(app.query_params["row"])
    assert seen == ["5", "1"]
    assert "3 of the 3 rows" in " ".join(one.value for one in app.caption)
    app.button(key="report-row-back").click().run()
    assert numbers(app) == [3, 5, 1]


def test_a_row_outside_of_what_was_asked_for_says_so(open_page: OpenPage, run: Run) -> None:
    app = open_page("report", run=run.id, section="Rows", row="2", label="good")
    assert app.button(key="report-row-next").disabled
    assert "none of those" in " ".join(one.value for one in app.caption)


def test_what_is_too_long_for_an_address_is_said_to_be(open_page: OpenPage, run: Run) -> None:
    app = choose_in(open_page("report", run=run.id, section="Rows"), "Search", "x" * 7_000)
    assert "search" not in app.query_params
    assert any("too long for an address" in one.value for one in app.caption)
    app = choose_in(app, "Search", "film")
    assert app.query_params["search"] == "film"
    assert not any("too long for an address" in one.value for one in app.caption)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "wrongly"), ("score", "high"), ("score", "0.5"), ("slice", "{"),
        ("slice", '{"column": "n", "kind": "x"}'), ("rows", "0"), ("rows", "9-2"), ("below", "nan"),
        ("order", "by chance"), ("page", "7"), ("page", "two"), ("section", "Nowhere"),
    ],
)  # fmt: skip
def test_a_bad_address_is_said_and_the_rest_is_shown(
    name: str, value: str, open_page: OpenPage, run: Run
) -> None:
    app = open_page("report", **{"run": run.id, "section": "Rows", name: value})
    assert not app.exception
    assert len(app.warning) == 1
    if name != "section":
        assert numbers(app) == [1, 2, 3, 4, 5]


def test_a_score_outside_of_the_scale_is_no_crash(open_page: OpenPage, run: Run) -> None:
    assert not open_page("report", run=run.id, section="Rows", below="7").exception
    app = open_page("report", run=run.id, section="Rows", slice='{"column": "missing"}')
    assert not app.exception
    assert "Column 'missing'" in app.error[0].value.replace("\\", "")


def test_a_failed_row_is_not_called_wrong(open_page: OpenPage, write_run: WriteRun) -> None:
    run = write_run(["text", "truth"], [["", "good"]], [failed()])
    choose(run, Choices(truth="truth"))
    app = open_page("report", run=run.id, section="Rows", row="1")
    [said] = [one.value for one in app.markdown if "Truth" in one.value]
    assert "close" not in said
    assert "wrong" not in said
