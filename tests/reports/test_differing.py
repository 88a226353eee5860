"""What differs most: found where it is, not where it isn't, with the p that libraries give."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from golems.base import Generation, Outcome
from golems.reports.choices import Choices
from golems.reports.differing import Difference, Differing, differences, differing
from golems.reports.kept import kept
from golems.reports.kinds import sliceable
from golems.reports.rows import page_of_rows
from golems.reports.selection import Selection
from golems.reports.slices import slices_of
from golems.reports.view import View, view_of
from tests.reports.conftest import WriteRun, failed, predicted


def table_of(view: View) -> list[dict[str, object]]:
    return page_of_rows(view, Selection(), rows=10**6).to_dict("records")


@pytest.fixture
def mixed(write_run: WriteRun):  # type: ignore[no-untyped-def]
    """Rows of three labels; those of before 2021 are oftener negative, those of "b" surer."""
    rng = random.Random(3)
    rows, outcomes = [], []
    for place in range(400):
        year, kind = rng.randint(2018, 2023), rng.choice("aabc")
        label = rng.choice(["N", "N", "N", "P"] if year < 2021 else ["N", "P", "P", "P"])
        label = label if place % 25 else "rare"
        score = rng.uniform(0.5, 0.8) + (0.15 if kind == "b" else 0)
        rows.append([f"text {place}", f"{year}-05-04", kind, rng.choice("NP"), str(rng.random())])
        outcomes.append(predicted(label, score) if place % 40 else failed())
    return write_run(["text", "date", "kind", "truth", "noise"], rows, outcomes, window=500)


def test_what_differs_is_found_and_said(mixed) -> None:  # type: ignore[no-untyped-def]
    with view_of(mixed) as view:
        found = differing(view)
        rows = table_of(view)
    assert [one.size for one in found.found] == sorted(
        (one.size for one in found.found), reverse=True
    )
    assert {one.slice.column for one in found.found} >= {"date", "kind"}
    first = next(one for one in found.found if one.slice.column == "kind")
    assert first.slice.words == "kind = b"
    inside = [row["score"] for row in rows if row["original_2"] == "b" and row["score"] > 0]
    outside = [row["score"] for row in rows if row["original_2"] != "b" and row["score"] > 0]
    assert first.words == (
        f"kind = b: mean score {np.mean(inside):.2f} in {len(inside)} rows, "
        f"{np.mean(outside):.2f} elsewhere"
    )
    years = [one for one in found.found if one.slice.column == "date" and one.by.label == "N"]
    assert years
    one = years[0]
    assert one.words == (
        f"date {one.slice.name}: N {100 * one.value.value:.1f}% of {one.value.n} rows, "
        f"{100 * one.rest.value:.1f}% elsewhere"
    )
    assert (one.points > 0) == (one.slice.name < "2021")


def raw(view: View, one: Difference) -> float:
    """The p of a difference, out of its rows."""
    everything = {row["place"]: row for row in table_of(view)}
    rows = page_of_rows(view, Selection(slices=one.slice.where), rows=10**6).to_dict("records")
    inside = {row["place"] for row in rows}
    groups: tuple[list[object], list[object]] = ([], [])
    for place, row in everything.items():
        if isinstance(row["error"], str):
            continue
        value: object = row["score"]
        if one.by.what == "label":
            value = row["label"] == one.by.label
        elif one.by.what == "accuracy":
            if not isinstance(row["truth"], str):
                continue
            value = row["label"] == row["truth"]
        groups[place not in inside].append(value)
    if one.by.what == "score":
        return float(stats.ttest_ind(*groups, equal_var=False).pvalue)
    table = [[sum(map(bool, group)), len(group) - sum(map(bool, group))] for group in groups]
    expected = np.outer(np.sum(table, axis=1), np.sum(table, axis=0)) / np.sum(table)
    if expected.min() < 5:
        return float(stats.fisher_exact(table).pvalue)
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def test_p_is_what_libraries_say(mixed) -> None:  # type: ignore[no-untyped-def]
    with view_of(mixed, Choices(truth="truth")) as view:
        compared = [
            one
            for column in sliceable(view)
            if column != "truth"
            for one in differences(slices_of(view, column), None)
        ]
        got = differing(view)
        expected = [raw(view, one) for one in compared]
    assert [one.p for one in compared] == pytest.approx(expected, abs=1e-9)
    assert {one.by.what for one in compared} == {"label", "score", "accuracy"}
    assert got.comparisons == len(compared) > 30
    assert got.columns == ("text", "date", "kind", "noise")
    refused, corrected, *_ = multipletests(expected, alpha=0.05, method="fdr_bh")
    wanted = sorted(p for p, yes in zip(corrected, refused, strict=True) if yes)
    assert sorted(one.corrected for one in got.found) == pytest.approx(wanted, abs=1e-9)
    few = [one for one in compared if one.by.label == "rare"]
    assert few, "Fisher's exact test isn't tried"


def test_of_a_wide_run_the_first_columns_are_compared_and_it_is_said(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    rows = [["x", rng.choice("ab"), *(rng.choice("cd") for _ in range(98))] for _ in range(60)]
    outcomes = [predicted("N" if row[1] == "a" else "P", rng.random()) for row in rows]
    columns = ["text", *(f"c{n}" for n in range(99))]
    run = write_run(columns, rows, outcomes, window=60)
    with view_of(run) as view:
        whole = differing(view)
        assert whole.columns == tuple(columns)
        assert whole.bounds == ""
    kept._kept.clear()
    monkeypatch.setattr("golems.reports.differing.MOST_COLUMNS", 2)
    with view_of(run) as view:
        got = differing(view)
        assert got.columns == ("text", "c0")
        assert got.bounds == "The first 2 of 100 columns that can be sliced were compared."
        assert got.found[0].words == whole.found[0].words
        # The others are there as before.
        assert len(slices_of(view, "c98")) == 2
        assert len(page_of_rows(view, Selection(search="x"), rows=100)) == 60


def test_chance_alone_stands_out_rarely(write_run: WriteRun) -> None:
    """Of 30 runs in which nothing depends on anything, next to none names anything."""
    loud = 0
    for seed in range(30):
        rng = random.Random(seed)
        rows = [["x", rng.choice("abcd"), str(rng.random())] for _ in range(200)]
        outcomes = [predicted(rng.choice("NP"), rng.random()) for _ in rows]
        with view_of(write_run(["text", "c", "n"], rows, outcomes, window=500)) as view:
            loud += bool(differing(view).found)
    assert loud <= 5


def test_few_rows_are_not_compared(write_run: WriteRun) -> None:
    cells = ["a"] * 19 + ["b"] * 200 + ["c"] * 200
    run = write_run(
        ["text", "c"], [["x", cell] for cell in cells],
        [predicted("P" if cell == "a" else "N", 0.5) for cell in cells], window=500,
    )  # fmt: skip
    with view_of(run) as view:
        assert {one.slice.name for one in differences(slices_of(view, "c"), None)} == {"b", "c"}


def test_of_two_slices_and_two_labels_one_comparison_says_it_all(write_run: WriteRun) -> None:
    cells = ["a"] * 30 + ["b"] * 40
    run = write_run(
        ["text", "c"], [["x", cell] for cell in cells],
        [predicted("PN"[place % 3 == 0], 0.5) for place in range(70)], window=500,
    )  # fmt: skip
    with view_of(run) as view:
        slices = slices_of(view, "c")
        (one,) = differences(slices, None)
        (positive,) = differences(slices, "N")
    assert (one.slice.name, one.by.label) == ("a", "P")
    assert positive.by.label == "N"
    assert positive.p == pytest.approx(one.p, abs=1e-12)


def test_only_the_most_frequent_labels_are_compared(write_run: WriteRun) -> None:
    cells = ["a", "b"] * 400
    labels = [f"L{min(place % 40, 30)}" for place in range(800)]
    run = write_run(
        ["text", "c"], [["x", cell] for cell in cells],
        [predicted(label, 0.5) for label in labels], window=1000,
    )  # fmt: skip
    with view_of(run) as view:
        compared = [one.by.label for one in differences(slices_of(view, "c"), None)]
    assert len(compared) == 10
    assert "L30" in compared


@pytest.mark.parametrize("what", ["no rows", "all failed", "one label", "writes", "one value"])
def test_where_nothing_can_be_compared_nothing_is(what: str, write_run: WriteRun) -> None:
    rows = [["x", "a" if what == "one value" or place % 2 else "b"] for place in range(60)]
    outcomes = [failed() if what == "all failed" else predicted("A", 0.5)] * 60
    if what == "one value":
        outcomes = [predicted("AB"[place % 2], 0.5) for place in range(60)]
    if what == "writes":
        outcomes = [Outcome(Generation("once upon", " upon", tokens=1, new_tokens=1))] * 60
    if what == "no rows":
        rows, outcomes = [], []
    task = "text-generation" if what == "writes" else "text-classification"
    run = write_run(["text", "c"], rows, outcomes, task=task)
    with view_of(run) as view:
        assert differing(view) == Differing((), 0, tuple(sliceable(view)))


def test_bare_scores_do_not_outshine_shares(write_run: WriteRun) -> None:
    """Scores over 1 are measured against the largest one."""
    rng = random.Random(5)
    rows = [["x", rng.choice("ab")] for _ in range(300)]
    outcomes = [
        predicted("N" if (kind == "a") ^ (rng.random() < 0.1) else "P",
                  rng.uniform(0, 90) + 10 * (kind == "a"))
        for _, kind in rows
    ]  # fmt: skip
    with view_of(write_run(["text", "c"], rows, outcomes, window=500)) as view:
        first, second = differing(view).found
    assert (first.by.what, second.by.what) == ("label", "score")
    assert second.size < 0.2 < abs(second.points)


def test_a_copy_of_the_truth_is_no_finding_nor_is_one_thing_said_twice(
    write_run: WriteRun,
) -> None:
    """``coded`` is the truth in other words; ``again`` is ``kind``."""
    rng = random.Random(5)
    rows, outcomes = [], []
    for place in range(300):
        truth, kind = rng.choice("NP"), rng.choice("abc")
        rows.append([f"t {place}", truth, "01"[truth == "P"], kind, kind.upper()])
        outcomes.append(predicted(truth if kind != "a" else "N", 0.5 + rng.random() / 3))
    run = write_run(["text", "truth", "coded", "kind", "again"], rows, outcomes)
    with view_of(run, Choices(truth="truth")) as view:
        found = differing(view)
    assert {one.slice.column for one in found.found} == {"kind"}
    assert found.copies == {"coded": "truth", "again": "kind"}
    assert all(one.is_apart for one in found.found)


def test_a_figure_and_its_rows_are_as_many(mixed) -> None:  # type: ignore[no-untyped-def]
    with view_of(mixed, Choices(truth="truth")) as view:
        for one in differing(view).found:
            rows = page_of_rows(view, one.selection, rows=10**6)
            assert len(rows) == one.value.n
