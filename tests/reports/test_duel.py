"""Runs against each other: every figure as scikit-learn and statsmodels have it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar

from golems.reports.choices import Choices, choose
from golems.reports.disagreements import page_of_disagreements, select_disagreements
from golems.reports.duel import duel, of_rivals
from golems.reports.intervals import share_interval
from golems.reports.mcnemar import bootstrap, contest
from golems.reports.rivals import attach
from golems.reports.rows import page_of_rows
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun
from tests.reports.duels import run_of

ROWS = 240
TRUTH = Choices(truth="truth")


def drawn(seed: int, rows: int = ROWS, right: float = 0.7) -> tuple[list[str], list[list[str]]]:
    """Truths, and the labels of three golems that are right about as often as said."""
    chance = random.Random(seed)
    truths = [chance.choice("ABC") for _ in range(rows)]
    golems = [
        [
            truth if chance.random() < right - 0.1 * golem else chance.choice("ABC")
            for truth in truths
        ]
        for golem in range(3)
    ]
    return truths, golems


def test_agreement_and_kappa_are_those_of_scikit_learn(write_run: WriteRun) -> None:
    _, golems = drawn(1)
    runs = [run_of(write_run, labels) for labels in golems]
    with view_of(runs[0]) as view:
        found = duel(view, runs[1:])
    assert [(one.first, one.second) for one in found.pairs] == [(0, 1), (0, 2), (1, 2)]
    for pair in found.pairs:
        one, other = golems[pair.first], golems[pair.second]
        same = sum(map(str.__eq__, one, other))
        assert (pair.same.hits, pair.same.rows) == (same, ROWS)
        assert pair.same.interval == share_interval(same, ROWS)
        assert pair.kappa == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)
        assert sum(rows for *_, rows in pair.changes) == ROWS - same
        assert pair.contest is None  # nobody said what is right
    assert found.disagreements == sum(len(set(row)) > 1 for row in zip(*golems, strict=True))
    for side, labels in zip(found.sides, golems, strict=True):
        assert side.labels == {one: labels.count(one) for one in side.labels}
        assert side.right.share is None


@pytest.mark.parametrize("rows", [30, ROWS])
def test_accuracy_and_mcnemar_are_those_of_scikit_learn_and_statsmodels(
    rows: int, write_run: WriteRun
) -> None:
    truths, golems = drawn(2, rows)
    known = [truth if place % 10 else "" for place, truth in enumerate(truths)]
    there = [place for place in range(rows) if known[place]]
    runs = [run_of(write_run, labels, known) for labels in golems]
    choose(runs[0], TRUTH)
    with view_of(runs[0]) as view:
        found = duel(view, runs[1:])
    correct = [[labels[place] == truths[place] for place in there] for labels in golems]
    for side, labels in zip(found.sides, golems, strict=True):
        expected = accuracy_score([truths[p] for p in there], [labels[p] for p in there])
        assert side.right.rows == len(there)
        assert side.right.share == pytest.approx(expected, abs=1e-12)
    exact = set()
    for pair in found.pairs:
        one, other = np.array(correct[pair.first]), np.array(correct[pair.second])
        table = [
            [np.sum(one & other), np.sum(one & ~other)],
            [np.sum(~one & other), np.sum(~one & ~other)],
        ]
        ours = pair.contest
        assert ours is not None
        assert [[ours.both, ours.first], [ours.second, ours.neither]] == table
        assert ours.exact == (ours.first + ours.second < 25)
        oracle = mcnemar(table, exact=ours.exact, correction=True)
        assert ours.p_value == pytest.approx(oracle.pvalue, abs=1e-9)
        if not ours.exact:
            assert ours.statistic == pytest.approx(oracle.statistic, abs=1e-9)
        assert ours.difference == pytest.approx(one.mean() - other.mean(), abs=1e-12)
        exact.add(ours.exact)
    assert exact == ({True} if rows == 30 else {False})


@pytest.mark.parametrize(("first", "second"), [(0, 0), (3, 3), (1, 9), (12, 12), (13, 12), (90, 3)])
def test_mcnemar_at_its_ends(first: int, second: int) -> None:
    ours = contest(both=50, first=first, second=second, neither=4)
    oracle = mcnemar([[50, first], [second, 4]], exact=first + second < 25, correction=True)
    assert ours.p_value == pytest.approx(oracle.pvalue, abs=1e-9)
    assert (ours.interval is None) == (first + second == 0)
    assert ours.is_narrow == (first + second < 10)


def test_the_bootstrap_covers_the_difference_as_often_as_it_says() -> None:
    shares = np.array([0.6, 0.18, 0.1, 0.12])
    chance = np.random.default_rng(7)
    covered = 0
    for turn in range(2000):
        cells = chance.multinomial(300, shares).tolist()
        low, high = bootstrap(*cells, resamples=2000, seed=turn)
        covered += low <= shares[1] - shares[2] <= high
    assert 0.93 <= covered / 2000 <= 0.97


def test_the_bootstrap_is_the_same_each_time_and_resamples_rows() -> None:
    cells = (40, 20, 8, 12)
    low, high = bootstrap(*cells)
    assert bootstrap(*cells) == (low, high)
    rows = np.repeat([0, 1, -1, 0], cells)
    slow = np.random.default_rng(3).choice(rows, (20_000, len(rows))).mean(axis=1)
    assert np.quantile(slow, [0.025, 0.975]) == pytest.approx([low, high], abs=0.0126)


def test_rows_that_one_run_could_not_read_are_no_disagreement(write_run: WriteRun) -> None:
    runs = [run_of(write_run, ["A", None, "B", "B"]), run_of(write_run, ["A", "B", None, "A"])]
    with view_of(runs[0]) as view:
        found = duel(view, runs[1:])
    assert (found.rows, found.compared, found.disagreements) == (4, 2, 1)
    assert (found.pairs[0].same.hits, found.pairs[0].same.rows) == (1, 2)
    assert [side.predicted for side in found.sides] == [3, 3]


def test_one_label_and_no_rows_have_no_kappa(write_run: WriteRun) -> None:
    for labels in ("AAA", [None, None], []):
        runs = [run_of(write_run, labels), run_of(write_run, labels)]
        with view_of(runs[0]) as view:
            found = duel(view, runs[1:])
        assert found.pairs[0].kappa is None
        assert found.disagreements == 0


def test_a_truth_that_no_golem_knows_is_wrong_for_all_and_counted(write_run: WriteRun) -> None:
    runs = [run_of(write_run, "AAB", ["A", "<b>else</b>", None]) for _ in range(2)]
    choose(runs[0], TRUTH)
    with view_of(runs[0]) as view:
        found = duel(view, runs[1:])
    assert [(one.right.hits, one.right.rows) for one in found.sides] == [(1, 2), (1, 2)]
    assert found.unknown_truths == 1
    assert found.pairs[0].contest is not None
    assert found.pairs[0].contest.neither == 1


def test_many_labels_are_counted_all_the_same(write_run: WriteRun) -> None:
    labels = [f"label {place}" for place in range(2000)]
    runs = [run_of(write_run, labels), run_of(write_run, [*labels[1:], labels[0]])]
    with view_of(runs[0]) as view:
        found = duel(view, runs[1:])
    assert found.disagreements == 2000
    assert found.pairs[0].kappa == pytest.approx(
        cohen_kappa_score(labels, [*labels[1:], labels[0]]), abs=1e-12
    )


def page(runs: list[Run], **how: object) -> list[tuple[object, ...]]:
    with view_of(runs[0]) as view:
        rivals = attach(view, runs[1:])
        found = page_of_disagreements(view, rivals, of_rivals(view, rivals), **how)  # type: ignore[arg-type]
    return list(found.itertuples(index=False, name=None))


def test_disagreements_come_with_those_first_of_which_all_are_sure(write_run: WriteRun) -> None:
    runs = [
        run_of(write_run, "AAAA", "ABAB", scores=[0.9, 0.99, 0.6, 0.7]),
        run_of(write_run, "BBAB", scores=[0.8, 0.6, 0.9, 0.8]),
        run_of(write_run, "BAAB", scores=[0.85, 0.9, 0.9, 0.9]),
    ]
    choose(runs[0], TRUTH)
    rows = page(runs)
    assert [row[0] for row in rows] == [0, 3, 1]
    assert rows[0][:5] == (0, "text 0", "A", "A", 0.9)
    assert [row[3::2] for row in rows] == [("A", "B", "B"), ("A", "B", "B"), ("A", "B", "A")]
    assert [row[0] for row in page(runs, between=(1, 2))] == [1]
    assert [row[0] for row in page(runs, first=1, rows=1)] == [3]
    assert page(runs, first=3) == []


def test_disagreements_are_a_selection_of_rows(write_run: WriteRun) -> None:
    runs = [run_of(write_run, "ABAB"), run_of(write_run, "AABB")]
    with view_of(runs[0]) as view:
        rows = page_of_rows(view, select_disagreements(duel(view, runs[1:])))
    assert rows["place"].tolist() == [1, 2]


def test_no_more_than_ten_thousand_places_are_kept_and_those_are_the_surest(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.reports.duel.MOST_PLACES", 3)
    runs = [
        run_of(write_run, "AAAAA", scores=[0.6, 0.9, 0.7, 0.7, 0.7]),
        run_of(write_run, "BBBBB", scores=[1.0] * 5),
    ]
    assert [row[0] for row in page(runs)] == [1, 2, 3]


def test_the_answer_is_another_one_once_the_other_run_has_changed(write_run: WriteRun) -> None:
    runs = [run_of(write_run, "AA"), run_of(write_run, "AB")]
    with view_of(runs[0]) as view:
        assert duel(view, runs[1:]).disagreements == 1
    choose(runs[1], Choices(names={"B": "C"}))
    with view_of(runs[0]) as view:
        assert duel(view, runs[1:]).labels == ("A", "C")
