"""JSON files that are one object around the rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from golems.datasets import open_dataset
from golems.datasets.contract import Dataset
from golems.errors import BadInput

Open = Callable[..., Dataset]
ROWS = [
    {"id": "1", "text": 'a "good" film', "stars": "4.50"},
    {"id": "2", "text": "schön, 😀\n", "stars": None},
    {"id": "3", "text": "x" * 100, "stars": "1e3"},
]
WRITTEN = '[{"id": 1, "text": "a \\"good\\" film", "stars": 4.50}, ' + ", ".join(
    [
        '{"id": 2, "text": "sch\u00f6n, \\ud83d\\ude00\\n", "stars": null}',
        '{"id": 3, "text": "' + "x" * 100 + '", "stars": 1e3}]',
    ]
)


@pytest.fixture
def open_json(tmp_path: Path) -> Open:
    def write_and_open(data: str, name: str = "a.json", **options: Any) -> Dataset:
        (tmp_path / name).write_text(data, "utf-8", newline="")
        return open_dataset(tmp_path / name, task_kind="text", **options)

    return write_and_open


def cells(dataset: Dataset) -> list[dict[str, str | None]]:
    rows = list(dataset.rows())
    assert all(row.error is None for row in rows)
    assert dataset.count() == len(rows)
    again = open_dataset(**dataset.spec(), task_kind="text")
    assert list(again.rows()) == rows
    return [dict(row.fields) for row in rows]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize(
    "wrapped",
    [
        '{"data": %s}',
        '{"version": "1.0", "data":\n %s, "total": 3}',
        '{"reviews":%s}\n',
        '{"status": "ok", "result": {"page": 1, "items": %s}}',
        '{"data": {"reviews": {"rows": %s}}, "tags": [{"a": 1}]}',
    ],
)
def test_a_list_of_objects_within_is_the_rows(open_json: Open, wrapped: str, name: str) -> None:
    dataset = open_json(wrapped % WRITTEN, name)
    assert cells(dataset) == ROWS
    assert "a list of objects under" in dataset.notes[0]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("orient", ["columns", "index", "split", "table", "records"])
def test_all_that_pandas_writes(open_json: Open, orient: Any, indent: int | None) -> None:
    frame = pd.DataFrame(
        {"text": ["a, b", 'say "c"', "ünï"], "n": [1, 2, 3], "ok": [True, False, None]}
    )
    frame = frame.iloc[[2, 0, 1]]
    found = cells(open_json(frame.to_json(orient=orient, indent=indent) or ""))
    assert [(row["text"], row["n"], row["ok"]) for row in found] == [
        ("ünï", "3", None), ("a, b", "1", "true"), ('say "c"', "2", "false")
    ]  # fmt: skip


def test_objects_on_lines_of_their_own_within_a_list(open_json: Open) -> None:
    assert cells(open_json('{"data": [\n{"text": "a"},\n{"text": "b"}\n]}\n')) == [
        {"text": "a"},
        {"text": "b"},
    ]


def test_lists_for_columns(open_json: Open) -> None:
    found = cells(open_json('{"text": ["a", "b"], "n": [1.0, null]}'))
    assert found == [{"text": "a", "n": "1.0"}, {"text": "b", "n": None}]


def test_an_object_larger_than_what_is_looked_at_first(open_json: Open) -> None:
    rows = [{"text": f"{number} " + "y" * 1000} for number in range(6_000)]
    found = cells(open_json(json.dumps({"data": rows})))
    assert found == rows


def test_numbers_within_nested_values_keep_their_spelling(open_json: Open) -> None:
    [row] = cells(open_json('{"text": {"0": "a"}, "more": {"0": [1.10, {"b":  2e3}]}}'))
    assert row == {"text": "a", "more": '[1.10, {"b":  2e3}]'}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"text": "a", "tags": [{"b": 1}]}', "which of them are the rows isn't clear"),
        ('{"one": [{"text": "a"}], "two": [{"text": "b"}]}', "'one', 'two'"),
        ('{"data": [{"text": "a"}], "rows": [{"text": "b"}]}', "isn't clear"),
        ('{"a": {"text": "x"}, "b": {"text": "y"}}', "rows or columns isn't clear"),
        ('{"1": {"0": "x"}, "2": {"0": "y"}}', "rows or columns isn't clear"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(open_json: Open, data: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_json(data)
    assert said in str(caught.value)
    assert "a.json" in str(caught.value)
    assert ".jsonl" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ('{"data": []}', "a.json"),
        ('{"rows": [ ], "next": 0}', "a.json"),
        ('{"data": []}', "a.jsonl"),
    ],
)
def test_an_empty_list_of_rows_is_no_row(open_json: Open, data: str, name: str) -> None:
    with pytest.raises(BadInput, match=r"holds no rows: its list under '(data|rows)' is empty"):
        open_json(data, name)


def test_an_empty_list_beside_other_columns_is_a_cell(open_json: Open) -> None:
    [row] = cells(open_json('{"text": "a", "content": []}', "a.jsonl", column="text"))
    assert row == {"text": "a", "content": "[]"}


def test_columns_apart_with_a_name_that_comes_twice(open_json: Open) -> None:
    data = '{"columns": ["text", "text"], "data": [["a", "b"]]}'
    [row] = cells(open_json(data, column="text"))
    assert list(row.values()) == ["a", "b"]


@pytest.mark.parametrize(
    "data",
    ['{"columns": 1, "data": 2}', '{"columns": "x", "data": "y"}', '{"columns": ["a"], "data": 5}'],
)
def test_other_values_called_columns_and_data_are_a_row(open_json: Open, data: str) -> None:
    [row] = cells(open_json(data, column="data"))
    assert row["data"] == str(json.loads(data)["data"])


@pytest.mark.parametrize("data", ['{"id": 1, "text": "a"}', '{"text": "a", "meta": {"b": 1}}'])
def test_an_object_that_wraps_nothing_is_a_row(open_json: Open, data: str) -> None:
    assert [row["text"] for row in cells(open_json(data))] == ["a"]


def test_on_a_line_of_its_own_an_object_with_a_list_is_a_row(open_json: Open) -> None:
    [row] = cells(open_json('{"text": "a", "tags": [{"b": 1}]}', "a.jsonl"))
    assert row == {"text": "a", "tags": '[{"b": 1}]'}
