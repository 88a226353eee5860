from io import BytesIO

import pandas as pd
import pytest

from golems.datasets.csv_file import CsvFile
from golems.errors import BadInput
from tests.datasets.conftest import OpenCsv


def contents(dataset: CsvFile) -> list[object]:
    return [row.content for row in dataset.rows()]


WELL_FORMED = {
    "plain": "id,text\n1,hello\n2,bye\n",
    "quoted newlines": 'id,text\n1,"two\nlines"\n2,"three\r\nmore\n\nlines"\n',
    "doubled quotes": 'id,text\n1,"she said ""hi"""\n2,""""\n3,""\n',
    "windows line ends": 'id,text\r\n1,hello\r\n2,"a, b"\r\n',
    "blank lines between rows": "id,text\n\n1,hello\n\n\n2,bye\n\n",
    "no line end at the end": "id,text\n1,hello",
    "what pandas would convert": "id,text\n007,NA\n1e5,null\n 1 ,  spaces  \nTrue,\n",
    "emoji and right to left": "id,text\n1,😀👩‍👩‍👧\n2,שלום עולם\n3,مرحبا\n",
    "quotes inside a cell": 'id,text\n1,5" disk\n2,a"b"c\n',
    "a huge quoted cell": 'id,text\n1,"' + "word, " * 50_000 + '"\n2,next\n',
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_cells_are_as_pandas_reads_them_without_conversion(open_csv: OpenCsv, name: str) -> None:
    data = WELL_FORMED[name].encode()
    expected = pd.read_csv(BytesIO(data), dtype=str, keep_default_na=False)
    dataset = open_csv(data)
    assert [dict(row.fields) for row in dataset.rows()] == expected.to_dict("records")
    assert contents(dataset) == list(expected["text"])
    assert dataset.count() == len(expected)
    assert all(row.error is None for row in dataset.rows())


def test_rows_can_be_read_again_and_carry_their_place(open_csv: OpenCsv) -> None:
    dataset = open_csv("text\na\nb\n")
    assert list(dataset.rows()) == list(dataset.rows())
    assert [row.index for row in dataset.rows()] == [0, 1]
    assert [row.content for row in dataset.preview(1)] == ["a"]


def test_empty_and_blank_texts_are_content(open_csv: OpenCsv) -> None:
    assert contents(open_csv('id,text\n1,\n2,"  "\n3,""\n')) == ["", "  ", ""]


def test_a_text_of_20_000_words_is_whole(open_csv: OpenCsv) -> None:
    text = "word " * 20_000
    assert contents(open_csv(f"id,text\n1,{text}\n")) == [text]


def test_a_cell_of_1_mb_is_whole(open_csv: OpenCsv) -> None:
    text = "x" * 1_000_000
    assert contents(open_csv(f'id,text\n1,"{text}"\n2,y\n')) == [text, "y"]


def test_nul_bytes_are_kept(open_csv: OpenCsv) -> None:
    assert contents(open_csv("id,text\n1,a\0b\n2,\0\n")) == ["a\0b", "\0"]


def test_a_file_of_one_column_keeps_the_commas_of_its_texts(open_csv: OpenCsv) -> None:
    dataset = open_csv('text\nhello, world\n"quoted, ""too"""\nthree, four, five\n')
    assert dataset.delimiter is None
    assert contents(dataset) == ["hello, world", 'quoted, "too"', "three, four, five"]


def test_a_blank_line_in_one_column_is_an_empty_text_but_not_at_the_end(open_csv: OpenCsv) -> None:
    dataset = open_csv("text\na\n\nb\nc\n\n\n")
    assert contents(dataset) == ["a", "", "b", "c"]
    assert dataset.count() == 4


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\r\n"])
def test_a_file_without_any_record_is_refused(open_csv: OpenCsv, data: bytes) -> None:
    with pytest.raises(BadInput, match=r"reviews\.csv is empty"):
        open_csv(data)


def test_only_a_header_is_a_dataset_of_no_rows(open_csv: OpenCsv) -> None:
    dataset = open_csv("id,text\n")
    assert dataset.columns == ("id", "text")
    assert dataset.count() == 0
    assert contents(dataset) == []


def test_too_many_cells_are_an_error_that_shows_what_is_left_over(open_csv: OpenCsv) -> None:
    row = list(open_csv("id,text\n1,fine\n2,hello, world\n").rows())[1]
    assert row.content is None
    assert row.error is not None
    assert "Line 3 has 3 cells where the header has 2; left over: ' world'" in row.error
    assert row.fields == {"id": "2", "text": "hello"}


def test_a_missing_cell_is_none_and_an_error_only_for_the_content(open_csv: OpenCsv) -> None:
    first, second = open_csv("id,text,label\n1,hello\n2\n", column="text").rows()
    assert first.content == "hello"
    assert first.fields == {"id": "1", "text": "hello", "label": None}
    assert second.content is None
    assert second.error == ("Line 3 has 1 cell where the header has 3; column 'text' is missing.")


def test_line_numbers_count_lines_inside_quotes(open_csv: OpenCsv) -> None:
    row = list(open_csv('id,text\n1,"a\nb\nc"\n\n2\n').rows())[1]
    assert row.error is not None
    assert row.error.startswith("Line 6 ")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"PK\x03\x04" + bytes(60), "a ZIP or an Excel workbook"),
        (bytes(range(256)) * 8, "not a text file"),
        ("id,text\n1,hello\n".encode("utf-16-le"), "choose encoding: utf-16-le"),
    ],
)
def test_a_binary_file_is_refused_in_words(open_csv: OpenCsv, data: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        open_csv(data)
