"""ROC and precision-recall curves equal scikit-learn's, and refuse in words what they can't say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from golems.base import Classification, LabelScore, Outcome
from golems.reports.charts.curves import precision_recall_chart, roc_chart
from golems.reports.choices import Choices
from golems.reports.curves import MOST_POINTS, Absent, Curves, binary_curves
from golems.reports.intervals import area_interval
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed

TRUTH = Choices(truth="truth")


def scored(**scores: float) -> Outcome:
    """A prediction with the scores of several labels."""
    best = sorted(scores.items(), key=lambda item: -item[1])
    return Outcome(Classification(tuple(LabelScore(*one) for one in best), 3, 0))


def of_two(score: float) -> Outcome:
    return scored(POS=score, NEG=1 - score)


def drawn(run: Run, choices: Choices = TRUTH) -> Curves | Absent:
    with view_of(run, choices) as view:
        return binary_curves(view)


def curves_of(run: Run, choices: Choices = TRUTH) -> Curves:
    found = drawn(run, choices)
    assert isinstance(found, Curves)
    return found


def write(write_run: WriteRun, truths: list[str | None], outcomes: list[Outcome]) -> Run:
    rows = [[f"text {n}", truth] for n, truth in enumerate(truths)]
    return write_run(["text", "truth"], rows, outcomes, window=500)


def sample(rows: int, decimals: int, seed: int = 0) -> tuple[list[bool], list[float]]:
    chance = np.random.default_rng(seed)
    true = chance.random(rows) < 0.4
    scores = 1 / (1 + np.exp(-(chance.normal(size=rows) + np.where(true, 0.7, -0.7))))
    return true.tolist(), scores.round(decimals).tolist()


@pytest.mark.parametrize(("rows", "decimals"), [(7, 8), (60, 1), (400, 2), (3000, 8)])
def test_areas_equal_those_of_scikit_learn(write_run: WriteRun, rows: int, decimals: int) -> None:
    true, scores = sample(rows, decimals)
    run = write(write_run, ["POS" if one else "NEG" for one in true], [*map(of_two, scores)])
    found = curves_of(run)
    assert found.auc == pytest.approx(roc_auc_score(true, scores), abs=1e-9)
    expected = average_precision_score(true, scores)
    assert found.average_precision == pytest.approx(expected, abs=1e-9)
    assert (found.positives, found.rows) == (sum(true), rows)
    assert len(found.roc) <= MOST_POINTS
    assert len(found.precision_recall) <= MOST_POINTS


@pytest.mark.parametrize(("rows", "decimals"), [(60, 1), (3000, 8)])
def test_points_are_those_of_scikit_learn(write_run: WriteRun, rows: int, decimals: int) -> None:
    true, scores = sample(rows, decimals)
    run = write(write_run, ["POS" if one else "NEG" for one in true], [*map(of_two, scores)])
    found = curves_of(run)
    fpr, tpr, at = roc_curve(true, scores, drop_intermediate=False)
    roc = {score: (x, y) for x, y, score in zip(fpr, tpr, at, strict=True)}
    for one in found.roc[1:]:
        assert one[1:] == pytest.approx(roc[one.threshold])
    assert found.roc[0] == (None, 0, 0)
    assert found.roc[-1][1:] == (1, 1)
    precision, recall, at = precision_recall_curve(true, scores)
    by_score = {score: (x, y) for x, y, score in zip(recall, precision, at, strict=False)}
    for one in found.precision_recall[1:]:
        assert one[1:] == pytest.approx(by_score[one.threshold])
    assert found.precision_recall[0] == (None, 0, 1)
    drawn_area = np.trapezoid([one[2] for one in found.roc], [one[1] for one in found.roc])
    assert drawn_area == pytest.approx(found.auc, abs=1e-4)
    assert max(np.diff([one.recall for one in found.precision_recall])) < 0.3
    if rows < MOST_POINTS:
        assert len(found.roc) == len(fpr)
        assert len(found.precision_recall) == len(recall)


def test_the_positive_label_can_be_chosen_and_else_is_the_later_one(write_run: WriteRun) -> None:
    true, scores = sample(60, 2)
    run = write(write_run, ["POS" if one else "NEG" for one in true], [*map(of_two, scores)])
    later, chosen = curves_of(run), curves_of(run, Choices(truth="truth", positive="NEG"))
    assert (later.positive, later.negative, later.chosen) == ("POS", "NEG", False)
    assert (chosen.positive, chosen.negative, chosen.chosen) == ("NEG", "POS", True)
    wanted = average_precision_score(~np.array(true), 1 - np.array(scores))
    assert chosen.average_precision == pytest.approx(wanted, abs=1e-9)
    refused = drawn(run, Choices(truth="truth", positive="OTHER"))
    assert refused == Absent(
        "'OTHER' is chosen as the positive label, and the truth has only 'NEG' and 'POS'."
    )


def test_labels_go_by_what_they_are_called(write_run: WriteRun) -> None:
    outcomes = [scored(LABEL_0=1 - score, LABEL_1=score) for score in (0.9, 0.8, 0.3, 0.6)]
    rows = [["text", truth] for truth in ("good", "good", "bad", "bad")]
    run = write_run(["text", "truth"], rows, outcomes, labels=["LABEL_0", "LABEL_1"])
    names = {"LABEL_0": "bad", "LABEL_1": "good"}
    found = curves_of(run, Choices(truth="truth", names=names))
    assert (found.positive, found.auc) == ("good", 1)


def test_two_of_three_labels_are_ranked_by_the_positive_ones_score(write_run: WriteRun) -> None:
    outcomes = [
        scored(a=0.1, b=0.3, c=0.6), scored(a=0.5, b=0.4, c=0.1), scored(a=0.2, b=0.35, c=0.45),
        scored(a=0.7, b=0.2, c=0.1), failed(), scored(a=0.9, b=0.05, c=0.05),
    ]  # fmt: skip
    run = write(write_run, ["b", "b", "a", "a", "a", "unheard of"], outcomes)
    left_out = Choices(truth="truth", truth_labels={"unheard of": ""})
    found = curves_of(run, left_out)
    assert found.auc == pytest.approx(roc_auc_score([1, 1, 0, 0], [0.3, 0.4, 0.35, 0.2]))
    assert (found.positives, found.negatives, found.left_out) == (2, 2, 0)


@pytest.mark.parametrize(
    ("truths", "outcomes", "why"),
    [
        (["POS"] * 2, [failed()] * 2, "No row has both a prediction and a truth."),
        ([None, ""], [of_two(0.9)] * 2, "No row has both a prediction and a truth."),
        ([], [], "No row has both a prediction and a truth."),
        (
            ["POS", "POS"], [of_two(0.9)] * 2,
            "The truth has one label alone that the golem knows, 'POS'.",
        ),
        (
            ["a", "b", "c"], [scored(a=0.1, b=0.3, c=0.6)] * 3,
            "The truth has 3 labels; ROC and precision-recall curves are of two.",
        ),
        (
            ["POS", "NEG"], [of_two(float("nan")), of_two(0.4)],
            "Only one of the two labels has rows with scores that are numbers.",
        ),
    ],
)  # fmt: skip
def test_what_has_no_curves_says_why(
    write_run: WriteRun, truths: list[str | None], outcomes: list[Outcome], why: str
) -> None:
    assert drawn(write(write_run, truths, outcomes)) == Absent(why)


def test_without_a_truth_there_are_no_curves(write_run: WriteRun) -> None:
    run = write(write_run, ["POS", "NEG"], [of_two(0.9), of_two(0.1)])
    assert drawn(run, Choices()) == Absent("No column of the dataset is chosen as the truth.")


def test_scores_that_were_not_kept_are_not_made_up(write_run: WriteRun) -> None:
    outcomes = [scored(POS=0.9), scored(NEG=0.8), scored(POS=0.7), scored(NEG=0.6)]
    run = write(write_run, ["POS", "NEG", "NEG", "POS"], outcomes)
    cut = run.manifest().model_copy(update={"parameters": {"top_k": 1}})
    run.write_manifest(cut)
    assert drawn(run) == Absent(
        "The scores of 'POS' weren't kept in 2 of 4 rows. "
        "Run it again with the scores of all labels kept (top_k)."
    )


def test_rows_without_a_number_are_left_out_and_counted(write_run: WriteRun) -> None:
    outcomes = [of_two(0.9), of_two(0.2), of_two(float("nan"))]
    found = curves_of(write(write_run, ["POS", "NEG", "NEG"], outcomes))
    assert (found.auc, found.rows, found.left_out) == (1, 2, 1)


def test_the_interval_of_an_area_says_something_at_its_ends_and_narrows() -> None:
    assert area_interval(1.0, 10, 10).high == 1
    assert 0.6 < area_interval(1.0, 10, 10).low < 0.95
    assert area_interval(0.0, 10, 10).high == pytest.approx(1 - area_interval(1.0, 10, 10).low)
    wide, narrow = area_interval(0.8, 20, 30), area_interval(0.8, 2000, 3000)
    assert wide.low < narrow.low < 0.8 < narrow.high < wide.high


def test_the_interval_of_an_area_holds_the_true_one_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    truth, positives, negatives, times = 0.8555, 25, 35, 1500  # of normals 1.5 apart
    hits = 0
    for _ in range(times):
        high, low = chance.normal(1.5, size=positives), chance.normal(size=negatives)
        area = float((high[:, None] > low).mean())
        bounds = area_interval(area, positives, negatives)
        hits += bounds.low <= truth <= bounds.high
    assert 0.93 < hits / times < 0.98


def test_charts_tell_the_area_the_rows_and_what_a_click_means(write_run: WriteRun) -> None:
    true, scores = sample(60, 2)
    markup = "<b>POS</b>"
    outcomes = [scored(**{markup: score, "NEG": 1 - score}) for score in scores]
    truths = [markup if one else "NEG" for one in true]
    found = curves_of(write(write_run, truths, outcomes), Choices(truth="truth", positive=markup))
    roc, pr = roc_chart(found), precision_recall_chart(found)
    assert f"AUC {found.auc:.3f}" in roc.title
    assert f"{found.positives:,} and {found.negatives:,} rows" in roc.summary
    assert f"{found.average_precision:.3f}" in pr.title
    for chart, points in ((roc, found.roc), (pr, found.precision_recall)):
        trace = chart.figure["data"][1]
        assert [one[0] for one in trace["customdata"]] == [one.threshold for one in points]
        assert chart.rows == points
        assert "<b>" not in without_hover(trace)["name"]


def without_hover(trace: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in trace.items() if key != "hovertemplate"}
