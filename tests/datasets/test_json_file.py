import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golems.datasets import open_dataset
from golems.datasets.contract import Dataset
from golems.datasets.json_file import JsonFile
from golems.errors import BadInput

Open = Callable[..., Dataset]
RECORDS = [
    {"id": 1, "text": 'hello, "world"\n', "tags": ["a", {"b": None}], "ok": True},
    {"id": 2, "text": "😀 שלום\u0000", "score": 1.5, "ok": False},
    {"text": "", "id": None, "late": "x"},
]


@pytest.fixture
def open_json(tmp_path: Path) -> Open:
    def write_and_open(data: str | bytes, name: str = "a.jsonl", **options: Any) -> Dataset:
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return open_dataset(tmp_path / name, task_kind="text", **options)

    return write_and_open


def as_lines(records: list[Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", as_lines(RECORDS)),
        ("a.ndjson", as_lines(RECORDS).replace("\n", "\r\n\n")),
        ("a.jsonl.gz", gzip.compress(as_lines(RECORDS).encode())),
        ("a.json", json.dumps(RECORDS)),
        ("a.json", "\ufeff \n" + json.dumps(RECORDS, indent=2, ensure_ascii=False) + "\n"),
        ("a.json", as_lines(RECORDS)),
        ("a.json.gz", gzip.compress(json.dumps(RECORDS).encode("utf-16"))),
    ],
)
def test_values_are_as_json_has_them(open_json: Open, name: str, data: str | bytes) -> None:
    dataset = open_json(data, name)
    rows = list(dataset.rows())
    assert dataset.columns == ("id", "text", "tags", "ok", "score", "late")
    assert [row.content for row in rows] == [record["text"] for record in RECORDS]
    for row, record in zip(rows, RECORDS, strict=True):
        for key in dataset.columns:
            value, cell = record.get(key), row.fields[key]
            assert cell is None if value is None else cell is not None
            if value is not None and cell is not None:
                assert (cell if isinstance(value, str) else json.loads(cell)) == value
    assert dataset.count() == 3
    assert list(dataset.rows()) == rows
    assert dataset.kind == ("json" if name == "a.json" and "[" in str(data)[:4] else dataset.kind)


def test_numbers_keep_every_digit_and_their_spelling(open_json: Open) -> None:
    spelled = ["1.10", "1e5", "-0", "12345678901234567890123", "0.1000000000000000055", "NaN"]
    dataset = open_json("".join(f'{{"text": "a", "n": {number}}}\n' for number in spelled))
    assert [row.fields["n"] for row in dataset.rows()] == spelled
    (row,) = open_json('{"text": "a", "n": [1.10, {"b":  2e3}]}').rows()
    assert row.fields["n"] == '[1.10, {"b":  2e3}]'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "a"', "Line 2 is not JSON: a comma or closing brace"),
        ('{"text": "a', "Line 2 is not JSON: Unterminated string"),
        ("{'text': 'a'}", "Line 2 is not JSON: a name in double quotes"),
        ('{"text": }', "Line 2 is not JSON: Expecting value"),
        ('{"text": "a"} {"text": "b"}', "Line 2 goes on after its object"),
        ('["a"]', "Line 2 is no JSON object but a list"),
        ("null", "Line 2 is no JSON object but null"),
        ("3.5", "Line 2 is no JSON object but a number"),
        ("plain words", "Line 2 is not JSON"),
        ('{"other": "a"}', "Line 2 has nothing in column 'text'"),
        ('{"text": null}', "Line 2 has nothing in column 'text'"),
        ('{"text": ' + "[" * 100_000 + "}", "Line 2 is not JSON"),
    ],
)
def test_a_bad_line_is_an_error_row_and_the_next_is_read(
    open_json: Open, line: str, reason: str
) -> None:
    dataset = open_json('{"text": "first"}\n' + line + '\n{"text": "last"}\n')
    first, bad, last = dataset.rows()
    assert (first.content, last.content) == ("first", "last")
    assert bad.content is None
    assert str(bad.error).startswith(reason)
    assert bad.fields.keys() == set(dataset.columns)
    assert dataset.count() == 3


def test_bytes_that_are_not_utf_8_are_an_error_row(open_json: Open) -> None:
    good = '{"text": "caf\u00e9 \u00e0 gogo"}\n'.encode()
    rows = list(open_json(good * 3 + b'{"text": "caf\xe9"}\n' + good).rows())
    assert [row.error is None for row in rows] == [True, True, True, False, True]
    assert "0xE9: not valid UTF-8" in str(rows[3].error)


def test_half_a_surrogate_pair_can_be_written_again(open_json: Open) -> None:
    (row,) = open_json('{"text": "cut \\ud83d"}').rows()
    assert row.content == "cut \ufffd"


def test_a_line_larger_than_allowed_is_an_error_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": "' + "x" * 9000 + '"}\n{"text": "b"}\n')
    rows = list(JsonFile(path, kind="jsonl", max_cell_mb=0.001).rows())
    assert [row.content for row in rows] == ["a", None, "b"]
    assert "PANTHEON_MAX_CELL_MB" in str(rows[1].error)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("", "the file ends before the list does"),
        (', {"text": "b', "Unterminated string"),
        (' {"text": "b"}]', "a comma or closing bracket is expected"),
        (", oops]", "Expecting value"),
    ],
)
def test_a_broken_list_keeps_what_came_before(open_json: Open, end: str, reason: str) -> None:
    dataset = open_json('[{"text": "a"}, 5, {"text": "c"}' + end, "a.json")
    first, number, third, rest = dataset.rows()
    assert (first.content, third.content) == ("a", "c")
    assert number.error == "Element 2 is no JSON object but a number."
    assert "Element 4 is not JSON, so the rest can't be read" in str(rest.error)
    assert reason in str(rest.error)
    assert dataset.count() == 4


def test_a_list_longer_than_what_is_read_at_once(open_json: Open) -> None:
    records = [{"text": f"{number} " + "é" * (number % 5000)} for number in range(1500)]
    dataset = open_json(json.dumps(records, ensure_ascii=False), "a.json")
    assert [row.content for row in dataset.rows()] == [record["text"] for record in records]


def test_a_number_that_what_is_read_at_once_cuts_in_two(open_json: Open) -> None:
    head = '[{"text": "a"}, '
    dataset = open_json(head + " " * (2**20 - len(head) - 3) + '123456, {"text": "b"}]', "a.json")
    first, number, last = dataset.rows()
    assert (first.content, last.content) == ("a", "b")
    assert number.error == "Element 2 is no JSON object but a number."


def test_columns_are_those_of_the_first_thousand(open_json: Open) -> None:
    lines = ['{"text": "a"}'] * 999 + ['{"text": "a", "": 1}', '{"text": "a", "new": 1}']
    dataset = open_json("\n".join(lines))
    assert dataset.columns == ("text", "column_2")
    assert any("first 1,000 records" in note for note in dataset.notes)
    assert dataset.preview(1000)[999].fields == {"text": "a", "column_2": "1"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "is empty"),
        ("[]", "holds no JSON objects"),
        ('[1, "a"]', "holds no JSON objects.*Element 1 is no JSON object but a number"),
        ('{\n "text": "a"\n}', "is one JSON object"),
        (
            '{\n "data": [{{"text": "a"}]\n}',
            "is no JSON: line 2, column 12: Expecting property name",
        ),
    ],
)
def test_json_without_objects_is_refused(open_json: Open, data: str, reason: str) -> None:
    with pytest.raises(BadInput, match=rf"a\.json {reason}"):
        open_json(data, "a.json")


def test_the_column_is_guessed_said_and_chosen(open_json: Open) -> None:
    data = '{"id": "0123456789", "review": "good"}\n'
    assert open_json(data).column == "review"
    assert "Column 'review' was guessed to hold the texts." in open_json(data).notes
    assert open_json(data, column="id").preview(1)[0].content == "0123456789"
    with pytest.raises(BadInput, match="Did you mean 'review'"):
        open_json(data, column="reveiw")
