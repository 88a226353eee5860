"""The curves of a report, drawn alone over runs with invented results."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from golems.base import Outcome
from golems.reports.choices import Choices, choose
from golems.runs import Run
from tests.pages.conftest import charts_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]

SCRIPT = """
from golems.reports.view import view_of
from golems.runs import open_run
from ui.report.curves import draw_curves

with view_of(open_run({run!r})) as view:
    draw_curves(view)
"""
Draw = Callable[..., AppTest]


@pytest.fixture
def draw(write_run: WriteRun) -> Draw:
    def draw_it(truths: list[str | None], outcomes: list[Outcome], **choices: object) -> AppTest:
        rows = [["x", truth] for truth in truths]
        run: Run = write_run(["text", "label"], rows, outcomes)
        choose(run, Choices(**{"truth": "label", **choices}))
        app = AppTest.from_string(SCRIPT.format(run=run.id), default_timeout=60).run()
        assert not app.exception
        return app

    return draw_it


def said(app: AppTest) -> str:
    words = [*app.caption, *app.info, *app.markdown]
    return " ".join(str(one.value) for one in words).replace("\\", "")


def figures(app: AppTest) -> dict[str, str]:
    return {one.label: str(one.value) for one in app.metric}


def both(scores: list[float]) -> list[Outcome]:
    """Half and half of two labels, as the golem's ``other`` is the second one."""
    return [predicted("A", score) for score in scores]


def test_two_labels_have_all_three_charts_with_their_figures(draw: Draw) -> None:
    app = draw(["A", "A", "other", "other"], both([0.9, 0.6, 0.7, 0.1]))
    assert figures(app) == {
        "AUC (ROC)": "0.750", "Average precision": "0.833",
        "Calibration error (ECE)": "0.325", "Rows with a truth": "4",
    }  # fmt: skip
    assert len(charts_of(app)) == 3
    assert (
        "of 4 rows, with 'other' as the positive label (choose it under Names of labels)."
        in said(app)
    )
    assert "95% interval" in said(app)


def test_a_chosen_positive_label_is_said(draw: Draw) -> None:
    app = draw(["A", "A", "other"], both([0.9, 0.6, 0.7]), positive="A")
    assert "with 'A' as the positive label." in said(app)


def test_without_a_truth_nothing_is_drawn(draw: Draw) -> None:
    app = draw(["A"], both([0.9]), truth=None)
    assert not app.main.children


def test_three_labels_have_the_reliability_alone_and_say_why(draw: Draw) -> None:
    outcomes = [predicted("A", 0.9), predicted("B", 0.8), predicted("C", 0.7)]
    app = draw(["A", "B", "C"], outcomes)
    assert len(charts_of(app)) == 1
    assert "Calibration error (ECE)" in figures(app)
    assert "AUC (ROC)" not in figures(app)


@pytest.mark.parametrize(
    ("truths", "outcomes", "why"),
    [
        (["A", None], [failed(), predicted("A", 0.5)], "No row has both a prediction and a truth."),
        ([], [], "No row has both a prediction and a truth."),
    ],
)
def test_a_run_that_has_no_curves_says_why_once(
    draw: Draw, truths: list[str | None], outcomes: list[Outcome], why: str
) -> None:
    app = draw(truths, outcomes)
    assert [one.value.replace("\\", "") for one in app.info] == [why]
    assert not charts_of(app)


def test_labels_that_are_markup_are_shown_to_the_letter(draw: Draw) -> None:
    label = "<img src=x onerror=alert(1)> **b**"
    app = draw([label, "other", label], [predicted(label, score) for score in (0.9, 0.2, 0.4)],
               positive=label)  # fmt: skip
    assert any("\\<img src\\=x" in one.value for one in app.caption)
    for chart in charts_of(app):
        assert "<img" not in chart.replace("\\u003c", "<")
