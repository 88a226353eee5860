import datetime as dt
import random
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def write(path: Path, rows: list[list[object]], **more: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "First"
    for row in rows:
        book.active.append(row)
    for name, others in more.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    book.save(path)
    return path


def test_cells_are_as_pandas_reads_them(path: Path) -> None:
    write(
        path,
        [
            ["id", "text", "n", "x", "day"],
            [7, "hello, world", 1.0, 2.5, pd.Timestamp(2024, 1, 2).to_pydatetime()],
            [8, "two\nlines", -3, 1e-5, pd.Timestamp(2024, 1, 2, 3, 4, 5).to_pydatetime()],
            ["009", "  😀  ", 12345678901, 0.1, None],
        ],
    )
    expected = pd.read_excel(path, dtype=str, keep_default_na=False, na_values=[""])
    dataset = open_dataset(path, task_kind="text")
    found = [dict(row.fields) for row in dataset.rows()]
    assert found == [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in expected.to_dict("records")
    ]
    assert [row.content for row in dataset.rows()] == ["hello, world", "two\nlines", "  😀  "]
    assert (dataset.kind, dataset.count(), dataset.column) == ("excel", 3, "text")
    assert dataset.notes[0] == "Read from sheet 'First'."


def test_a_sheet_is_chosen_by_its_name(path: Path) -> None:
    write(path, [["text"], ["one"]], Second=[["text"], ["two"]])
    assert "the others are 'Second'" in open_dataset(path, task_kind="text").notes[0]
    dataset = open_dataset(path, task_kind="text", sheet="Second")
    assert [row.content for row in dataset.rows()] == ["two"]
    with pytest.raises(BadInput, match="no sheet 'Third'; its sheets are: First, Second"):
        open_dataset(path, task_kind="text", sheet="Third")


def test_blank_rows_are_none_and_odd_ones_are_error_rows(path: Path) -> None:
    write(
        path,
        [["id", "text"], [1, "a"], [None, None], [2], [3, "c", "extra"], [4, "d"], [None, None]],
    )
    rows = list(open_dataset(path, task_kind="text").rows())
    assert [row.fields["id"] for row in rows] == ["1", "2", "3", "4"]
    assert [row.error for row in rows] == [
        None,
        "Row 4 has nothing in column 'text'.",
        "Row 5 has 3 cells where the header has 2.",
        None,
    ]


def test_cells_that_only_have_a_format_are_none(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "text"])
    sheet.append([1, "a"])
    for row in (1, 2, 3):
        sheet.cell(row, 5).font = openpyxl.styles.Font(bold=True)
    book.save(path)
    (row,) = open_dataset(path, task_kind="text").rows()
    assert (row.content, row.fields) == ("a", {"id": "1", "text": "a"})


def test_a_header_is_guessed_and_can_be_chosen(path: Path) -> None:
    write(path, [["a", 1], ["b", 2]])
    assert open_dataset(path, task_kind="text").columns == ("column_1", "column_2")
    assert open_dataset(path, task_kind="text", header="yes").columns == ("a", "1")


def test_an_empty_sheet_is_refused(path: Path) -> None:
    with pytest.raises(BadInput, match="Sheet 'First' of a.xlsx is empty"):
        open_dataset(write(path, []), task_kind="text")


def test_a_damaged_workbook_is_refused(path: Path) -> None:
    data = write(path, [["text"], ["a"]]).read_bytes()
    for damaged in (b"", b"PK", data[: len(data) // 2], b"\xd0\xcf\x11\xe0" + bytes(600)):
        path.write_bytes(damaged)
        with pytest.raises(BadInput, match=r"a\.xlsx can't be read"):
            open_dataset(path, task_kind="text")


def test_any_damaged_byte_is_said_in_words(path: Path) -> None:
    data = write(path, [[n, f"text {n}"] for n in range(200)]).read_bytes()
    draw = random.Random(0)
    refused = 0
    for _ in range(60):
        damaged = bytearray(data)
        for place in draw.sample(range(len(data)), 5):
            damaged[place] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            list(open_dataset(path, task_kind="text").rows())
        except BadInput:
            refused += 1
    assert refused > 20


def test_a_zip_that_is_no_workbook_is_refused(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(BadInput, match="the workbook is damaged"):
        open_dataset(path, task_kind="text")


def test_a_sheet_that_breaks_off_is_said_in_words(path: Path) -> None:
    import zipfile

    write(path, [["text"], *[[f"text {n}"] for n in range(5000)]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            cut = name == "xl/worksheets/sheet1.xml"
            archive.writestr(name, content[: len(content) * 3 // 4] if cut else content)
    dataset = open_dataset(path, task_kind="text")
    with pytest.raises(BadInput, match="the workbook is damaged"):
        list(dataset.rows())


def test_a_sheet_without_names_of_columns_is_found_out(tmp_path: Path) -> None:
    rows = [[1, "The soup was hot, and good."], [2, "Cold rain all day long."]]
    pd.DataFrame(rows).to_excel(tmp_path / "a.xlsx", index=False, header=False)
    dataset = open_dataset(tmp_path / "a.xlsx", task_kind="text")
    assert dataset.columns == ("column_1", "column_2")
    assert dataset.count() == 2


def test_escaped_characters_and_durations_are_as_excel_shows_them(path: Path) -> None:
    day = dt.timedelta(days=1)
    write(
        path,
        [
            ["text", "long"],
            ["a_x000D_b _x005F_x000D_ _xD83D__xDE00_", day + dt.timedelta(hours=2)],
            ["_x00_ _xyzzy_", dt.timedelta(hours=100, minutes=1, seconds=2)],
        ],
    )
    first, second = open_dataset(path, task_kind="text", column="text").rows()
    assert first.fields == {"text": "a\rb _x000D_ \U0001f600", "long": "26:00:00"}
    assert second.fields == {"text": "_x00_ _xyzzy_", "long": "100:01:02"}
