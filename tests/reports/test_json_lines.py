"""JSON Lines: every cell comes back, and every reader of JSON takes it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from golems.base import Classification, LabelScore, Outcome
from golems.reports.json_lines import write_jsonl
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted
from tests.reports.test_export import CELLS
from tests.reports.test_tables import HOSTILE


def refuse(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def rows_of(run: Run) -> list[dict[str, Any]]:
    text = io.StringIO(newline="")
    write_jsonl(run, text)
    assert text.getvalue().count("\n") == text.getvalue().endswith("\n") * run.counts().rows
    return [json.loads(line, parse_constant=refuse) for line in text.getvalue().split("\n")[:-1]]


def test_every_cell_comes_back_as_it_was(write_run: WriteRun) -> None:
    cells = [*CELLS, "a\0b", "\u2028", "%s", "%"]
    rows = [[cell, cell[::-1]] for cell in cells]
    run = write_run(["text", "100 %s"], rows, [predicted("A", 0.5)] * len(rows))
    assert [[row["text"], row["100 %s"]] for row in rows_of(run)] == rows


def test_scores_are_an_object_best_first_and_exact(write_run: WriteRun) -> None:
    scores = (LabelScore('"NaN" {%d}', 0.1 + 0.2), LabelScore("b\\", 1 / 3), LabelScore("é", 1e-9))
    run = write_run(["text"], [["x"], [""]], [Outcome(Classification(scores)), failed("Empty.")])
    whole, bad = rows_of(run)
    assert list(whole) == [
        "text", "predicted_label", "predicted_score", "predicted_scores", "error", "tokens",
        "tokens_dropped", "note",
    ]  # fmt: skip
    assert list(whole["predicted_scores"].items()) == [
        ('"NaN" {%d}', 0.1 + 0.2), ("b\\", 1 / 3), ("é", 1e-9),
    ]  # fmt: skip
    assert (whole["predicted_score"], whole["error"]) == (0.1 + 0.2, None)
    assert bad == {**dict.fromkeys(whole), "text": "", "error": "Empty."}


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_in_json_is_null(write_run: WriteRun, score: float) -> None:
    scores = (LabelScore("NaN", score), LabelScore("b", 0.25))
    (row,) = rows_of(write_run(["text"], [["x"]], [Outcome(Classification(scores))]))
    assert row["predicted_score"] is None
    assert row["predicted_scores"] == {"NaN": None, "b": 0.25}


@pytest.mark.parametrize("columns", HOSTILE)
def test_columns_of_any_name(write_run: WriteRun, columns: list[str]) -> None:
    cells = [f"cell {place}" for place in range(len(columns))]
    run = write_run(columns, [cells], [predicted("A", 0.5)])
    (row,) = rows_of(run)
    assert list(row) == [*columns, *run.manifest().result_columns.values()]
    assert [row[name] for name in columns] == cells


def test_a_run_without_rows_is_an_empty_file(write_run: WriteRun) -> None:
    assert rows_of(write_run(["text"], [], [])) == []
