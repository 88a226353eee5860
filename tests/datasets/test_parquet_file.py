import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import datasets as hf_datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.parquet"


def cells(path: Path, name: str) -> list[str | None]:
    return [row.fields[name] for row in open_dataset(path, task_kind="text", column=name).rows()]


def test_texts_are_exact_and_missing_ones_are_error_rows(path: Path) -> None:
    texts = ["plain", "", None, "two\nlines", "😀\0", "  spaces  ", "NA"]
    pd.DataFrame({"id": range(7), "text": texts}).to_parquet(path)
    dataset = open_dataset(path, task_kind="text")
    rows = list(dataset.rows())
    assert [row.content for row in rows] == texts
    assert [row.error for row in rows if row.error] == ["Row 3 has nothing in column 'text'."]
    assert dataset.column == "text"
    assert (dataset.kind, dataset.columns, dataset.count()) == ("parquet", ("id", "text"), 7)
    assert [row.index for row in rows] == list(range(7))


@pytest.mark.parametrize("options", [{}, {"sample": 2}])
def test_names_that_a_dataset_has_for_its_numbers_are_kept(
    path: Path, options: dict[str, Any]
) -> None:
    features = hf_datasets.Features(
        {
            "text": hf_datasets.Value("string"),
            "label": hf_datasets.ClassLabel(names=["pos", "neg"]),
            "seen": hf_datasets.List(hf_datasets.ClassLabel(names=["a", "b"])),
        }
    )
    rows = {"text": ["a", "b", "c"], "label": [0, 1, -1], "seen": [[0], [1], []]}
    hf_datasets.Dataset.from_dict(rows, features=features).to_parquet(path)
    dataset = open_dataset(path, task_kind="text", **options)
    assert dataset.classes == {"label": ("pos", "neg")}


@pytest.mark.parametrize("said", [b"{", b"[]", b'{"info": {"features": [1]}}', b"\xff"])
def test_what_others_write_where_names_are_kept_is_no_damage(path: Path, said: bytes) -> None:
    table = pa.table({"text": ["a"]}).replace_schema_metadata({b"huggingface": said})
    pq.write_table(table, path)
    assert open_dataset(path, task_kind="text").classes == {}


UTC = dt.UTC


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, -5, 2**62], pa.int64(), ["1", "-5", str(2**62)]),
        ([0.1, 1e300, float("nan")], pa.float64(), ["0.1", "1e+300", "nan"]),
        ([True, False], pa.bool_(), ["true", "false"]),
        ([Decimal("1.10")], pa.decimal128(5, 2), ["1.10"]),
        ([dt.date(2024, 1, 2)], pa.date32(), ["2024-01-02"]),
        (
            [dt.datetime(2024, 1, 2, 3, tzinfo=UTC)],
            pa.timestamp("us"),
            ["2024-01-02 03:00:00.000000"],
        ),
        (
            [dt.datetime(2024, 1, 2, tzinfo=UTC)],
            pa.timestamp("ms", "UTC"),
            ["2024-01-02 00:00:00.000Z"],
        ),
        ([["a", "é"], [], None], pa.list_(pa.string()), ['["a", "é"]', "[]", None]),
        ([{"a": 1}], pa.struct([("a", pa.int8())]), ['{"a": 1}']),
        (["x", None, "x"], pa.dictionary(pa.int8(), pa.string()), ["x", None, "x"]),
        (["x"], pa.large_string(), ["x"]),
        (["x"], pa.string_view(), ["x"]),
        ([None], pa.null(), [None]),
        ([dt.timedelta(seconds=5)], pa.duration("s"), ["5"]),
    ],
)
def test_other_types_become_text(
    path: Path, values: list[object], kind: pa.DataType, expected: list[str | None]
) -> None:
    pq.write_table(pa.table({"x": pa.array(values, kind)}), path)
    assert cells(path, "x") == expected


@pytest.mark.parametrize("kind", ["float64", "float32"])
def test_floating_point_comes_back_bit_for_bit(path: Path, kind: str) -> None:
    values = np.random.default_rng(0).normal(size=2000).astype(kind)
    pd.DataFrame({"x": values}).to_parquet(path)
    found = [float(cell or "nan") for cell in cells(path, "x")]
    assert (np.array(found, dtype=kind) == values).all()


def test_a_text_that_is_not_utf_8_is_an_error_row(path: Path) -> None:
    raw = pa.array([b"good", b"caf\xe9", b"fine"], pa.binary())
    text = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2])
    pq.write_table(pa.table({"text": text}), path)
    first, bad, last = open_dataset(path, task_kind="text").rows()
    assert (first.content, last.content) == ("good", "fine")
    assert (bad.content, bad.fields["text"]) == (None, "caf\ufffd")
    assert bad.error == "The text in column 'text' is not valid UTF-8."


def test_a_damaged_part_spoils_its_own_rows_only(path: Path) -> None:
    texts = [f"text number {n} {'x' * 50}" for n in range(300)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100, compression="zstd")
    data = bytearray(path.read_bytes())
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    data[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(data)
    dataset = open_dataset(path, task_kind="text")
    rows = list(dataset.rows())
    assert dataset.count() == len(rows) == 300
    good = [row.content for row in rows if row.error is None]
    assert good == texts[:100] + texts[200:]
    assert str(rows[150].error).startswith("Row 151 is in a damaged part of the Parquet file")
    assert [row.index for row in rows] == list(range(300))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"text\nhello\n", b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_what_is_no_parquet_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"a\.parquet is not a Parquet file, or it is damaged"):
        open_dataset(path, task_kind="text")


def test_names_that_appear_twice_get_a_number(path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text", "text"])
    pq.write_table(table, path)
    dataset = open_dataset(path, task_kind="text")
    assert dataset.preview(1)[0].fields == {"text": "a", "text.1": "b"}
    assert any("'text' appears twice" in note for note in dataset.notes)


def test_places_are_found_without_reading_the_rest(path: Path) -> None:
    pq.write_table(pa.table({"text": [str(n) for n in range(1000)]}), path, row_group_size=100)
    places = [0, 99, 100, 555, 999]
    rows = list(open_dataset(path, task_kind="text").at(places))
    assert [row.content for row in rows] == ["0", "99", "100", "555", "999"]
    assert [row.index for row in rows] == places


def test_bytes_that_are_texts_are_read_as_such(path: Path) -> None:
    raw = [b"caf\xc3\xa9", b"caf\xe9 noir", b"\x89PNG\r\n\x1a\n\0", None]
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        pq.write_table(pa.table({"text": list("abcd"), "raw": pa.array(raw, kind)}), path)
        assert cells(path, "raw") == ["café", "caf\ufffd noir", "9 bytes", None]
        rows = list(open_dataset(path, task_kind="text", column="raw").rows())
        assert [row.content for row in rows] == ["café", None, None, None]
        assert rows[1].error == "The text in column 'raw' is not valid UTF-8."


def test_structs_of_pictures_are_no_texts(path: Path) -> None:
    picture = pa.array([{"bytes": b"12345", "path": None}])
    pq.write_table(pa.table({"text": ["a"], "raw": picture}), path)
    assert open_dataset(path, task_kind="text").preview(1)[0].fields["raw"] == "5 bytes"
    with pytest.raises(BadInput, match="'raw' of a.parquet holds pictures or other bytes"):
        open_dataset(path, task_kind="text", column="raw")


BAD_TEXT = pa.StringArray.from_buffers(1, *pa.array([b"caf\xe9"]).buffers()[1:])
FAR_DAY = pa.array([2**31 - 1], pa.int32()).cast(pa.date32())


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (pa.array([b"0" * 16], pa.uuid()), "30303030-3030-3030-3030-303030303030"),
        (pa.ListArray.from_arrays([0, 1], FAR_DAY), '["<value out of range: 2147483647>"]'),
        (FAR_DAY, "<value out of range: 2147483647>"),
        (pa.ListArray.from_arrays([0, 1], BAD_TEXT), '["caf\ufffd"]'),
        (pa.StructArray.from_arrays([BAD_TEXT], ["a"]), '{"a": "caf\ufffd"}'),
        (BAD_TEXT, "caf\ufffd"),
        (
            pa.ListArray.from_arrays(
                [0, 2], pa.array([{"a": 1, "b": None}, None], pa.struct({"a": "int8", "b": "int8"}))
            ),
            '[{"a": 1, "b": null}, null]',
        ),
        (pa.array([[("k", [1.5])]], pa.map_("string", pa.list_(pa.float64()))), '[["k", [1.5]]]'),
        (pa.array([0], pa.timestamp("ms", "GMT+05:00")), "1970-01-01 05:00:00.000+0500"),
        (pa.array([0], pa.timestamp("ms", "UTC+2")), "1970-01-01 02:00:00.000+0200"),
        (pa.array([0], pa.timestamp("ms", "W. Europe Standard Time")), "1970-01-01 00:00:00.000Z"),
        (
            pa.array([[0]], pa.list_(pa.timestamp("ms", "UTC+2"))),
            '["1970-01-01 02:00:00.000+0200"]',
        ),
        (pa.array([b"\xff\xfe\0"], pa.binary_view()), "3 bytes"),
        (pa.array([[b"\xff"]], pa.list_(pa.binary())), '["/w=="]'),
    ],
)
def test_a_column_that_is_not_read_fails_no_row(path: Path, column: pa.Array, shown: str) -> None:
    pq.write_table(pa.table({"text": ["fine"], "x": column}), path)
    (row,) = open_dataset(path, task_kind="text", column="text").rows()
    assert (row.content, row.error, row.fields["x"]) == ("fine", None, shown)


def test_a_date_out_of_range_fails_its_row_where_it_is_read(path: Path) -> None:
    pq.write_table(pa.table({"x": FAR_DAY}), path)
    (row,) = open_dataset(path, task_kind="text", column="x").rows()
    assert row.error == (
        "The text in column 'x' is no date or time that can be written: "
        "value out of range: 2147483647."
    )


def test_memory_does_not_grow_with_the_file(path: Path) -> None:
    """One row group of 100 MB passes in far less."""
    schema = pa.schema([("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        batch = pa.record_batch([[f"{n} " + "word " * 200 for n in range(20_000)]], schema=schema)
        table = pa.Table.from_batches([batch] * 5)
        writer.write_table(table, row_group_size=len(table))
    del table, batch
    before = pa.total_allocated_bytes()
    peak = 0
    for number, _ in enumerate(open_dataset(path, task_kind="text").rows()):
        if number % 5000 == 0:
            peak = max(peak, pa.total_allocated_bytes() - before)
    assert number == 99_999
    assert peak < 30e6


def test_json_in_cells_can_be_read_again(path: Path) -> None:
    value = {"a": [1, None], "b": {"c": "é\n"}, "when": dt.date(2024, 1, 2)}
    pq.write_table(pa.Table.from_pylist([{"x": value}]), path)
    (cell,) = cells(path, "x")
    assert json.loads(cell or "") == {**value, "when": "2024-01-02"}
