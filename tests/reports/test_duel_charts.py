"""Charts of runs against each other: their figures, and that foreign words are no markup."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from golems.reports.charts.duel import agreement_chart, distribution_chart, drift_chart
from golems.reports.charts.template import GREY, colours
from golems.reports.drift import drift
from golems.reports.duel import Duel, duel
from golems.reports.view import view_of
from tests.reports.conftest import WriteRun
from tests.reports.duels import run_of

EVIL = "<b>A</b>"


def compared(write_run: WriteRun, *labels: object) -> Duel:
    runs = [run_of(write_run, one) for one in labels]  # type: ignore[arg-type]
    with view_of(runs[0]) as view:
        return duel(view, runs[1:])


def test_the_chart_says_who_agrees_least(write_run: WriteRun) -> None:
    chart = agreement_chart(compared(write_run, "ABAB", "ABAA", "BABB"))
    assert chart.title == "Least agreement: B and C agree on 0% of the rows"
    assert [row[:4] for row in chart.rows] == [
        ("A and B", 3, 4, 0.75),
        ("A and C", 1, 4, 0.25),
        ("B and C", 0, 4, 0.0),
    ]
    [trace] = chart.figure["data"]
    assert dict(zip(trace["y"], trace["x"], strict=True)) == {
        "A and B": 0.75, "A and C": 0.25, "B and C": 0.0,
    }  # fmt: skip
    assert trace["textposition"] == ["top center", "top center", "top right"]  # inside the chart
    low, high = chart.rows[0][4:6]
    assert trace["error_x"]["array"][0] == pytest.approx(high - 0.75)
    assert trace["error_x"]["arrayminus"][0] == pytest.approx(0.75 - low)
    assert go.Figure(chart.figure)


def test_a_label_has_its_colour_in_every_run(write_run: WriteRun) -> None:
    found = compared(write_run, ["A", EVIL, "A"], [EVIL, EVIL, "A"])
    chart = distribution_chart(found)
    traces = {trace["customdata"][0][0]: trace for trace in chart.figure["data"]}
    assert traces[EVIL]["marker"]["color"] == colours(["A", EVIL])[EVIL]
    assert "<b>" not in traces[EVIL]["name"]
    assert "<b>" not in chart.summary
    assert traces["A"]["y"] == [2 / 3, 1 / 3]
    assert {row[0]: row[1:3] for row in chart.rows} == {"A": (2, 1), EVIL: (1, 2)}
    assert go.Figure(chart.figure)


def test_rare_labels_are_drawn_together(write_run: WriteRun) -> None:
    labels = [f"label {place:02}" for place in range(15)]
    chart = distribution_chart(compared(write_run, labels, labels))
    assert len(chart.figure["data"]) == 13
    assert chart.figure["data"][-1]["marker"]["color"] == GREY
    assert chart.rows[-1][:3] == ("other labels", 3, 3)


def test_runs_without_rows_have_charts_that_say_so(write_run: WriteRun) -> None:
    found = compared(write_run, [], [])
    assert agreement_chart(found).title == "No row that two runs predicted"
    assert distribution_chart(found).title == "No row has a label yet"


def test_drift_is_drawn_with_both_n(write_run: WriteRun) -> None:
    one = run_of(write_run, ["A", EVIL, "A"])
    other = run_of(write_run, [EVIL, EVIL], data="sha256:other")
    with view_of(one) as view, view_of(other) as there:
        found = drift(view, there)
    assert found.labels is not None
    chart = drift_chart(found.labels, "labels", labels=["A", EVIL])
    assert [trace["name"] for trace in chart.figure["data"]] == [
        "This run (n = 3)",
        "The other run (n = 2)",
    ]
    assert chart.rows == (("A", 2, 0), (EVIL, 1, 2))
    assert chart.figure["data"][0]["y"] == [2 / 3, 1 / 3]
    assert "<b>" not in str(chart.figure["layout"]["xaxis"]["ticktext"])
    assert f"{found.labels.js_distance:.3f}" in chart.title
    assert go.Figure(chart.figure)
