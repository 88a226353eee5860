"""Calibration as numpy and scikit-learn work it out."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from golems.base import Classification, LabelScore, Outcome
from golems.reports.charts.curves import reliability_chart
from golems.reports.charts.template import GREY
from golems.reports.choices import Choices
from golems.reports.curves import Absent
from golems.reports.intervals import share_interval
from golems.reports.reliability import BINS, Reliability, reliability
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed


def predicted_as(label: str, score: float) -> Outcome:
    return Outcome(Classification((LabelScore(label, score),), 3, 0))


def write(write_run: WriteRun, right: list[bool], scores: list[float]) -> Run:
    rows = [[f"text {n}", "A" if one else "B"] for n, one in enumerate(right)]
    outcomes = [predicted_as("A", score) for score in scores]
    return write_run(["text", "truth"], rows, outcomes, window=500)


def asked(run: Run, truth: str | None = "truth") -> Reliability | Absent:
    with view_of(run, Choices(truth=truth)) as view:
        return reliability(view)


def found_in(run: Run) -> Reliability:
    found = asked(run)
    assert isinstance(found, Reliability)
    return found


def sample(rows: int) -> tuple[list[bool], list[float]]:
    chance = np.random.default_rng(3)
    scores = chance.beta(4, 1.5, size=rows).round(8)
    return (chance.random(rows) < scores**2).tolist(), scores.tolist()


def test_the_errors_equal_those_that_numpy_works_out(write_run: WriteRun) -> None:
    right, scores = sample(2000)
    found = found_in(write(write_run, right, scores))
    hits, values = np.array(right), np.array(scores)
    gaps, weights = [], []
    for low in range(BINS):
        inside = (values >= low / 10) & ((values < (low + 1) / 10) | (low == 9))
        if inside.any():
            gaps.append(abs(hits[inside].mean() - values[inside].mean()))
            weights.append(inside.mean())
    assert found.ece == pytest.approx(float(np.dot(gaps, weights)), abs=1e-12)
    assert found.mce == pytest.approx(max(gaps), abs=1e-12)
    assert found.rows == 2000
    assert found.right == sum(right)
    assert found.mean_score == pytest.approx(values.mean())


def test_the_bins_equal_those_of_scikit_learn(write_run: WriteRun) -> None:
    right, scores = sample(2000)
    found = found_in(write(write_run, right, scores))
    share, mean = calibration_curve(right, scores, n_bins=BINS)
    drawn = [one for one in found.bins if one.rows]
    assert [one.share for one in drawn] == pytest.approx(share)
    assert [one.mean_score for one in drawn] == pytest.approx(mean)
    for one in drawn:
        assert one.interval == share_interval(one.right, one.rows)


def test_a_score_on_an_edge_is_in_the_bin_that_starts_there(write_run: WriteRun) -> None:
    scores = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    found = found_in(write(write_run, [True] * 11, scores))
    assert [one.rows for one in found.bins] == [1] * 9 + [2]
    assert (found.bins[3].low, found.bins[3].high) == (0.3, 0.4)


def test_only_rows_with_a_truth_count(write_run: WriteRun) -> None:
    rows = [["x", "A"], ["x", None], ["x", " "], ["x", "A"]]
    outcomes = [predicted_as("A", 0.75), *[predicted_as("A", 0.1)] * 2, failed()]
    found = found_in(write_run(["text", "truth"], rows, outcomes))
    assert (found.rows, found.right, found.ece) == (1, 1, 0.25)


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        (
            [0.5, float("nan"), float("inf")],
            "2 of 3 scores are no finite numbers, so there is no calibration error.",
        ),
        (
            [-0.25, 0.5, 3.5],
            "The scores go from -0.25 to 3.5; a calibration error is of scores between 0 and 1.",
        ),
        ([], "No row has both a prediction and a truth."),
    ],
)
def test_scores_of_another_kind_have_no_calibration(
    write_run: WriteRun, scores: list[float], why: str
) -> None:
    assert asked(write(write_run, [True] * len(scores), scores)) == Absent(why)


def test_without_a_truth_there_is_none(write_run: WriteRun) -> None:
    found = asked(write(write_run, [True], [0.5]), truth=None)
    assert found == Absent("No column of the dataset is chosen as the truth.")


def test_the_chart_says_which_way_the_scores_err_and_greys_few_rows(write_run: WriteRun) -> None:
    right = [*[True] * 15, *[False] * 15, True]
    found = found_in(write(write_run, right, [0.95] * 30 + [0.55]))
    chart = reliability_chart(found)
    assert chart.title == "The scores promise more than is right"
    assert "of 31 rows right (95%" in chart.summary
    assert "Grey: under 20 rows." in chart.summary
    assert [colour == GREY for colour in chart.figure["data"][1]["marker"]["color"]] == [
        True, False,
    ]  # fmt: skip
    assert chart.figure["data"][1]["customdata"][1] == [[0.9, 1.0], 30]
    assert [row[2] for row in chart.rows] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 30]


@pytest.mark.parametrize(
    ("right", "score", "title"),
    [
        (40, 0.6, "The scores promise less than is right"),
        (30, 0.75, "Scores and the share that is right agree on the whole"),
    ],
)
def test_the_chart_compares_with_the_interval(
    write_run: WriteRun, right: int, score: float, title: str
) -> None:
    hits = [True] * right + [False] * (40 - right)
    assert reliability_chart(found_in(write(write_run, hits, [score] * 40))).title == title
