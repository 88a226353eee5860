from pathlib import Path
from typing import Any

import pytest

from golems.datasets import open_dataset
from golems.datasets.contract import Dataset
from golems.datasets.text_lines import TextLines
from golems.errors import BadInput


def opened(tmp_path: Path, data: str | bytes, name: str = "a.txt", **options: Any) -> Dataset:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return open_dataset(tmp_path / name, task_kind="text", **options)


def contents(dataset: Dataset) -> list[object]:
    return [row.content for row in dataset.rows()]


PROSE = 'She said, "no.\nThen, a, b and c\r\n\n  indented\tand more  \nlast, line'


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a.log", "a.TXT"])
def test_every_line_is_a_text_as_it_is(tmp_path: Path, name: str) -> None:
    dataset = opened(tmp_path, PROSE, name)
    assert contents(dataset) == PROSE.replace("\r", "").split("\n")
    assert (dataset.kind, dataset.columns, dataset.column) == ("lines", ("text",), "text")
    assert dataset.count() == 5
    assert dataset.notes[0] == "Read as UTF-8, one text a line."


def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    assert contents(opened(tmp_path, "\na\n\nb\n\n \n", "a.log")) == ["", "a", "", "b"]


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        ("id,text\n1,hello\n2,bye\n", ("id", "text")),
        ("id\ttext\n1\thello, you\n2\tbye\n", ("id", "text")),
        ("Review\nI loved it.\nBad.\n", ("Review",)),
    ],
)
def test_a_clear_table_stays_a_table(tmp_path: Path, data: str, columns: tuple[str, ...]) -> None:
    dataset = opened(tmp_path, data)
    assert (dataset.kind, dataset.columns) == ("csv", columns)
    assert "It looks like a table; to read it line by line, choose kind: lines." in dataset.notes
    assert contents(opened(tmp_path, data, kind="lines")) == data.splitlines()


def test_prose_says_how_to_read_it_as_a_table(tmp_path: Path) -> None:
    notes = opened(tmp_path, PROSE).notes
    assert "It doesn't look like a table; to read it as one, choose kind: csv." in notes
    assert opened(tmp_path, PROSE, kind="csv").kind == "csv"
    assert opened(tmp_path, PROSE, delimiter="tab").kind == "csv"


def test_bad_bytes_and_huge_lines_are_error_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes("déjà vu à la carte\n".encode() * 3 + b"caf\xe9\n" + b"x" * 5000 + b"\nlast")
    rows = list(TextLines(path, max_cell_mb=0.002).rows())
    assert [row.error is None for row in rows] == [True, True, True, False, False, True]
    assert "0xE9: not valid UTF-8" in str(rows[3].error)
    assert rows[3].fields == {"text": "caf\ufffd"}
    assert "Line 5 is longer than the 2,000 characters" in str(rows[4].error)
    assert len(str(rows[4].fields["text"])) == 1000
    assert rows[5].content == "last"


@pytest.mark.parametrize("data", ["", "\n \n"])
def test_a_file_without_text_is_refused(tmp_path: Path, data: str) -> None:
    with pytest.raises(BadInput, match=r"a\.log is empty"):
        opened(tmp_path, data, "a.log")


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        opened(tmp_path, bytes(range(256)) * 40, "a.log")
