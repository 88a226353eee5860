"""The section of a report that compares slices."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from golems.base import Generation, Outcome
from golems.reports.ahead import work_out
from golems.reports.choices import Choices, choose
from golems.reports.rows import find_rows
from golems.reports.selection import Selection, Slice
from golems.reports.view import View, view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]

COLUMNS = ["text", "date", "<b>kind</b>", "label", "blank"]
SCRIPT = """
from golems.reports.view import view_of
from golems.runs import open_run
from ui.errors import errors_in_words
from ui.report.slices import draw

with errors_in_words(), view_of(open_run({run!r})) as view:
    draw(view)
"""


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    rng = random.Random(2)
    rows, outcomes = [], []
    for place in range(300):
        year = rng.randint(2015, 2024)
        label = "N" if rng.random() < (0.7 if year < 2018 else 0.3) else "P"
        kind = rng.choice(["a", "b", "<i>c</i>"]) if place > 5 else "rare"
        rows.append([f"text {place}", f"{year}-02-03", kind, rng.choice("NP"), None])
        outcomes.append(predicted(label, rng.random()) if place % 50 else failed())
    return write_run(COLUMNS, rows, outcomes, window=500)


def opened(run: Run) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(run=run.id), default_timeout=60).run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info]
    return "\n".join(one.value for one in parts).replace("\\", "")


def chosen(app: AppTest, run: Run) -> Selection:
    selection: Selection = app.session_state[f"report-selection-{run.id}"][0]
    return selection


def press(app: AppTest, key: str) -> AppTest:
    app = app.button(key=key).click().run()
    assert not app.exception
    return app


def test_what_was_worked_out_ahead_is_not_asked_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_out(run)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("It was asked again.")

    monkeypatch.setattr(View, "ask", refuse)
    assert "What differs most" in said(opened(run))


def test_what_stands_out_is_said_with_its_rows(run: Run) -> None:
    app = opened(run)
    assert "What differs most" in said(app)
    assert "date 2015-02-03: " in said(app)
    assert "Benjamini and Hochberg" in said(app)
    press(app, "report-slices-found-0")
    assert app.session_state["section-next"] == "Rows"
    (one,) = chosen(app, run).slices
    assert one.column == "date"
    with view_of(run) as view:
        shown = find_rows(view, chosen(app, run)).rows
    sentence = next(one.value for one in app.markdown if "elsewhere" in one.value)
    counted = int(sentence.partition("% of ")[2].partition(" rows")[0])
    assert 0 <= shown - counted <= 6  # six failed, and were not predicted


def test_a_slice_is_chosen_by_keyboard(run: Run) -> None:
    app = opened(run)
    app.selectbox(key=f"report-slices-{run.id}-column").select("<b>kind</b>").run()
    key = f"report-slices-{run.id}-2-value"
    picker = app.selectbox(key=f"{key}-slice")
    place = next(n for n, name in enumerate(picker.options) if name.startswith("rare · "))
    assert place != picker.index
    picker.select_index(place)  # and pressed before the page is drawn again
    press(app, f"report-slices-{run.id}-show")
    assert chosen(app, run) == Selection(slices=(Slice("<b>kind</b>", value="rare"),))


def test_a_click_shows_the_rows_of_the_slice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    charts: list[Any] = []

    def click_the_last(chart: Any, *, on_click: Callable[[Any], None], **how: Any) -> None:
        charts.append(chart)
        if len(charts) == 1:
            on_click(chart.figure["data"][0]["customdata"][-1][0])

    monkeypatch.setattr("ui.report.slices.show_chart", click_the_last)
    app = opened(run)
    assert len(chosen(app, run).slices) == 1
    with view_of(run) as view:
        assert find_rows(view, chosen(app, run)).rows == charts[0].rows[-1][1]


def test_slices_are_compared_by_what_there_is(run: Run) -> None:
    compare = f"report-slices-{run.id}-by"
    app = opened(run)
    words = ["Share of P", "Mean score", "Share of failed rows", "Share of N"]
    assert app.selectbox(key=compare).options == words
    choose(run, Choices(truth="label", positive="N"))
    app = opened(run)
    words = ["Share of N", "Accuracy", "Mean score", "Share of failed rows", "Share of P"]
    assert app.selectbox(key=compare).options == words
    app.selectbox(key=compare).select_index(1).run()
    assert "Accuracy of all" in said(app)
    assert "label = " not in said(app).partition("Column")[0]
    assert list(app.dataframe[-1].value.columns) == [
        "Slice", "Rows", "Failed", "Mean score", "Accuracy", "Note",
    ]  # fmt: skip


def test_a_number_may_be_taken_for_a_value(write_run: WriteRun) -> None:
    rows = [[f"x{n}", str(n % 7)] for n in range(70)]
    run = write_run(["text", "n"], rows, [predicted("A", 0.5)] * 70, window=100)
    app = opened(run)
    app.selectbox(key=f"report-slices-{run.id}-column").select("n").run()
    kind = app.segmented_control(key=f"report-slices-{run.id}-1-kind")
    assert kind.options == ["Numbers", "Values"]
    assert list(app.dataframe[-1].value["Slice"]) == list("0123456")
    kind.set_value("value").run()
    assert not app.exception
    assert sorted(app.dataframe[-1].value["Slice"]) == list("0123456")
    assert set(app.dataframe[-1].value["Note"]) == {"under 20 rows"}


def test_an_empty_column_is_said(run: Run) -> None:
    app = opened(run)
    app.selectbox(key=f"report-slices-{run.id}-column").select("blank").run()
    assert "No row has anything in column blank" in said(app)


@pytest.mark.parametrize("what", ["no rows", "all failed", "writes", "NaN"])
def test_runs_without_a_label_get_plain_sentences(what: str, write_run: WriteRun) -> None:
    outcomes = {
        "no rows": [],
        "all failed": [failed()] * 60,
        "writes": [Outcome(Generation("once upon", " upon", tokens=1, new_tokens=1))] * 60,
        "NaN": [predicted("A", float("nan"))] * 60,
    }[what]
    rows = [["some text", "ab"[n % 2]] for n in range(len(outcomes))]
    task = "text-generation" if what == "writes" else "text-classification"
    app = opened(write_run(["text", "c"], rows, outcomes, task=task))
    assert "There is nothing to compare" in said(app)
    if what != "no rows":
        app.selectbox[0].select("c").run()
        assert not app.exception
        assert list(app.dataframe[-1].value["Rows"]) == [30, 30]
