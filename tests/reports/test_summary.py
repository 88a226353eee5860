"""A run in figures, against pandas on the same results."""

from __future__ import annotations

import json
import math
import random

import pandas as pd
import pytest

from golems.reports import summarize
from golems.reports.summary import QUANTILES
from tests.reports.conftest import WriteRun, failed, predicted


def test_figures_are_those_of_pandas(write_run: WriteRun) -> None:
    dice = random.Random(3)
    outcomes = [
        failed()
        if dice.random() < 0.1
        else predicted(
            dice.choice("AAB"), round(dice.random(), 8), tokens=9, tokens_dropped=dice.randrange(2)
        )
        for _ in range(400)
    ]
    run = write_run(["text"], [["x"]] * 400, outcomes, window=64)
    summary = summarize(run)
    good = [one.prediction for one in outcomes if one.prediction]
    table = pd.DataFrame(
        [(one.label, one.score, one.tokens_dropped) for one in good],  # type: ignore[union-attr]
        columns=["label", "score", "dropped"],
    )
    assert summary.rows == summary.rows_of_dataset == 400
    assert summary.failed == 400 - len(table)
    assert summary.cut_off == (table["dropped"] > 0).sum()
    assert {one.label: one.count for one in summary.labels} == (
        table["label"].value_counts().to_dict()
    )
    assert {one.label: one.share for one in summary.labels} == pytest.approx(
        table["label"].value_counts(normalize=True).to_dict()
    )
    assert summary.score_quantiles == pytest.approx(
        {str(quantile): table["score"].quantile(quantile) for quantile in QUANTILES}
    )
    assert (summary.seconds, summary.rows_per_second) == (2.0, 200.0)


def test_shares_add_up_to_one_with_a_thousand_labels(write_run: WriteRun) -> None:
    outcomes = [predicted(f"label {n}", 0.5) for n in range(1000)]
    summary = summarize(write_run(["text"], [["x"]] * 1000, outcomes, window=500))
    assert len(summary.labels) == 1000
    assert sum(one.share for one in summary.labels) == pytest.approx(1)


@pytest.mark.parametrize("rows", [0, 2])
def test_without_any_prediction_there_are_no_shares(write_run: WriteRun, rows: int) -> None:
    summary = summarize(write_run(["text"], [["x"]] * rows, [failed()] * rows))
    assert (summary.rows, summary.failed) == (rows, rows)
    assert (summary.labels, summary.score_quantiles) == ((), {})


def test_scores_that_are_no_number_leave_the_json_valid(write_run: WriteRun) -> None:
    outcomes = [predicted("A", math.nan), predicted("A", math.inf)]
    summary = summarize(write_run(["text"], [["x"]] * 2, outcomes))
    assert summary.score_quantiles == {}
    json.dumps(summary.as_dict(), allow_nan=False)


def test_a_failed_run_says_why(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]], [failed()])
    run.write_end("failed", "The disk is full.")
    summary = summarize(run)
    assert (summary.state, summary.reason) == ("failed", "The disk is full.")


def test_pictures_are_never_cut_off(write_run: WriteRun) -> None:
    run = write_run(["file"], [["x"]], [predicted("cat", 0.5)], task="image-classification")
    assert summarize(run).cut_off is None


def test_a_summary_is_plain_json(write_run: WriteRun) -> None:
    summary = summarize(write_run(["text"], [["x"]], [predicted('"ü" 🙂', 0.5)]))
    assert json.loads(json.dumps(summary.as_dict())) == json.loads(json.dumps(summary.as_dict()))
    assert summary.as_dict()["labels"][0] == {"label": '"ü" 🙂', "count": 1, "share": 1.0}
