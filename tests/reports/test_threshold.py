"""Lines through the scores count rows exactly, and the least sure rows come first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from math import nextafter

import numpy as np
import pytest

from golems.base import Classification, Generation, LabelScore, Outcome
from golems.errors import BadInput
from golems.reports import write_csv
from golems.reports.charts.coverage import coverage_chart
from golems.reports.choices import Choices
from golems.reports.export import write_rows_csv
from golems.reports.intervals import share_interval
from golems.reports.rows import find_rows
from golems.reports.selection import Selection
from golems.reports.threshold import Coverage, Line, at_threshold, coverage, least_sure
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed

NAN = float("nan")


def predicted_as(label: str, score: float) -> Outcome:
    return Outcome(Classification((LabelScore(label, score),), 3, 0))


def write(
    write_run: WriteRun, scores: Sequence[float | None], truths: Sequence[str | None] | None = None
) -> Run:
    known = truths or [None] * len(scores)
    outcomes = [failed() if one is None else predicted_as("A", one) for one in scores]
    rows = [[f"text {n}", truth] for n, truth in enumerate(known)]
    return write_run(["text", "truth"], rows, outcomes, window=400)


def lines_of(run: Run, truth: str | None = "truth") -> Coverage:
    with view_of(run, Choices(truth=truth)) as view:
        return coverage(view)


def line_of(run: Run, threshold: float) -> Line:
    with view_of(run, Choices(truth="truth")) as view:
        return at_threshold(view, threshold)


def test_every_line_equals_what_comparing_each_score_gives(write_run: WriteRun) -> None:
    edges = [step / 100 for step in range(101)]
    beside = [nextafter(one, to) for one in edges for to in (0, 1)]
    scores = [*edges, *beside, *np.random.default_rng(0).random(300).tolist()]
    truths = ["A" if n % 3 else "B" for n in range(len(scores))]
    truths[::7] = [None] * len(truths[::7])
    found = lines_of(write(write_run, scores, truths))
    values = np.array(scores)
    known, right = np.array([one is not None for one in truths]), np.array(truths) == "A"
    assert [one.threshold for one in found.lines] == edges
    for line in found.lines:
        kept = values >= line.threshold
        counted = (line.kept, line.below, line.known, line.right)
        assert counted == (
            kept.sum(), (~kept).sum(), (kept & known).sum(), (kept & right).sum(),
        )  # fmt: skip


@pytest.mark.parametrize("threshold", [0.0, 0.29, 0.555, 0.5, 0.57, 1.0, -3.0, 7.5])
def test_any_line_counts_exactly_and_agrees_with_the_rows_it_leads_to(
    write_run: WriteRun, threshold: float
) -> None:
    scores = [0.29, 0.57, 0.555, 0.5, nextafter(0.555, 0), 1.0, 0.0, None, NAN]
    run = write(write_run, scores, ["A", "B", "A", None, "A", "A", "B", "A", "A"])
    line = line_of(run, threshold)
    numbers = [one for one in scores if one is not None and one == one]
    assert line.kept == sum(one >= threshold for one in numbers)
    assert line.below == sum(one < threshold for one in numbers)
    with view_of(run) as view:
        assert find_rows(view, Selection(below=threshold)).rows == line.below


def test_a_row_on_the_line_is_kept(write_run: WriteRun) -> None:
    run = write(write_run, [0.29, 0.28], ["A", "B"])
    assert line_of(run, 0.29) == Line(0.29, kept=1, below=1, known=1, right=1)


def test_shares_come_with_their_interval_and_none_without_rows(write_run: WriteRun) -> None:
    run = write(write_run, [0.9, 0.8, 0.4], ["A", "B", None])
    line = line_of(run, 0.5)
    assert (line.coverage, line.accuracy) == (2 / 3, 0.5)
    assert line.accuracy_interval == share_interval(1, 2)
    assert line_of(run, 0.95).accuracy is None
    assert line_of(write(write_run, [None]), 0.5).coverage is None


def test_rows_without_a_score_are_told_apart(write_run: WriteRun) -> None:
    found = lines_of(write(write_run, [0.9, NAN, None], ["A", "A", "A"]))
    assert (found.scored, found.unscored, found.known) == (1, 1, 1)
    empty = lines_of(write(write_run, []))
    assert (empty.scored, empty.low, empty.lines[0].kept) == (0, None, 0)


def test_scores_beyond_0_and_1_are_on_the_right_side(write_run: WriteRun) -> None:
    found = lines_of(write(write_run, [-2e300, -0.001, 0.5, 4e300]))
    assert (found.low, found.high) == (-2e300, 4e300)
    assert (found.lines[0].kept, found.lines[0].below) == (2, 2)
    assert found.lines[100].kept == 1


@pytest.mark.parametrize("threshold", [NAN, float("inf")])
def test_a_threshold_must_be_a_number(write_run: WriteRun, threshold: float) -> None:
    with pytest.raises(BadInput, match="is no score"):
        line_of(write(write_run, [0.5]), threshold)


def test_the_least_sure_rows_come_first(write_run: WriteRun) -> None:
    run = write(write_run, [0.9, 0.4, None, 0.7, 0.4, NAN])
    with view_of(run) as view:
        assert least_sure(view, 3) == (1, 4, 3)
        assert least_sure(view, 200) == (1, 4, 3, 0, 5)
        with pytest.raises(BadInput, match="ask for 1 or more"):
            least_sure(view, 0)


def test_of_what_has_no_scores_the_first_rows_come_first(write_run: WriteRun) -> None:
    written = [Outcome(Generation(f"said {n}", "", 2, 3)) for n in range(3)]
    outcomes = [failed(), *written]
    run = write_run(["text"], [["x"]] * 4, outcomes, task="text-generation")
    with view_of(run) as view:
        assert least_sure(view, 2) == (1, 2)
        assert coverage(view).scored == 0


def test_some_rows_as_csv_are_the_same_lines_as_of_all_in_the_order_given(
    write_run: WriteRun,
) -> None:
    scores = [0.9, 0.4, None, 0.7, NAN, 0.2, 0.3]
    rows = [[f"=cmd({n})\n", "A"] for n in range(len(scores))]
    outcomes = [failed() if one is None else predicted_as("-A", one) for one in scores]
    run = write_run(["text", "place"], rows, outcomes, window=2)
    everything, some = io.StringIO(newline=""), io.StringIO(newline="")
    write_csv(run, everything)
    write_rows_csv(run, [6, 4, 3, 99, 0], some)
    head, *lines = csv.reader(io.StringIO(everything.getvalue(), newline=""))
    assert list(csv.reader(io.StringIO(some.getvalue(), newline=""))) == [
        head, lines[6], lines[4], lines[3], lines[0],
    ]  # fmt: skip
    assert lines[0][0] == "'=cmd(0)\n"


def test_no_rows_as_csv_are_the_names_of_the_columns(write_run: WriteRun) -> None:
    file = io.StringIO(newline="")
    write_rows_csv(write(write_run, [0.5]), [], file)
    assert file.getvalue().startswith("text,truth,predicted_label,")
    assert len(file.getvalue().splitlines()) == 1


def test_the_chart_with_a_truth_tells_the_accuracy_and_greys_few_rows(write_run: WriteRun) -> None:
    scores = [0.95] * 5 + [0.6] * 30
    run = write(write_run, scores, ["A"] * 30 + ["B"] * 5)
    found, line = lines_of(run), line_of(run, 0.5)
    chart = coverage_chart(found, line)
    assert chart.title == "From 0.5 on, 85.7% of the rows are right"
    assert "keeps 35 of 35 rows (100.0%); 30 of 35 with a truth are right" in chart.summary
    assert "Grey: under 20 rows." in chart.summary
    names = [trace.get("name") for trace in chart.figure["data"]]
    assert names == ["Kept", None, "Right", "Right, under 20 rows"]
    few = chart.figure["data"][3]
    assert (few["x"][0], few["x"][-1], few["y"][-1]) == (0.6, 0.95, 1)
    assert chart.figure["layout"]["shapes"][0]["x0"] == 0.5
    assert len(chart.rows) == 101
    none_kept = coverage_chart(found, line_of(run, 0.99))
    assert none_kept.title == "From 0.99 on, no row with a truth is kept"


def test_the_chart_without_a_truth_tells_what_is_left_to_look_at(write_run: WriteRun) -> None:
    run = write(write_run, [0.9, 0.8, 0.4, 0.3])
    found = lines_of(run, None)
    with view_of(run) as view:
        chart = coverage_chart(found, at_threshold(view, 0.7))
    assert chart.title == "A line at 0.7 leaves 50.0% to be looked at"
    assert "keeps 2 of 4 rows (50.0%), and leaves 2 rows to be checked" in chart.summary
    assert [trace["name"] for trace in chart.figure["data"]] == ["Kept", "To be looked at"]
    assert "right" not in f"{chart.title} {chart.summary}"
