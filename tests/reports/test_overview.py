"""The overview's figures, against pandas on the same rows, and its charts."""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from golems.base import Row
from golems.cli.report import as_lines
from golems.reports import overview, summarize
from golems.reports.address import from_query
from golems.reports.charts import colours
from golems.reports.charts.overview import overview_charts
from golems.reports.choices import Choices
from golems.reports.passport import passport
from golems.reports.rows import find_rows, full_row
from golems.reports.view import View, view_of
from golems.runs import Run
from golems.runs.columns import Result, as_table
from tests.reports.conftest import WriteRun, failed, predicted


def changed(run: Run, **dataset: object) -> Run:
    """The run, had its dataset been opened in another way."""
    manifest = run.manifest()
    spec = manifest.dataset.model_copy(update=dataset)
    run.write_manifest(manifest.model_copy(update={"dataset": spec}))
    return run


@pytest.fixture
def mixed(write_run: WriteRun) -> tuple[Run, pd.DataFrame]:
    dice = random.Random(5)
    texts = ["x" * dice.randint(1, 400) for _ in range(700)]
    outcomes = [
        failed(f"Line {dice.randint(1, 2000):,} is empty.")
        if dice.random() < 0.1
        else predicted(dice.choice("AAAABBBCCDEFGH"), round(dice.random(), 3))
        for _ in texts
    ]
    run = write_run(["text"], [[text] for text in texts], outcomes, window=100)
    table = pd.DataFrame(
        [
            (len(text), one.prediction.label, one.prediction.score)  # type: ignore[union-attr]
            for text, one in zip(texts, outcomes, strict=True)
            if one.prediction
        ],
        columns=["chars", "label", "score"],
    )
    return run, table


def test_labels_and_scores_are_those_of_pandas(mixed: tuple[Run, pd.DataFrame]) -> None:
    run, table = mixed
    with view_of(run) as view:
        shares = overview.label_shares(view)
        bins = overview.score_bins(view)
        counts = overview.counts(view)
    assert (counts.rows, counts.ok, counts.failed) == (700, len(table), 700 - len(table))
    assert {one.label: one.count for one in shares} == table["label"].value_counts().to_dict()
    assert sum(one.share for one in shares) == pytest.approx(1)
    assert [one.interval for one in shares] == [None] * len(shares)
    assert bins is not None
    assert bins.labels == (*(one.label for one in shares[:6]), None)
    assert bins.rows == len(table)
    for label, numbers in zip(bins.labels, bins.counts, strict=True):
        mine = (
            table["label"] == label if label else ~table["label"].isin([*filter(None, bins.labels)])
        )
        places = (table["score"][mine] * 20).map(math.floor).clip(upper=19).value_counts()
        assert list(numbers) == [places.get(place, 0) for place in range(20)]


def test_lengths_hold_every_text_once(mixed: tuple[Run, pd.DataFrame]) -> None:
    run, table = mixed
    with view_of(run) as view:
        bins = overview.score_by_length(view)
    assert 10 < len(bins) <= 20
    assert sum(one.rows for one in bins) == len(table)
    for one, after in pairwise(bins):
        assert one.low <= one.high < after.low
    for one in bins:
        mine = table[table["chars"].between(one.low, one.high)]
        assert (one.rows, one.score) == (len(mine), pytest.approx(mine["score"].mean()))


def test_reasons_that_differ_in_a_number_are_one(mixed: tuple[Run, pd.DataFrame]) -> None:
    run, table = mixed
    with view_of(run) as view:
        assert overview.reasons(view) == (overview.Reason("Line … is empty.", 700 - len(table)),)


def test_the_most_frequent_reasons_come_first(write_run: WriteRun) -> None:
    names = "aab" + "cccc" + "d" + "ee" + "f"
    run = write_run(["text"], [["x"]] * len(names), [failed(f"It is {n}.") for n in names])
    with view_of(run) as view:
        found = overview.reasons(view)
        chart = overview_charts(view)[-1]
    assert [(one.text[6], one.rows) for one in found] == [
        ("c", 4), ("a", 2), ("e", 2), ("b", 1), ("d", 1),
    ]  # fmt: skip
    assert chart.title == "11 rows of 11 failed"
    assert "1 row failed for other reasons" in chart.summary


@pytest.mark.parametrize(
    ("dataset", "population"),
    [
        ({"options": {"sample": 40, "seed": 1}}, None),
        ({"limit": 40}, None),
        ({"rows": 50}, 50),
        ({"options": {"sample": 41, "seed": 1}}, 40),
        ({}, 40),
    ],
)
def test_only_a_part_of_a_dataset_has_intervals(
    write_run: WriteRun, dataset: dict[str, object], population: int | None
) -> None:
    outcomes = [predicted("A" if n < 30 else "B", 0.9) for n in range(40)]
    run = write_run(["text"], [["x"]] * 40, outcomes, window=40)
    with view_of(changed(run, **{"rows": 40, **dataset})) as view:
        [first, _] = overview.label_shares(view)
        [chart, *_] = overview_charts(view)
    n = 40.0
    if population == 40:
        assert first.interval is None
        assert "error_x" not in chart.figure["data"][0]
        assert "interval" not in chart.summary
        return
    if population is not None:
        n *= (population - 1) / (population - 40)
    low, high = proportion_confint(0.75 * n, n, method="wilson")
    assert first.interval == pytest.approx((low, high))
    assert "95% interval" in chart.columns
    assert "part of a larger dataset" in chart.summary


def test_names_that_a_person_gave_are_shown(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]] * 3, [predicted(one, 0.9) for one in ("L0", "L1", "L1")])
    with view_of(run, Choices(names={"L0": "bad", "L1": "good"})) as view:
        bars, histogram, *_ = overview_charts(view)
    assert bars.title == "66.7% of 3 rows are good"
    assert [point[0] for point in bars.figure["data"][0]["customdata"]] == ["good", "bad"]
    assert [trace["name"] for trace in histogram.figure["data"]] == ["good", "bad"]
    assert bars.figure["data"][0]["marker"]["color"] == [
        colours(["good", "bad"])[name] for name in ("good", "bad")
    ]
    assert histogram.figure["data"][0]["customdata"][-1] == [["good", 0.95, 1.0]]


@pytest.mark.parametrize(("rows", "steps"), [(2, {1}), (5, {1}), (600, {None})])
def test_axes_that_count_have_no_halves(
    write_run: WriteRun, rows: int, steps: set[int | None]
) -> None:
    run = write_run(["text"], [["x"]] * rows, [predicted("A", 0.9)] * rows)
    with view_of(run) as view:
        bars, histogram, *_ = overview_charts(view)
    axes = (bars.figure["layout"]["xaxis"], histogram.figure["layout"]["yaxis"])
    assert {axis.get("dtick") for axis in axes} == steps


@pytest.mark.parametrize("scores", [(math.nan, math.inf), (-3.5, 12.0)])
def test_odd_scores_leave_the_charts_valid(
    write_run: WriteRun, scores: tuple[float, float]
) -> None:
    run = write_run(["text"], [["x"]] * 2, [predicted("A", one) for one in scores])
    with view_of(run) as view:
        bins = overview.score_bins(view)
        json.dumps([chart.figure for chart in overview_charts(view)], allow_nan=False)
    if scores[0] == -3.5:
        assert bins is not None
        assert (bins.edges[0], bins.edges[-1], bins.rows) == (-3.5, 12.0, 2)
    else:
        assert bins is None


def test_there_is_nothing_to_draw_of_no_rows(write_run: WriteRun) -> None:
    with view_of(write_run(["text"], [], [])) as view:
        assert overview_charts(view) == []
        assert overview.counts(view).rows == 0


def test_a_thousand_labels_are_twenty_bars_and_the_rest_in_words(write_run: WriteRun) -> None:
    outcomes = [predicted(f"<b>{n}</b>", 0.5) for n in range(1000)]
    with view_of(write_run(["text"], [["x"]] * 1000, outcomes, window=500)) as view:
        bars, histogram, *_ = overview_charts(view)
    assert len(bars.figure["data"][0]["y"]) == 20
    assert "980 further labels with 980 rows (98.0%) are not shown." in bars.summary
    assert histogram.figure["data"][-1]["customdata"][10] == [[None, 0.5, 0.55]]
    shown = [bars.figure["layout"], histogram.figure["data"][0]["name"]]
    assert "<b>" not in json.dumps(shown + bars.figure["data"][0]["hovertext"])


def test_pictures_have_no_lengths(write_run: WriteRun) -> None:
    run = write_run(["file"], [["x"]], [predicted("cat", 0.5)], task="image-classification")
    with view_of(run) as view:
        assert overview.score_by_length(view) == ()
        assert len(overview_charts(view)) == 2


def test_an_answer_is_asked_again_once_there_are_more_rows(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = View.ask

    def spy(view: View, sql: str, *more: object) -> object:
        asked.append(sql)
        return ask(view, sql, *more)

    monkeypatch.setattr(View, "ask", spy)
    run = write_run(["text"], [["x"]], [predicted("A", 0.5)])
    for questions in (6, 6, 12):
        if questions == 12:
            run.write_part(1, as_table(run.manifest(), [Row(1, "y", {"text": "y"})], [Result()]))
        with view_of(run) as view:
            overview_charts(view)
        assert len(asked) == questions


def test_a_label_has_one_colour_in_all_charts(mixed: tuple[Run, pd.DataFrame]) -> None:
    with view_of(mixed[0]) as view:
        bars, scores, *_ = overview_charts(view)
        labels = [one.label for one in overview.label_shares(view)]
    (drawn,) = bars.figure["data"]
    of_label = dict(zip(labels, drawn["marker"]["color"], strict=True))
    named = [one for one in scores.figure["data"] if one["name"] != "other labels"]
    assert len(named) == 6
    assert {one["name"]: one["marker"]["color"] for one in named} == {
        one["name"]: of_label[one["name"]] for one in named
    }


def test_rows_that_are_hardly_read_are_counted_found_and_shown(write_run: WriteRun) -> None:
    outcomes = [predicted("A", 0.9, note="written in Russian") for _ in range(2)]
    run = write_run(["text"], [["да"], ["нет"], ["yes"]], [*outcomes, predicted("A", 0.8)])
    with view_of(run) as view:
        assert overview.counts(view).hardly_read == 2
        asked, wrong = from_query({"status": ["hardly read"]})
        assert not wrong
        assert find_rows(view, asked).first == (0, 1)
        assert full_row(view, 0).note == "written in Russian"
        page = passport(view)
    assert "can hardly read 2 rows of 3" in page
    assert "written in Russian" in page
    assert "2 rows the golem can hardly read" in "\n".join(as_lines(summarize(run)))
