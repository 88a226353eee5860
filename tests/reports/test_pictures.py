"""Figures of labelled pictures, against numpy and scikit-learn over the same rows."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from golems.base import Classification, LabelScore, Outcome
from golems.reports.charts.pictures import (
    confused_chart,
    groups_chart,
    labels_chart,
    ordinal,
    ranks_chart,
)
from golems.reports.choices import Choices
from golems.reports.intervals import share_interval
from golems.reports.pictures import confused, frequent, grouped, of_rank, ranks, strangers
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed

LABELS = [f"label {place}" for place in range(12)]


def saw(labels: list[str]) -> Outcome:
    scores = np.linspace(0.5, 0.1, len(labels))
    return Outcome(
        Classification(
            tuple(LabelScore(one, float(s)) for one, s in zip(labels, scores, strict=True))
        )
    )


def run_of(write_run: WriteRun, seen: list[list[str] | None], truths: list[str | None]) -> Run:
    outcomes = [failed("damaged") if labels is None else saw(labels) for labels in seen]
    rows = [[f"{place}.jpg", truth] for place, truth in enumerate(truths)]
    named = any("LABEL_0" in (labels or ()) for labels in seen)
    known = ["LABEL_0", "LABEL_1"] if named else None
    return write_run(["file", "truth"], rows, outcomes, task="image-classification", labels=known)


def random_run(
    write_run: WriteRun, seed: int, keep: int, rows: int = 200
) -> tuple[Run, np.ndarray, np.ndarray, list[list[str] | None]]:
    """A run, the scores of all labels, the places of the truths, and what was kept."""
    draw = np.random.default_rng(seed)
    scores = draw.random((rows, len(LABELS)))
    truths = draw.integers(0, len(LABELS), rows)
    best = np.argsort(-scores, axis=1)[:, :keep]
    seen: list[list[str] | None] = [[LABELS[one] for one in row] for row in best]
    return run_of(write_run, seen, [LABELS[one] for one in truths]), scores, truths, seen


@pytest.mark.parametrize("keep", [12, 5, 3, 1])
def test_top_k_accuracy_is_that_of_scikit_learn(keep: int, write_run: WriteRun) -> None:
    from sklearn.metrics import top_k_accuracy_score

    run, scores, truths, _ = random_run(write_run, keep, keep)
    with view_of(run, Choices(truth="truth")) as view:
        found = ranks(view)
    assert (found.rows, found.kept, len(found.places)) == (200, keep, keep)
    assert found.beyond == 200 - sum(found.places)
    for k in range(1, keep + 1):
        top = found.top(k)
        # Among all labels anything is right, of which scikit-learn only warns.
        theirs = 1.0 if k == 12 else top_k_accuracy_score(truths, scores, k=k, labels=np.arange(12))
        assert top.share == pytest.approx(theirs)
        assert top.interval == share_interval(top.hits, 200)


def test_renamed_labels_and_values_of_the_truth_are_followed(write_run: WriteRun) -> None:
    seen = [["LABEL_0", "LABEL_1"], ["LABEL_1", "LABEL_0"], ["LABEL_1", "LABEL_0"]]
    run = run_of(write_run, [*seen, ["LABEL_0", "LABEL_1"]], ["no", "0", "yes", "LABEL_0"])
    names = {"LABEL_0": "no", "LABEL_1": "yes"}
    said = {"0": "no", "LABEL_0": "yes"}
    with view_of(run, Choices(names=names, truth="truth", truth_labels=said)) as view:
        found = ranks(view)
        assert found.places == (2, 2)
        assert of_rank(view, 2) == (1, 3)
        assert of_rank(view, None) == ()
        assert frequent(view).labels == (("no", 2), ("yes", 2))


def test_rows_without_truth_or_prediction_are_not_judged(write_run: WriteRun) -> None:
    run = run_of(
        write_run, [["a", "b"], ["a", "b"], None, ["b", "a"]], ["b", None, "a", "unheard of"]
    )
    with view_of(run, Choices(truth="truth")) as view:
        found = ranks(view)
        assert (found.rows, found.without_truth, found.places, found.beyond) == (2, 1, (0, 1), 1)
        assert strangers(view).most == (("unheard of", 1),)
        assert of_rank(view, None) == (3,)


def test_a_truth_kept_for_another_row_is_no_stranger(write_run: WriteRun) -> None:
    run = run_of(write_run, [["a", "b"], ["c", "a"]], ["c", None])
    with view_of(run, Choices(truth="truth")) as view:
        assert ranks(view).beyond == 1
        assert strangers(view) == strangers(view, 20)
        assert strangers(view).truths == 0


def test_confused_pairs_are_those_of_a_plain_count(write_run: WriteRun) -> None:
    run, _, truths, seen = random_run(write_run, 7, 2)
    mistakes: Counter[tuple[str, str]] = Counter()
    for truth, labels in zip(truths, seen, strict=True):
        assert labels is not None
        if LABELS[truth] != labels[0]:
            mistakes[LABELS[truth], labels[0]] += 1
    together: Counter[frozenset[str]] = Counter()
    for pair, times in mistakes.items():
        together[frozenset(pair)] += times
    with view_of(run, Choices(truth="truth")) as view:
        found = confused(view, 10)
    sizes = [one.there + one.back for one in found]
    assert sizes == sorted(together.values(), reverse=True)[:10]
    for one in found:
        assert (one.there, one.back) == (
            mistakes[one.first, one.second], mistakes[one.second, one.first],
        )  # fmt: skip
        assert one.there >= one.back
        assert one.of_first == sum(LABELS[truth] == one.first for truth in truths)


def test_labels_are_grouped_by_shared_last_words_alone() -> None:
    groups = grouped(
        {
            "tabby, tabby cat": 5, "Egyptian cat": 2, "tiger_cat": 1, "golden retriever": 3,
            "Labrador Retriever": 4, "crane": 9, "beer glass": 1, ",": 1, "": 1, "zebra": 2,
        }
    )  # fmt: skip
    assert [(group.word, group.labels, group.rows) for group in groups] == [
        ("cat", ("tabby, tabby cat", "Egyptian cat", "tiger_cat"), 8),
        ("retriever", ("golden retriever", "Labrador Retriever"), 7),
    ]


def test_of_a_thousand_labels_the_frequent_ones_and_the_rest_are_counted(
    write_run: WriteRun,
) -> None:
    seen: list[list[str] | None] = [[f"label {place}"] for place in range(100)]
    run = run_of(write_run, [*seen, ["label 7"]], [None] * 101)
    with view_of(run) as view:
        found = frequent(view)
        assert found.labels[0] == ("label 7", 2)
        assert (len(found.labels), found.others) == (20, (80, 80))
        chart = labels_chart(found)
    assert chart.rows[-1][:2] == ("80 other labels", 80)
    assert chart.figure["data"][0]["customdata"][-1][0] is None


@pytest.mark.parametrize("seen", [[], [None, None], [["only"]], [["<b>&"], ["<i>"]]])
def test_charts_stand_whatever_there_is(seen: list[list[str] | None], write_run: WriteRun) -> None:
    run = run_of(write_run, seen, ["<b>&" for _ in seen])
    with view_of(run, Choices(truth="truth")) as view:
        found = frequent(view)
        charts = [
            labels_chart(found), groups_chart(grouped(found.labels)), ranks_chart(ranks(view)),
            confused_chart(confused(view)),
        ]  # fmt: skip
    for chart in charts:
        assert chart.title
        assert chart.summary
        shown = [text for bar in chart.figure["data"] for text in bar["hovertext"]]
        assert "<b>" not in str([shown, chart.figure["layout"]])


def test_grey_pairs_say_why(write_run: WriteRun) -> None:
    run = run_of(write_run, [["a"]] * 30 + [["b"]], ["b", *["a"] * 30])
    with view_of(run, Choices(truth="truth")) as view:
        chart = confused_chart(confused(view))
    assert "fewer than 20" in chart.summary
    assert chart.rows == (("a", "b", 1, 30, 1, 1),)


def test_ordinals() -> None:
    said = [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 101, 112)]
    assert said == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "112th"]
