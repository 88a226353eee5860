"""The section with a line through the scores, drawn alone over runs with invented results."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree as Xml

import pytest
from streamlit.testing.v1 import AppTest

from golems.base import Generation, Outcome
from golems.reports.choices import Choices, choose
from golems.reports.selection import Selection
from golems.runs import Run
from tests.pages.conftest import button, charts_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run
from ui.report.threshold import config_of, rows_as_tasks, rows_csv

__all__ = ["write_run"]

SCRIPT = """
from golems.reports.view import view_of
from golems.runs import open_run
from ui.report.threshold import draw

with view_of(open_run({run!r})) as view:
    draw(view)
"""
SCORES = [0.95, 0.7, 0.69, 0.5]


def drawn(run: Run) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(run=run.id), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.fixture
def write(write_run: WriteRun) -> Callable[..., Run]:
    def write_it(
        outcomes: list[Outcome], *, task: str = "text-classification", truth: bool = False
    ) -> Run:
        rows = [[f"text {n}", "A" if n % 2 else "B"] for n, _ in enumerate(outcomes)]
        labels = ["A", "B", "other"] if truth else None
        run = write_run(["text", "rows"], rows, outcomes, task=task, labels=labels)
        if truth:
            choose(run, Choices(truth="rows"))
        return run

    return write_it


def of(scores: list[float]) -> list[Outcome]:
    return [predicted("A", score) for score in scores]


def figures(app: AppTest) -> dict[str, str]:
    return {one.label: str(one.value) for one in app.metric}


def said(app: AppTest) -> str:
    return " ".join(str(one.value) for one in [*app.caption, *app.info]).replace("\\", "")


def test_without_a_truth_the_line_says_what_is_left_and_nothing_about_right(
    write: Callable[..., Run],
) -> None:
    app = drawn(write([*of(SCORES), failed()]))
    assert figures(app) == {"Kept": "2", "Coverage": "50.0%", "To be looked at": "2"}
    assert "2 of 4 rows score 0.7 or more." in said(app)
    assert "right" not in said(app)
    assert len(charts_of(app)) == 1


def test_with_a_truth_the_line_says_how_right_what_it_keeps_is(write: Callable[..., Run]) -> None:
    app = drawn(write(of(SCORES), truth=True))
    assert figures(app)["Accuracy of those kept"] == "50.0%"
    assert "1 of the 2 with a truth among them are right: 50.0%, 95% interval" in said(app)
    app.slider(key="report-threshold-score").set_value(0.99).run()
    assert not app.exception
    assert figures(app)["Accuracy of those kept"] == "–"
    assert "None of them has a truth" in said(app)


def test_the_slider_counts_a_row_on_the_line_as_kept(write: Callable[..., Run]) -> None:
    app = drawn(write(of([0.29, 0.28, 0.57])))
    app.slider(key="report-threshold-score").set_value(0.29).run()
    assert figures(app)["Kept"] == "2"


def test_the_rows_below_the_line_can_be_gone_to(write: Callable[..., Run]) -> None:
    run = write(of(SCORES))
    app = drawn(run)
    button(app, "Show the rows below it").click().run()
    assert app.session_state[f"report-selection-{run.id}"] == (
        Selection(below=0.7), "Score below 0.7",
    )  # fmt: skip
    assert app.session_state["section-next"] == "Rows"
    # Pressed before the page is drawn with the line that was moved.
    app.slider(key="report-threshold-score").set_value(0.95)
    button(app, "Show the rows below it").click().run()
    assert app.session_state[f"report-selection-{run.id}"][0] == Selection(below=0.95)
    app.slider(key="report-threshold-score").set_value(0.0).run()
    assert [one.label for one in app.button] == []


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([float("nan"), 0.8], "1 predicted row has a score that is no finite number"),
        ([-2.0, 3.5], "Scores go from -2 to 3.5"),
        ([float("nan")], "No row has a score yet"),
        ([], "No row has a score yet"),
    ],
)
def test_scores_of_another_kind_are_told(
    write: Callable[..., Run], scores: list[float], sentence: str
) -> None:
    assert sentence in said(drawn(write(of(scores))))


def test_a_run_whose_rows_all_failed_has_nothing_to_hand_out(write: Callable[..., Run]) -> None:
    app = drawn(write([failed(), failed()]))
    assert "No row has a score yet" in said(app)
    assert not app.get("download_button")


def test_the_least_sure_rows_can_be_taken_away(write: Callable[..., Run]) -> None:
    run = write([*of(SCORES), failed()])
    app = drawn(run)
    assert app.number_input(key="report-threshold-rows").value == 200
    assert [one.proto.label for one in app.get("download_button")] == [
        "Download as CSV", "Download as Label Studio tasks", "Labeling config",
    ]  # fmt: skip
    _, *lines = csv.reader(io.StringIO(rows_csv(run, 3).decode(), newline=""))
    assert [line[0] for line in lines] == ["text 3", "text 2", "text 1"]
    tasks = json.loads(rows_as_tasks(run, 3))
    assert [task["data"]["row"] for task in tasks] == [4, 3, 2]
    assert Xml.fromstring(config_of(run)).tag == "View"


def test_a_golem_without_scores_hands_out_its_first_rows(write: Callable[..., Run]) -> None:
    written = [Outcome(Generation(f"said {n}", "", 2, 3)) for n in range(3)]
    run = write(written, task="text-generation")
    app = drawn(run)
    assert "This golem gives no scores" in said(app)
    assert app.subheader[0].value == "The first rows"
    assert len(json.loads(rows_as_tasks(run, 2))) == 2


def test_pictures_can_be_said_where_they_are(write: Callable[..., Run]) -> None:
    run = write(of([0.9]), task="image-classification")
    app = drawn(run)
    app.text_input(key="report-threshold-pictures").set_value("/data/").run()
    assert not app.exception
    [task] = json.loads(rows_as_tasks(run, 1, "/data/"))
    assert task["data"]["image"] == "/data/text%200"
