"""Workbooks as other programs write them: formulas, dates, and other dialects of the format."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from golems.datasets import Dataset, Doubt, open_dataset

REMEDY = "open the workbook in Excel or LibreOffice, save it, and read it again"
MIDNIGHT = dt.datetime.combine(dt.date(2024, 3, 1), dt.time())
HALF_PAST = dt.datetime.combine(dt.date(2024, 3, 1), dt.time(12, 30))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def change(path: Path, name: str, edit: Callable[[str], str]) -> None:
    """Change the parts of a workbook whose names match."""
    with zipfile.ZipFile(path) as book:
        parts = {one: book.read(one) for one in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for one, data in parts.items():
            book.writestr(one, edit(data.decode()) if re.fullmatch(name, one) else data)


def doubts(dataset: Dataset) -> list[str]:
    return [str(note) for note in dataset.notes if isinstance(note, Doubt)]


def column(path: Path, name: str, **options: Any) -> list[str | None]:
    return [row.fields[name] for row in open_dataset(path, task_kind="text", **options).rows()]


def write_with_openpyxl(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)


def write_with_xlsxwriter(path: Path, rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)


@pytest.mark.parametrize("write", [write_with_openpyxl, write_with_xlsxwriter])
def test_formulas_that_were_never_computed_are_told(path: Path, write: Any) -> None:
    write(
        path,
        [
            ["text", "whole", "half"],
            ["good film", 4, "=B2/2"],
            ['=CONCATENATE("a", "b")', 0, "=B3/2"],
            ["bad film", 1, 2],
        ],
    )
    dataset = open_dataset(path, task_kind="text", column="text")
    why = "without a value, as no spreadsheet has computed them, and those cells are read as empty"
    assert doubts(dataset) == [
        f"Column 'text' has 1 formula {why}: {REMEDY}.",
        f"Column 'half' has 2 formulas {why}: {REMEDY}.",
    ]
    first, second, third = dataset.rows()
    assert first.fields == {"text": "good film", "whole": "4", "half": None}
    assert (first.content, first.error) == ("good film", None)
    assert second.fields == {"text": None, "whole": "0", "half": None}
    assert second.content is None
    assert second.error == (
        f"Row 3 has a formula in column 'text' that no spreadsheet has computed: {REMEDY}."
    )
    assert third.fields == {"text": "bad film", "whole": "1", "half": "2"}


def test_formulas_below_the_rows_that_are_looked_at_first_are_told(path: Path) -> None:
    rows: list[list[Any]] = [[f"text {n}", n] for n in range(2000)]
    write_with_openpyxl(path, [["text", "n"], *rows, ["sum", "=SUM(B2:B2001)"]])
    (doubt,) = doubts(open_dataset(path, task_kind="text"))
    assert "Column 'n' has 1 formula without a value" in doubt


def test_formulas_that_were_computed_are_their_values(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "n"])
        sheet.write_formula(1, 0, '=A1&"!"', None, "text!")
        sheet.write_formula(1, 1, "=1/4", None, 0.25)
        sheet.write_string(2, 0, "more")
        sheet.write_formula(2, 1, '=""', None, "")
        sheet.write_string(3, 0, "last")
        sheet.write_formula(3, 1, "=1-1", None, 0)
    # As a spreadsheet leaves it: it doesn't ask for everything to be computed once more, and an
    # empty text is one.
    change(path, "xl/worksheets/.*", lambda text: text.replace('<c r="B3"', '<c r="B3" t="str"'))
    change(path, "xl/workbook.xml", lambda text: text.replace(' fullCalcOnLoad="1"', ""))
    dataset = open_dataset(path, task_kind="text", column="text")
    assert doubts(dataset) == []
    assert [row.fields for row in dataset.rows()] == [
        {"text": "text!", "n": "0.25"},
        {"text": "more", "n": None},
        {"text": "last", "n": "0"},
    ]


def test_a_formula_that_fills_several_cells_is_told_in_each(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "a", "b"])
        for row in (1, 2, 3):
            sheet.write_string(row, 0, f"text {row}")
        sheet.write_array_formula(1, 1, 2, 2, "{=A1:B2}")
        sheet.write_row(3, 1, [0, 5])
    assert column(path, "a") == [None, None, "0"]
    assert column(path, "b") == [None, None, "5"]
    first, second = doubts(open_dataset(path, task_kind="text", column="text"))
    assert "Column 'a' has 2 formulas without a value" in first
    assert "Column 'b' has 2 formulas without a value" in second


@pytest.mark.parametrize(
    ("format_", "value", "text"),
    [
        ("yyyy-mm-dd", MIDNIGHT, "2024-03-01"),
        ("d. mmmm yyyy", MIDNIGHT, "2024-03-01"),
        ("[$-404]e/m/d", MIDNIGHT, "2024-03-01"),
        ('yyyy"h"', MIDNIGHT, "2024-03-01"),
        ("yyyy-mm-dd", HALF_PAST, "2024-03-01 12:30:00"),
        ("yyyy-mm-dd hh:mm", MIDNIGHT, "2024-03-01 00:00:00"),
        ("yyyy-mm-dd hh:mm", HALF_PAST, "2024-03-01 12:30:00"),
        ("hh:mm:ss", dt.time(12, 30, 5), "12:30:05"),
        ("[h]:mm", dt.timedelta(hours=30), "30:00:00"),
        ("yyyy-mm-dd", -1, "-1"),
        ("yyyy-mm-dd", 1e9, "1000000000"),
        ('0 "days"', 45352, "45352"),
        ("[Red]0.00", 45352.5, "45352.5"),
    ],
)  # fmt: skip
def test_cells_with_a_format_of_dates_are_dates(
    path: Path, format_: str, value: Any, text: str
) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "when"])
        sheet.write_string(1, 0, "a text")
        style = book.add_format({"num_format": format_})
        if isinstance(value, int | float):
            sheet.write_number(1, 1, value, style)
        else:
            sheet.write_datetime(1, 1, value, style)
    assert column(path, "when") == [text]


@pytest.mark.parametrize("number", [27, 31, 36, 50, 58])
def test_east_asian_formats_of_dates_are_dates(path: Path, number: int) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "when"])
        style = book.add_format({"num_format": number})
        for row, value in enumerate((45352, 45352.5, 0.5), 1):
            sheet.write_string(row, 0, f"text {row}")
            sheet.write_number(row, 1, value, style)
    assert column(path, "when") == ["2024-03-01", "2024-03-01 12:00:00", "12:00:00"]


def test_days_are_counted_from_1904_where_the_workbook_says_so(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "when"])
        sheet.write_string(1, 0, "a text")
        sheet.write_datetime(1, 1, MIDNIGHT, book.add_format({"num_format": 14}))
    assert column(path, "when") == ["2024-03-01"]


def as_strict(text: str) -> str:
    return re.sub(
        r"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/",
        r"http://purl.oclc.org/ooxml/\1/",
        text,
    )


@pytest.mark.parametrize("write", [write_with_openpyxl, write_with_xlsxwriter])
def test_the_strict_dialect_is_read(path: Path, write: Any) -> None:
    rows: list[list[Any]] = [[n, f"text {n}", n / 4, n % 2 == 0] for n in range(5000)]
    rows[7][1] = "see http://purl.oclc.org/ooxml/spreadsheetml/main > here"
    write(path, [["id", "text", "x", "even"], *rows])
    ordinary = [row.fields for row in open_dataset(path, task_kind="text", column="text").rows()]
    change(path, r"(_rels|xl)/.*", as_strict)
    with zipfile.ZipFile(path) as book:
        assert b"purl.oclc.org/ooxml/spreadsheetml/main" in book.read("xl/worksheets/sheet1.xml")
    dataset = open_dataset(path, task_kind="text", column="text")
    assert [row.fields for row in dataset.rows()] == ordinary
    assert ordinary[7]["text"] == rows[7][1]
    assert ordinary[9] == {"id": "9", "text": "text 9", "x": "2.25", "even": "FALSE"}


def test_dates_of_the_strict_dialect_are_dates(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "when"])
        sheet.write_string(1, 0, "one")
        sheet.write_number(1, 1, 1, book.add_format({"num_format": 14}))
        sheet.write_string(2, 0, "two")
        sheet.write_number(2, 1, 2, book.add_format({"num_format": 22}))

    def with_texts(text: str) -> str:
        text = text.replace('<c r="B2" s="1"><v>1<', '<c r="B2" s="1" t="d"><v>2024-03-01<')
        return text.replace(
            '<c r="B3" s="2"><v>2<', '<c r="B3" s="2" t="d"><v>2024-03-01T12:30:00<'
        )

    change(path, "xl/worksheets/sheet1.xml", with_texts)
    change(path, r"(_rels|xl)/.*", as_strict)
    assert column(path, "when") == ["2024-03-01", "2024-03-01 12:30:00"]


@pytest.mark.parametrize("fill", ["<fill/>", "<fill></fill>"])
def test_an_empty_fill_is_of_no_concern(path: Path, fill: str) -> None:
    write_with_openpyxl(path, [["text", "when"], ["a text", dt.date(2024, 3, 1)]])
    change(
        path,
        "xl/styles.xml",
        lambda text: re.sub("<fill>.*?</fill>|<fill */>", fill, text, count=1, flags=re.DOTALL),
    )
    with zipfile.ZipFile(path) as book:
        assert fill in book.read("xl/styles.xml").decode()
    assert column(path, "when") == ["2024-03-01"]


def test_texts_that_look_escaped_stay_what_they_are(path: Path) -> None:
    texts = ["_x000D_", "a\rb", "x005F_", "_x005F_"]
    write_with_xlsxwriter(path, [["text"], *[[text] for text in texts]])
    assert column(path, "text", header="yes") == texts
