"""Tables out of a run's parts, against pandas on the same results."""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest

from golems.reports import (
    count_below,
    failed_rows,
    label_counts,
    result_page,
    score_histogram,
    still_failed,
)  # fmt: skip
from tests.reports.conftest import WriteRun, failed, predicted

HOSTILE = [
    ["text", "Text", "TEXT"],
    ["text", '"; DROP TABLE results; --', "it's", 'two "quotes"'],
    ["select", "from", "order by", "group", "null", "*", "place", "results", "original_0"],
    ["🙂", "שלום", "a.b", "a", "a.b.c", "a b", "{x}", "%s", "?", "$1"],
    ["Error", "PREDICTED_LABEL", "row", "Row", "error_golem"],
    ["text", " ", "\t", "new\nline", "nul\0", "x" * 5000],
]


@pytest.mark.parametrize("columns", HOSTILE)
def test_columns_of_any_name_come_back(write_run: WriteRun, columns: list[str]) -> None:
    rows = [[f"{n}-{place}" for place in range(len(columns))] for n in range(4)]
    run = write_run(columns, rows, [predicted("A", 0.9), failed(), predicted("B", 0.8), failed()])
    table = result_page(run)
    results = list(run.manifest().result_columns.values())
    assert list(table.columns) == columns + results
    assert table.iloc[:, : len(columns)].to_numpy().tolist() == rows
    assert len({name.casefold() for name in [*columns, *results]}) == (
        len({name.casefold() for name in columns}) + len(results)
    )
    bad = failed_rows(run)
    assert list(bad.columns[2:]) == columns
    assert bad.iloc[:, 2:].to_numpy().tolist() == [rows[1], rows[3]]
    assert list(bad.iloc[:, 0]) == [2, 4]
    assert bad.columns[0] not in columns
    assert label_counts(run) == [("A", 1), ("B", 1)]


def test_cells_of_any_content_come_back(write_run: WriteRun) -> None:
    cells = [
        "", " ", "a\0b", "two\nlines", "\r", "\r\n", "NA", "null", "007", "1e5", "🙂" * 99,
        "x" * 10**6,
    ]  # fmt: skip
    run = write_run(["text"], [[cell] for cell in cells], [predicted("A", 0.5)] * len(cells))
    assert list(result_page(run)["text"]) == cells


def test_a_missing_cell_is_not_an_empty_one(write_run: WriteRun) -> None:
    run = write_run(["text", "note"], [["a", None], ["b", ""]], [predicted("A", 0.5)] * 2)
    notes = result_page(run)["note"]
    assert pd.isna(notes[0])
    assert notes[1] == ""


def as_lists(table: pd.DataFrame) -> list[list[object]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in table.to_numpy().tolist()]


def test_pages_are_slices_of_the_whole(write_run: WriteRun) -> None:
    rows = [[str(n)] for n in range(20)]
    outcomes = [failed() if n % 4 == 0 else predicted("A", 0.5) for n in range(20)]
    run = write_run(["text"], rows, outcomes)
    whole = as_lists(result_page(run))
    for first, size in [(0, 5), (5, 5), (18, 5), (20, 5)]:
        page = as_lists(result_page(run, first=first, rows=size))
        assert page == whole[first : first + size]
    bad = result_page(run, failed=True, first=1, rows=2)
    assert list(bad["text"]) == ["4", "8"]


def test_failed_rows_have_their_place_from_one(write_run: WriteRun) -> None:
    outcomes = [predicted("A", 0.5), failed("No."), predicted("A", 0.5), failed("Neither.")]
    run = write_run(["text", "row"], [[str(n), "mine"] for n in range(4)], outcomes)
    table = failed_rows(run)
    assert list(table.columns) == ["row_golem", "error", "text", "row"]
    assert table.to_numpy().tolist() == [[2, "No.", "1", "mine"], [4, "Neither.", "3", "mine"]]
    assert len(failed_rows(run, rows=1)) == 1


def test_labels_are_counted_most_frequent_first(write_run: WriteRun) -> None:
    dice = random.Random(1)
    labels = [f"label {dice.randrange(1000)}" for _ in range(3000)] + ["Ä", "a", "A", ""]
    rows = [["x"] for _ in labels]
    run = write_run(["text"], rows, [predicted(label, 0.5) for label in labels], window=1000)
    counts = label_counts(run)
    oracle = pd.Series(labels).value_counts()
    assert dict(counts) == oracle.to_dict()
    assert counts == sorted(counts, key=lambda item: (-item[1], item[0].encode()))


def test_the_histogram_counts_as_numpy_does(write_run: WriteRun) -> None:
    dice = random.Random(1)
    scores = [dice.random() for _ in range(500)] + [0.0, 1.0, 0.5]
    rows = [["x"] for _ in scores]
    run = write_run(["text"], rows, [predicted("A", score) for score in scores], window=100)
    expected, edges = np.histogram(scores, bins=20, range=(0, 1))
    found = score_histogram(run)
    assert [count for *_, count in found] == expected.tolist()
    assert [low for low, *_ in found] == pytest.approx(edges[:-1].tolist())
    assert [high for _, high, _ in found] == pytest.approx(edges[1:].tolist())
    assert len(score_histogram(run, bins=7)) == 7


@pytest.mark.parametrize("scores", [[-3.5, 0.2, 12.0], [7.0], [-1.0, -2.0], [0.5], [1e30, -1e30]])
def test_regression_scores_widen_the_histogram(write_run: WriteRun, scores: list[float]) -> None:
    run = write_run(["text"], [["x"]] * len(scores), [predicted("A", score) for score in scores])
    found = score_histogram(run, bins=10)
    assert sum(count for *_, count in found) == len(scores)
    assert found[0][0] == min(0, *scores)
    assert found[-1][1] == pytest.approx(max(1, *scores))


def test_scores_that_are_no_number_are_in_no_bin(write_run: WriteRun) -> None:
    outcomes = [predicted("A", score) for score in (math.nan, math.inf, -math.inf, 0.5)]
    found = score_histogram(write_run(["text"], [["x"]] * 4, outcomes))
    assert sum(count for *_, count in found) == 1
    assert (found[0][0], found[-1][1]) == (0, 1)


@pytest.mark.parametrize("rows", [0, 3])
def test_a_run_without_any_prediction_has_empty_tables(write_run: WriteRun, rows: int) -> None:
    run = write_run(["text"], [["x"]] * rows, [failed()] * rows)
    assert label_counts(run) == []
    assert sum(count for *_, count in score_histogram(run)) == 0
    assert len(result_page(run)) == len(failed_rows(run)) == rows
    assert result_page(run).columns[0] == "text"


def test_generated_texts_have_no_labels_and_no_scores(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]], [failed()], task="text-generation")
    assert label_counts(run) == []
    assert score_histogram(run) == []


def test_a_folder_with_signs_of_a_pattern_is_just_a_folder(
    make_odd_run: WriteRun,
) -> None:
    run = make_odd_run(["text"], [["x"]], [predicted("A", 0.5)])
    assert len(result_page(run)) == 1


@pytest.fixture
def make_odd_run(write_run: WriteRun, setting, tmp_path) -> WriteRun:  # type: ignore[no-untyped-def]
    setting("home", tmp_path / "a*[b]? {c}'s")
    return write_run


def test_scores_below_a_line_are_counted_exactly(write_run: WriteRun) -> None:
    scores = [0.1, 0.66, 0.69, math.nextafter(0.7, 0), 0.7, 0.71, 1.0]
    outcomes = [*(predicted("A", score) for score in scores), failed()]
    run = write_run(["text"], [["x"] for _ in outcomes], outcomes)
    assert count_below(run, 0.7) == 4
    assert count_below(run, 0.1) == 0


def test_scores_that_are_no_numbers_and_texts_are_below_no_line(write_run: WriteRun) -> None:
    outcomes = [predicted("A", score) for score in (math.nan, math.inf, -math.inf, 0.5)]
    assert count_below(write_run(["text"], [["x"]] * 4, outcomes), 0.7) == 1
    run = write_run(["text"], [["x"]], [failed()], task="text-generation")
    assert count_below(run, 0.7) == 0


def test_figures_are_read_anew_once_a_part_has_changed(write_run: WriteRun) -> None:
    rows = [[str(n)] for n in range(4)]
    run = write_run(["text"], rows, [predicted("A", 0.9)] * 3 + [failed()], window=2)
    assert (label_counts(run), count_below(run, 0.7)) == ([("A", 3)], 0)
    other = write_run(["text"], rows, [predicted("B", 0.3)] * 4, window=2)
    first, second = other.parts()
    (run.folder / "parts" / first.name).write_bytes(first.read_bytes())
    assert label_counts(run) == [("B", 2), ("A", 1)]
    (run.folder / "parts" / second.name).write_bytes(second.read_bytes())
    assert label_counts(run) == [("B", 4)]
    assert (count_below(run, 0.7), list(result_page(run, first=3)["text"])) == (4, ["3"])
    assert result_page(run, failed=True).empty


def test_failed_rows_are_found_behind_parts_without_any(write_run: WriteRun) -> None:
    outcomes = [failed() if n in (0, 7, 8, 19) else predicted("A", 0.5) for n in range(20)]
    run = write_run(["text"], [[str(n)] for n in range(20)], outcomes)
    assert [list(failed_rows(run, 1, first=n)["text"]) for n in range(5)] == [
        ["0"], ["7"], ["8"], ["19"], [],
    ]  # fmt: skip
    assert still_failed(run, [0, 1, 8, 19, 30]) == {0, 8, 19}
