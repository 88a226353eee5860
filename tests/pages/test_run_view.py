"""A report on the Batch page, over runs with invented results."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ("NP", "N and P are equally frequent: 1 row each."),
        ("NNPP", "N and P are equally frequent: 2 rows each."),
        ("PPPPP", "All 5 predicted rows are P."),
        ("P", "The only predicted row is P."),
        ("PPN", "P is the most frequent of 2 labels: 2 rows, 66.7% of those predicted."),
        ("AABBC", "A and B are the most frequent of 3 labels: 2 rows each."),
        ("ABCDE", "5 labels are equally frequent: 1 row each."),
    ],
)
def test_the_most_frequent_labels_are_said_as_they_are(
    labels: str, sentence: str, open_page: Callable[..., AppTest], write_run: WriteRun
) -> None:
    outcomes = [*(predicted(label, 0.9) for label in labels), failed()]
    run = write_run(["text"], [["x"] for _ in outcomes], outcomes)
    said = [one.value.replace("\\", "") for one in open_page("batch", run=run.id).caption]
    assert sentence in said


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ((0.69, 0.7, 0.9), "1 of 3 rows score below 0.7: the golem was least sure of those."),
        ((0.7, 0.9), "0 of 2 rows score below 0.7."),
        ((0.6,), "1 of 1 row scores below 0.7: the golem was least sure of those."),
    ],
)
def test_the_rows_that_score_low_are_counted_exactly(
    scores: tuple[float, ...],
    sentence: str,
    open_page: Callable[..., AppTest],
    write_run: WriteRun,
) -> None:
    run = write_run(["text"], [["x"] for _ in scores], [predicted("A", one) for one in scores])
    said = [one.value.replace("\\", "") for one in open_page("batch", run=run.id).caption]
    assert sentence in said


def test_results_stand_before_many_columns_and_error_names_stay(
    open_page: Callable[..., AppTest], write_run: WriteRun
) -> None:
    columns = ["text", *(f"column {n}" for n in range(30)), "error"]
    run = write_run(columns, [["x"] * len(columns)], [predicted("A", 0.9)])
    table = open_page("batch", run=run.id).dataframe[-1]
    order = list(table.proto.column_order)
    results = list(run.manifest().result_columns.values())
    assert order[:3] == ["text", "predicted_label", "predicted_score"]
    assert order[3 : len(columns) + 2] == columns[1:]
    assert sorted(order) == sorted([*results, *columns])
    assert list(table.value.columns) == [*columns, *results]
    assert table.proto.placeholder == ""  # and not the word None
