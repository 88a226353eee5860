"""A report at a glance, and the page that leads there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from golems.reports.choices import Choices, choose
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]

OpenPage = Callable[..., AppTest]


def words(app: AppTest) -> str:
    said = " ".join(one.value for one in [*app.markdown, *app.caption, *app.subheader, *app.info])
    return said.replace("\\", "")


def test_a_report_tells_what_was_predicted_and_what_not(
    open_page: OpenPage, write_run: WriteRun
) -> None:
    outcomes = [*(predicted("A", 0.9) for _ in range(3)), predicted("B", 0.6), failed()]
    run = write_run(["text"], [["x"] for _ in outcomes], outcomes)
    app = open_page("report", run=run.id)
    assert not app.exception
    assert {one.label: one.value for one in app.metric}.items() >= {
        "Rows": "5", "Predicted": "4", "Failed": "1",
    }.items()  # fmt: skip
    assert "75.0% of 4 predicted rows are A" in words(app)
    assert "1 row of 5 failed" in words(app)
    assert run.id in words(app)


def test_labels_are_called_as_they_were_renamed(open_page: OpenPage, write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]] * 3, [predicted("LABEL_0", 0.9)] * 3)
    choose(run, Choices(names={"LABEL_0": "negative"}))
    assert "All 3 rows are negative" in words(open_page("report", run=run.id))


def test_labels_that_are_html_are_shown_to_the_letter(
    open_page: OpenPage, write_run: WriteRun
) -> None:
    label = "<img src=x onerror=alert(1)> **b**"
    run = write_run(["text"], [["x"]], [predicted(label, 0.9)])
    app = open_page("report", run=run.id)
    assert not app.exception
    assert f"The only row is {label}" in words(app)


@pytest.mark.parametrize("outcomes", [[], [failed()] * 3])
def test_a_run_that_gave_nothing_is_told_too(
    outcomes: list[object], open_page: OpenPage, write_run: WriteRun
) -> None:
    run = write_run(["text"], [["x"]] * len(outcomes), outcomes)  # type: ignore[arg-type]
    app = open_page("report", run=run.id)
    assert not app.exception
    assert ("No row was written" in words(app)) == (not outcomes)
    assert ("3 rows of 3 failed" in words(app)) == bool(outcomes)


def test_a_run_that_goes_on_shows_what_it_gave_so_far(
    open_page: OpenPage, write_run: WriteRun
) -> None:
    run = write_run(["text"], [["x"]] * 4, [predicted("A", 0.9)] * 4)
    (run.folder / "end.json").unlink()
    app = open_page("report", run=run.id)
    assert not app.exception
    assert "4 rows so far" in words(app)
    assert "All 4 rows are A" in words(app)


def test_without_an_address_a_run_is_chosen(open_page: OpenPage, write_run: WriteRun) -> None:
    app = open_page("report")
    assert "There are no runs yet" in words(app)
    run = write_run(["text"], [["x"]], [predicted("A", 0.9)])
    app = open_page("report")
    app.selectbox(key="report-run").select(run.id).run()
    assert "The only row is A" in words(app)


@pytest.mark.parametrize("name", ["none-such", "../..", "<b>"])
def test_a_run_that_is_not_there_is_said(name: str, open_page: OpenPage) -> None:
    app = open_page("report", run=name)
    assert not app.exception
    assert len(app.error) == 1


def test_rows_that_are_hardly_read_are_counted_and_lead_to_the_rows(
    open_page: OpenPage, write_run: WriteRun
) -> None:
    outcomes = [predicted("A", 0.9, note="written in Russian"), predicted("A", 0.9)]
    app = open_page("report", run=write_run(["text"], [["да"], ["x"]], outcomes).id)
    assert "can hardly read 1 row of 2 (50.0%)" in app.warning[0].value
    app.button(key="report-hardly-read").click().run()
    assert not app.exception
    assert "**1** of 2 rows" in words(app)
    assert app.query_params["status"] == "hardly read"
