"""Downloads: every cell comes back, and no spreadsheet runs one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from golems.reports import result_page, write_csv, write_parquet
from golems.reports.export import safe_cell
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted
from tests.reports.test_tables import HOSTILE

CELLS = [
    "", " ", "plain", "a,b", 'say "hi"', "two\nlines", "two\r\nlines", "lone\rreturn", "\rfirst",
    "NA", "null", "007", "1,5", "🙂 שלום", "tab\there", "trailing ", "x" * 10**6,
    "'quoted'", "\\n", "#",
]  # fmt: skip


def as_csv(run: Run) -> str:
    text = io.StringIO(newline="")
    write_csv(run, text)
    return text.getvalue()


def unescaped(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) == cell else cell


@pytest.fixture
def large_cells() -> Iterator[None]:
    before = csv.field_size_limit(10**7)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("large_cells")
def test_the_csv_gives_back_every_cell(write_run: WriteRun) -> None:
    rows = [[cell, cell[::-1]] for cell in CELLS]
    run = write_run(["text", "back"], rows, [predicted("A", 0.5)] * len(rows))
    table = pd.read_csv(
        io.StringIO(as_csv(run), newline=""), dtype=str, keep_default_na=False, lineterminator="\n"
    )
    assert [[unescaped(cell) for cell in row[:2]] for row in table.to_numpy().tolist()] == rows
    read = list(csv.reader(io.StringIO(as_csv(run), newline="")))
    assert [[unescaped(cell) for cell in row[:2]] for row in read[1:]] == rows


def test_the_csv_gives_back_nuls(write_run: WriteRun) -> None:
    run = write_run(["text"], [["a\0b"]], [predicted("A", 0.5)])
    assert list(csv.reader(io.StringIO(as_csv(run))))[1][0] == "a\0b"


def test_the_csv_has_the_columns_in_order_and_line_feeds_alone(write_run: WriteRun) -> None:
    outcomes = [predicted("A", 0.75), failed("It is, empty.")]
    run = write_run(["id", "text"], [["7", "hello"], ["8", ""]], outcomes)
    assert as_csv(run) == (
        "id,text,predicted_label,predicted_score,predicted_scores,error,tokens,tokens_dropped,note\n"
        '7,hello,A,0.75,"{""A"": 0.75, ""other"": 0.25}",,3,0,\n'
        '8,,,,,"It is, empty.",,,\n'
    )


@pytest.mark.parametrize("columns", HOSTILE)
def test_files_have_columns_of_any_name(
    write_run: WriteRun, tmp_path: Path, columns: list[str]
) -> None:
    rows = [[f"{n}-{place}" for place in range(len(columns))] for n in range(4)]
    run = write_run(columns, rows, [predicted("A", 0.9)] * 4)
    names = [*columns, *run.manifest().result_columns.values()]
    read = list(csv.reader(io.StringIO(as_csv(run), newline="")))
    assert [unescaped(name) for name in read[0]] == names
    assert [row[: len(columns)] for row in read[1:]] == rows

    write_parquet(run, tmp_path / "out.parquet")
    table = pq.ParquetFile(tmp_path / "out.parquet").read()
    if not any("\0" in name for name in columns):  # Parquet's names end at a NUL
        assert table.column_names == names
    found = [table.column(place).to_pylist() for place in range(len(columns))]
    assert [list(row) for row in zip(*found, strict=True)] == rows


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd",
        "-cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "=",
        "-",
        "- good film",
        "-1-1",
    ],
)  # fmt: skip
def test_formulas_are_escaped_in_csv_and_exact_in_parquet(
    write_run: WriteRun, tmp_path: Path, cell: str
) -> None:
    run = write_run(["text", cell], [[cell, "x"]], [predicted(cell, 0.5)])
    names, values, *_ = list(csv.reader(io.StringIO(as_csv(run), newline="")))
    assert (names[1], values[0], values[2]) == (f"'{cell}",) * 3
    write_parquet(run, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert (table["text"][0].as_py(), table["predicted_label"][0].as_py()) == (cell, cell)
    assert table.column_names[1] == cell


@pytest.mark.parametrize("cell", ["-5", "+5", "-0.5", "-1e-3", "-inf", "5", "", "a=b", "x@y.org"])
def test_numbers_and_plain_texts_are_left_alone(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_numbers_stay_numbers() -> None:
    assert safe_cell(-0.5) == -0.5
    assert safe_cell(None) is None


def test_scores_come_back_exactly(write_run: WriteRun, tmp_path: Path) -> None:
    scores = [1 / 3, 1e-9, 0.1 + 0.2, 1.0]
    run = write_run(["text"], [["x"]] * 4, [predicted("A", score) for score in scores])
    read = csv.DictReader(io.StringIO(as_csv(run)))
    assert [float(row["predicted_score"]) for row in read] == scores
    write_parquet(run, tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["predicted_score"].to_pylist() == scores


def test_parquet_equals_the_page(write_run: WriteRun, tmp_path: Path) -> None:
    outcomes = [failed() if n % 3 == 0 else predicted("A", n / 10) for n in range(10)]
    run = write_run(["text"], [[str(n)] for n in range(10)], outcomes)
    write_parquet(run, tmp_path / "out.parquet")
    file, page = (
        frame.astype(object).where(frame.notna(), None)
        for frame in (pd.read_parquet(tmp_path / "out.parquet"), result_page(run))
    )
    pd.testing.assert_frame_equal(file, page)


def test_parquet_goes_into_an_open_file_too(write_run: WriteRun) -> None:
    buffer = io.BytesIO()
    write_parquet(write_run(["text"], [["x"]], [predicted("A", 0.5)]), buffer)
    assert pq.read_table(io.BytesIO(buffer.getvalue())).num_rows == 1


def test_a_run_without_rows_gives_files_with_columns_alone(
    write_run: WriteRun, tmp_path: Path
) -> None:
    run = write_run(["text"], [], [])
    assert as_csv(run).splitlines()[0].startswith("text,predicted_label,")
    assert len(as_csv(run).splitlines()) == 1
    write_parquet(run, tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0
