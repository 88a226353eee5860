"""What comes in as a number, a date or a boolean goes out as one."""

from __future__ import annotations

import datetime as dt
import io
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from golems.base import Card, Checkpoint, FolderSource
from golems.datasets import open_dataset
from golems.reports.downloads import download
from golems.reports.excel import write_excel
from golems.reports.hub_card import dataset_card
from golems.reports.hub_push import shard_files
from golems.reports.json_lines import write_jsonl
from golems.reports.parquet import write_parquet
from golems.reports.typed import typed
from golems.runs import Progress, Run, create_run, read_manifest
from golems.runs.columns import as_table, result_of
from tests.reports.conftest import predicted

DAY = dt.date(2024, 3, 1)
LAST = dt.datetime.combine(dt.date(1999, 12, 31), dt.time())
MIDNIGHT = dt.datetime.combine(DAY, dt.time())
TIME = dt.datetime.combine(DAY, dt.time(12, 30, 5, 250_000))
MICRO = dt.datetime.combine(DAY, dt.time(12, 30, 5, 250_001))


def run_over(path: Path, *, window: int = 3, **options: Any) -> Run:
    """A run over a file, whose predictions are all the same."""
    dataset = open_dataset(path, task_kind="text", **{"column": "text", **options})
    checkpoint = Checkpoint("test/model", FolderSource(path.parent))
    card = Card("test", "Test", "text-classification", "", (checkpoint,))
    run = create_run(card, checkpoint, dataset)
    rows = list(dataset.rows())
    for number, first in enumerate(range(0, len(rows), window)):
        part = rows[first : first + window]
        results = [result_of(predicted("A", 0.1 + 0.2)) for _ in part]
        run.write_part(number, as_table(run.manifest(), part, results))
    run.write_progress(Progress(len(rows), len(rows), 0, 1.0, "Done"))
    run.write_end("done")
    return run


def parquet_of(run: Run) -> pa.Table:
    buffer = io.BytesIO()
    write_parquet(run, buffer)
    return pq.read_table(io.BytesIO(buffer.getvalue()))


def excel_of(run: Run, tmp_path: Path) -> dict[str, list[Any]]:
    """Column -> its cells."""
    write_excel(run, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Results"]
    return {column[0].value: [cell.value for cell in column[1:]] for column in sheet.columns}


def same(found: list[Any], expected: list[Any]) -> bool:
    return found == expected and [*map(type, found)] == [*map(type, expected)]


COLUMNS = {
    "text": pa.array(["a", "b", "c", "d"]),
    "code": pa.array(["007", "1e5", "TRUE", "2024-03-01"]),
    "small": pa.array([1, None, -128, 127], pa.int8()),
    "whole": pa.array([2**63 - 1, 0, None, -(2**63)], pa.int64()),
    "huge": pa.array([2**64 - 1, 0, None, 7], pa.uint64()),
    "single": pa.array([0.1, 3.4e38, None, 1e-45], pa.float32()),
    "half": pa.array([0.5, 1.0, None, -2.0], pa.float16()),
    "double": pa.array([0.1 + 0.2, 1e22, None, 5e-324], pa.float64()),
    "odd": pa.array([math.inf, -math.inf, None, 1.0], pa.float64()),
    "truth": pa.array([True, False, None, True]),
    "day": pa.array([DAY, dt.date(1, 1, 1), None, dt.date(9999, 12, 31)], pa.date32()),
    "time": pa.array([TIME, MICRO, None, MIDNIGHT], pa.timestamp("us")),
    "nano": pa.array([1_709_294_400_000_000_001, 0, None, 1], pa.timestamp("ns")),
    "utc": pa.array([TIME, MICRO, None, MIDNIGHT], pa.timestamp("us", "UTC")),
    "zoned": pa.array([TIME, TIME, None, MIDNIGHT], pa.timestamp("ms", "Europe/Berlin")),
    "price": pa.array([Decimal("1.50"), Decimal("-0.05"), None, Decimal(0)], pa.decimal128(10, 2)),
    "kind": pa.array([3, 4, None, 3], pa.int32()).dictionary_encode(),
    "list": pa.array([[1], [2, 3], None, []], pa.list_(pa.int64())),
}  # fmt: skip


def test_parquet_comes_out_of_parquet_with_equal_types_and_values(tmp_path: Path) -> None:
    table = pa.table(COLUMNS)
    pq.write_table(table, tmp_path / "in.parquet")
    found = parquet_of(run_over(tmp_path / "in.parquet"))
    for name in table.column_names:
        given = table[name].combine_chunks()
        expected = {
            "half": pa.array([0.5, 1.0, None, -2.0], pa.float32()),
            "kind": pa.array([3, 4, None, 3], pa.int32()),
            "list": pa.array(["[1]", "[2, 3]", None, "[]"]),
        }.get(name, given)
        assert found.schema.field(name).type == expected.type, name
        assert found[name].combine_chunks().equals(expected), name


def test_excel_comes_out_of_excel_with_equal_types_and_values(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["text", "code", "whole", "x", "truth", "day", "time", "mixed"],
        ["a", "007", 1, 0.1, True, MIDNIGHT, TIME, 1],
        ["b", "1e5", -(2**40), 1.5, False, None, MIDNIGHT, "one"],
        ["c", "TRUE", None, 1e-7, None, LAST, None, None],
    ]  # fmt: skip
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for cell in book.active["F"]:
        cell.number_format = "yyyy-mm-dd"
    book.save(tmp_path / "in.xlsx")
    run = run_over(tmp_path / "in.xlsx")
    found = excel_of(run, tmp_path)
    for place, name in enumerate(rows[0]):
        expected = [row[place] for row in rows[1:]]
        if name == "mixed":
            expected = ["1", "one", None]
        assert same(found[name], expected), name
    assert same(found["predicted_score"], [0.1 + 0.2] * 3)
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Results"]["F2"].number_format == (
        "yyyy-mm-dd"
    )
    table = parquet_of(run)
    assert [str(table.schema.field(name).type) for name in rows[0]] == [
        "string", "string", "int64", "double", "bool", "date32[day]", "timestamp[us]", "string",
    ]  # fmt: skip
    assert table["day"].to_pylist() == [DAY, None, dt.date(1999, 12, 31)]
    assert table["time"].to_pylist() == [TIME, MIDNIGHT, None]


def test_what_excel_has_no_cell_for_is_text_there(tmp_path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "in.parquet")
    found = excel_of(run_over(tmp_path / "in.parquet"), tmp_path)
    assert same(found["whole"], [str(2**63 - 1), 0, None, str(-(2**63))])
    assert same(found["single"], [0.1, 3.4e38, None, 1e-45])
    assert same(found["double"], [0.1 + 0.2, 1e22, None, 5e-324])
    assert same(found["odd"], ["inf", "-inf", None, 1.0])
    assert same(found["day"][:3], [MIDNIGHT, "0001-01-01", None])
    assert same(found["time"], [TIME, "2024-03-01 12:30:05.250001", None, MIDNIGHT])
    assert found["nano"][0] == "2024-03-01 12:00:00.000000001"
    assert found["utc"][0] == "2024-03-01 12:30:05.250000Z"
    assert same(found["price"], [1.5, -0.05, None, 0.0])
    assert same(found["code"], ["007", "1e5", "TRUE", "2024-03-01"])


ROWS = [
    {"text": "a", "n": 1, "x": 1.5, "mixed": 1, "truth": True, "code": "1", "long": 0},
    {"text": "b", "n": None, "x": 2, "mixed": "1", "truth": False, "code": "2", "long": 2**70},
]


@pytest.mark.parametrize(
    "written",
    [
        "\n".join(map(json.dumps, ROWS)),
        json.dumps(ROWS),
        json.dumps({"data": ROWS}),
        json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}),
        json.dumps({name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in ROWS[0]}),
        json.dumps({"columns": list(ROWS[0]), "data": [list(row.values()) for row in ROWS]}),
    ],
    ids=["lines", "list", "wrapped", "lists", "columns", "split"],
)
def test_values_of_json_keep_their_types(tmp_path: Path, written: str) -> None:
    (tmp_path / "in.json").write_text(written)
    table = parquet_of(run_over(tmp_path / "in.json"))
    assert table.select(list(ROWS[0])).to_pylist() == [
        {"text": "a", "n": 1, "x": 1.5, "mixed": "1", "truth": True, "code": "1", "long": "0"},
        {"text": "b", "n": None, "x": 2.0, "mixed": "1", "truth": False, "code": "2",
         "long": str(2**70)},
    ]  # fmt: skip


def test_cells_of_a_csv_stay_texts(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text,n\na,1\nb,2\n")
    assert parquet_of(run_over(tmp_path / "in.csv"))["n"].to_pylist() == ["1", "2"]


@pytest.mark.parametrize(
    "late", ["007", "1_000", "one", "1.0.0", " 1", "-", "0x10", "0.12345678901234567890"]
)
@pytest.mark.parametrize("first", [1, 1.5, True, DAY, MIDNIGHT])
def test_a_column_with_a_value_of_another_type_is_text(
    tmp_path: Path, first: Any, late: str
) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "in.xlsx")) as book:
        sheet = book.add_worksheet()
        style = book.add_format({"num_format": "yyyy-mm-dd hh:mm" if first == MIDNIGHT else 14})
        sheet.write_row(0, 0, ["text", "value"])
        for row in range(1, 401):
            sheet.write_string(row, 0, f"text {row}")
            if isinstance(first, dt.date):
                sheet.write_datetime(row, 1, first, style)
            else:
                sheet.write(row, 1, first)
        sheet.write_string(350, 1, late)
    run = run_over(tmp_path / "in.xlsx", window=100)
    assert run.manifest().dataset.types.keys() == {"value"}
    values = parquet_of(run)["value"].to_pylist()
    assert values[349] == late
    assert {*map(type, values)} == {str}
    assert excel_of(run, tmp_path)["value"][349] == late


def test_the_hubs_files_and_card_have_the_types(tmp_path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "in.parquet")
    run = run_over(tmp_path / "in.parquet")
    [path] = shard_files(typed(run, run.manifest()), tmp_path, 1)
    assert pq.read_schema(path).field("time").type == pa.timestamp("us")
    assert pq.read_table(path)["double"].to_pylist() == [0.1 + 0.2, 1e22, None, 5e-324]
    assert "| truth | bool | as in the dataset |" in dataset_card(run)


def test_json_lines_keep_the_cells_as_they_were_read(tmp_path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "in.parquet")
    text = io.StringIO()
    write_jsonl(run_over(tmp_path / "in.parquet"), text)
    assert json.loads(text.getvalue().splitlines()[0])["double"] == "0.30000000000000004"


def test_a_run_of_before_types_were_kept_opens(tmp_path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "in.parquet")
    run = run_over(tmp_path / "in.parquet")
    path = run.folder / "manifest.json"
    said = json.loads(path.read_text())
    del said["dataset"]["types"]
    path.write_text(json.dumps(said))
    assert read_manifest(path).dataset.types == {}
    assert parquet_of(run)["small"].to_pylist() == ["1", None, "-128", "127"]


def test_what_is_sent_is_what_is_written(tmp_path: Path) -> None:
    pq.write_table(pa.table(COLUMNS), tmp_path / "in.parquet")
    run = run_over(tmp_path / "in.parquet")
    sent = b"".join(download(run, "parquet")[1])
    assert pq.read_table(io.BytesIO(sent)).equals(parquet_of(run))
