"""Excel files: read back by others, and whatever a cell can't hold is told of."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest

from golems.base import Classification, LabelScore, Outcome
from golems.errors import BadInput
from golems.reports import excel
from golems.reports.excel import excel_steps, write_excel
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted
from tests.reports.test_tables import HOSTILE

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.xlsx"


def book_of(run: Run, path: Path) -> Any:
    write_excel(run, path)
    return openpyxl.load_workbook(path)


def table_of(run: Run, path: Path) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book_of(run, path)["Results"].iter_rows(values_only=True)]


def notes_of(path: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path)["Notes"]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)][1:]


def test_rows_and_columns_are_those_of_the_run(write_run: WriteRun, path: Path) -> None:
    outcomes = [predicted("A", 0.75), failed("The text is empty.")]
    run = write_run(["id", "text"], [["007", "hello"], ["8", ""]], outcomes)
    header, *rows = table_of(run, path)
    assert header == (
        "id", "text", "predicted_label", "predicted_score", "predicted_scores", "error", "tokens",
        "tokens_dropped", "note",
    )  # fmt: skip
    assert rows == [
        ("007", "hello", "A", 0.75, '{"A": 0.75, "other": 0.25}', None, 3, 0, None),
        ("8", "", None, None, None, "The text is empty.", None, None, None),
    ]
    frame = pd.read_excel(path, dtype={"id": str})
    assert frame["id"].tolist() == ["007", "8"]
    assert frame["predicted_score"].tolist()[0] == 0.75


def test_the_header_stands_out_and_stays(write_run: WriteRun, path: Path) -> None:
    book = book_of(write_run(["text"], [["x"]] * 5, [predicted("A", 0.5)] * 5), path)
    assert book.sheetnames == ["Results", "About", "Notes"]
    sheet = book["Results"]
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "=HYPERLINK(\"http://a.b\")", "@SUM(A1)", "{=1}", "https://example.org/a",
        "mailto:a@b.org", "internal:Results!A1", "123", "1e5", "TRUE", "#N/A", "  blank  ",
        "two\nlines", "tab\there", "🙂 שלום", "<b>&amp;</b>", "<r>", "<r></r>", "<r>&</r>",
        "<r><t>in</t></r>", "</is></c>", "]]>",
    ],
)  # fmt: skip
def test_texts_are_texts_to_the_letter(write_run: WriteRun, path: Path, cell: str) -> None:
    book = book_of(write_run(["text", cell], [[cell, "x"]], [predicted(cell, 0.5)]), path)
    sheet = book["Results"]
    assert (sheet["A2"].value, sheet["B1"].value, sheet["C2"].value) == (cell, cell, cell)
    for place in ("A2", "B1", "C2"):
        assert sheet[place].data_type in {"s", "inlineStr"}
        assert sheet[place].hyperlink is None
    raw = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert not re.search("<f>|<hyperlink", raw)


def test_a_text_that_looks_like_an_escape_is_written_as_excel_wants_it(
    write_run: WriteRun, path: Path
) -> None:
    write_excel(write_run(["text"], [["_x0041_"]], [predicted("A", 0.5)]), path)
    raw = ElementTree.fromstring(zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml"))
    texts = [one.text for one in raw.iter(f"{SHEET}t")]
    assert "_x005F_x0041_" in texts


@pytest.mark.parametrize("columns", HOSTILE)
def test_columns_of_any_name(write_run: WriteRun, path: Path, columns: list[str]) -> None:
    cells = [f"cell {place}" for place in range(len(columns))]
    header, row = table_of(write_run(columns, [cells], [predicted("A", 0.5)]), path)
    shown = [re.sub("[\0-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", name) for name in columns]
    assert [*header[: len(columns)]] == [name.replace("\r", "\n") or None for name in shown]
    assert [*row[: len(columns)]] == cells


def test_long_cells_are_cut_and_counted(write_run: WriteRun, path: Path) -> None:
    cells = ["x" * 32_767, "y" * 32_768, "🙂" * 16_383 + "z", "🙂" * 16_384, "a" * 10**6]
    run = write_run(["text"], [[cell] for cell in cells], [predicted("A", 0.5)] * 5)
    texts = [row[0] for row in table_of(run, path)[1:]]
    assert texts == [cells[0], "y" * 32_767, cells[2], "🙂" * 16_383, "a" * 32_767]
    cut = "cut after 32,767 characters"
    assert notes_of(path) == [
        (None, None, f"3 cells: {cut}."),
        (None, None, "They are whole in the run's CSV, Parquet and JSON Lines files."),
        (3, "text", cut), (5, "text", cut), (6, "text", cut),
    ]  # fmt: skip


def test_signs_that_xml_cant_hold_are_replaced_and_counted(write_run: WriteRun, path: Path) -> None:
    cells = ["a\0b\x1f", "\x0b", "￾￿", "plain", "two\r\nlines\r", "tab\t"]
    run = write_run(["text"], [[cell] for cell in cells], [predicted("A", 0.5)] * len(cells))
    texts = [row[0] for row in table_of(run, path)[1:]]
    assert texts == ["a�b�", "�", "��", "plain", "two\nlines\n", "tab\t"]
    notes = notes_of(path)
    assert notes[0][2].startswith("3 cells: signs that Excel can't hold")
    assert notes[1][2] == "1 cell: carriage returns written as line feeds."
    assert [note[0] for note in notes[3:]] == [2, 3, 4, 6]


def test_notes_name_the_first_cells_alone(
    write_run: WriteRun, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_NOTED", 2)
    write_excel(write_run(["text"], [["\0"]] * 5, [predicted("A", 0.5)] * 5), path)
    notes = notes_of(path)
    assert notes[0][2].startswith("5 cells: ")
    assert [note[2] for note in notes[2:3]] == ["The first 2 of them:"]
    assert [note[0] for note in notes[3:]] == [2, 3]


def test_nothing_to_note_is_said(write_run: WriteRun, path: Path) -> None:
    write_excel(write_run(["text"], [["x"]], [predicted("A", 0.5)]), path)
    assert notes_of(path) == [(None, None, "Every cell is as it is in the run.")]


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_what_is_no_number_in_excel_is_its_name(
    write_run: WriteRun, path: Path, score: float
) -> None:
    outcome = Outcome(Classification((LabelScore("a", score), LabelScore("b", 0.25))))
    row = table_of(write_run(["text"], [["x"]], [outcome]), path)[1]
    assert row[2] == str(score)


def test_about_says_what_ran_on_what(write_run: WriteRun, path: Path) -> None:
    run = write_run(["text"], [["x"], [""]], [predicted("A", 0.5), failed()])
    run.write_manifest(run.manifest().model_copy(update={"checkpoint": "test/model"}))
    facts = dict(book_of(run, path)["About"].iter_rows(values_only=True))
    assert (facts["Run"], facts["Golem"], facts["Dataset"]) == (run.id, "Test", "listed.csv")
    assert (facts["Checkpoint"], facts["Rows"], facts["Failed rows"]) == ("test/model", 2, 1)
    assert (facts["State"], facts["Column that was read"]) == ("done", "text")
    assert {name for name in facts if name.startswith("Parameter ")} == {
        f"Parameter {name}" for name in run.manifest().parameters
    }


def test_a_folder_of_this_machine_is_not_told_of(write_run: WriteRun, path: Path) -> None:
    run = write_run(["text"], [["x"]], [predicted("A", 0.5)])
    run.write_manifest(run.manifest().model_copy(update={"checkpoint": "/home/alice/my model"}))
    facts = dict(book_of(run, path)["About"].iter_rows(values_only=True))
    assert facts["Checkpoint"] == "my model"
    assert not any("alice" in str(fact) for fact in facts.values())


@pytest.mark.parametrize(("what", "most"), [("rows", "MOST_ROWS"), ("columns", "MOST_COLUMNS")])
def test_what_no_sheet_holds_is_refused_with_a_way_out(
    write_run: WriteRun, path: Path, monkeypatch: pytest.MonkeyPatch, what: str, most: str
) -> None:
    assert (excel.MOST_ROWS, excel.MOST_COLUMNS) == (1_048_575, 16_384)
    run = write_run(["text"], [["x"]] * 8, [predicted("A", 0.5)] * 8)
    there = {"rows": 8, "columns": 8}[what]
    monkeypatch.setattr(excel, most, there)
    write_excel(run, path)
    path.unlink()
    monkeypatch.setattr(excel, most, there - 1)
    with pytest.raises(BadInput, match=rf"{there} {what}, .* holds {there - 1}.* CSV or Parquet"):
        write_excel(run, path)
    assert not path.exists()


def test_a_run_without_rows_has_its_columns(write_run: WriteRun, path: Path) -> None:
    (header,) = table_of(write_run(["text"], [], []), path)
    assert header[0] == "text"


def test_giving_up_half_way_leaves_no_temporary_files(
    write_run: WriteRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    run = write_run(["text"], [["x"]] * 9, [predicted("A", 0.5)] * 9)
    steps = excel_steps(run, tmp_path / "out.xlsx")
    assert [next(steps), next(steps), next(steps)] == [0, 3, 6]
    assert list((tmp_path / "temporary").iterdir())
    steps.close()
    assert not list((tmp_path / "temporary").iterdir())
    write_excel(run, tmp_path / "out.xlsx")
    assert not list((tmp_path / "temporary").iterdir())
