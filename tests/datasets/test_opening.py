import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput


def test_a_path_with_nothing_at_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file or folder .*missing\.csv"):
        open_dataset(tmp_path / "missing.csv", task_kind="text")


def test_a_path_that_cannot_exist_is_refused() -> None:
    with pytest.raises(BadInput):
        open_dataset("a\0b.csv", task_kind="text")


@pytest.mark.parametrize(
    ("name", "task_kind", "reason"),
    [
        ("a.docx", "text", r"\.docx is not among the kinds read now.*\.csv, \.tsv"),
        ("a.parquet.gz", "text", r"\.gz is not among"),
        ("a.parquet", "text", r"a\.parquet is not a Parquet file"),
        ("a.jsonl", "text", r"a\.jsonl holds no JSON objects.*Line 1 is not JSON"),
        ("a.xlsx", "text", r"a\.xlsx can't be read: it is no Excel workbook"),
        ("a.tar", "text", "is a tar archive, and this golem reads texts"),
        ("noextension", "text", "without an extension are not among"),
        ("a.jpg", "text", "is a picture, and this golem reads texts"),
        ("a.zip", "text", "is a ZIP, and this golem reads texts"),
        ("a.csv", "image", "is a table of texts, and this golem reads pictures"),
        ("a.mp4", "image", r"not a kind of file .*\.jpg"),
    ],
)
def test_a_kind_that_does_not_fit_is_refused_with_the_way_out(
    tmp_path: Path, name: str, task_kind: str, reason: str
) -> None:
    (tmp_path / name).write_bytes(b"text\nhello\n")
    with pytest.raises(BadInput, match=reason):
        open_dataset(tmp_path / name, task_kind=task_kind)  # type: ignore[arg-type]


def test_a_folder_of_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        open_dataset(tmp_path, task_kind="text")


def test_a_limit_keeps_the_first_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\na\nb\nc\n")
    dataset = open_dataset(tmp_path / "a.csv", task_kind="text", limit=2)
    assert [row.content for row in dataset.rows()] == ["a", "b"]
    assert dataset.count() == 2


def test_a_limit_past_the_end_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\na\n")
    assert open_dataset(tmp_path / "a.csv", task_kind="text", limit=9).count() == 1


def test_a_limit_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\na\n")
    with pytest.raises(BadInput, match="limit of 0"):
        open_dataset(tmp_path / "a.csv", task_kind="text", limit=0)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"sheet": "1"}, "a.csv has no sheet: sheet is for Excel files"),
        ({"split": "test"}, r"a.csv has no split: split is for datasets of the Hub"),
        ({"kind": "word"}, "'word' is not a kind of dataset; choose one of: csv, "),
        ({"limit": 1, "sample": 1}, "choose one of them"),
        ({"sample": 0}, "sample of 0"),
        ({"kind": "lines", "delimiter": ";"}, "a.csv has no delimiter: delimiter is for CSV files"),
        ({"kind": "jsonl", "header": "no"}, "header is for CSV and Excel files"),
        ({"kind": "parquet", "encoding": "utf-8"}, "encoding is for CSV, JSON and text files"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    tmp_path: Path, options: dict[str, Any], reason: str
) -> None:
    (tmp_path / "a.csv").write_text("text\na\n")
    with pytest.raises(BadInput, match=reason):
        open_dataset(tmp_path / "a.csv", task_kind="text", **options)


def test_reading_imports_no_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, golems.datasets, golems.datasets.decode;"
        "sys.exit('torch' in sys.modules or 'streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_limit_past_what_can_be_counted_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\na\n")
    (tmp_path / "a.jpg").write_bytes(b"")
    texts = open_dataset(tmp_path / "a.csv", task_kind="text", limit=10**20)
    pictures = open_dataset(tmp_path, task_kind="image", limit=10**20)
    assert texts.count() == len(list(texts.rows())) == len(texts.preview(10**20)) == 1
    assert pictures.count() == len(list(pictures.rows())) == 1


@pytest.mark.parametrize("task_kind", ["text", "image"])
def test_an_empty_path_is_not_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task_kind: str
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="path is empty"):
        open_dataset("", task_kind=task_kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["a.jpg", ""])
@pytest.mark.parametrize("option", ["column", "delimiter", "quote", "encoding", "header"])
def test_an_option_of_a_csv_is_refused_for_pictures(
    tmp_path: Path, place: str, option: str
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    value = {"delimiter": ";", "header": "no"}.get(option, "utf-8")
    with pytest.raises(BadInput, match=rf"{option} {value!r} .* a CSV, .* pictures"):
        open_dataset(tmp_path / place, task_kind="image", **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("task_kind", ["text", "image"])
@pytest.mark.parametrize("name", [b"\xff.csv", b"\xff.jpg", b"\xff"])
def test_a_name_that_cannot_be_written_is_refused(
    tmp_path: Path, name: bytes, task_kind: str
) -> None:
    with pytest.raises(BadInput, match="not valid UTF-8.* rename it") as refusal:
        open_dataset(tmp_path / os.fsdecode(name), task_kind=task_kind)  # type: ignore[arg-type]
    assert "\ufffd" in str(refusal.value)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_packed_csv_has_no_mark_and_no_line_that_names_its_delimiter(
    tmp_path: Path, encoding: str
) -> None:
    text = "sep=|\nid|text\n1|héllo\n"
    marked = text if encoding != "utf-16-le" else "\ufeff" + text
    for name in ("a.csv.gz", "a.txt.gz"):
        (tmp_path / name).write_bytes(gzip.compress(marked.encode(encoding)))
        dataset = open_dataset(tmp_path / name, task_kind="text", encoding=encoding)
        assert dataset.columns == ("id", "text")
        again = open_dataset(**dataset.spec(), task_kind="text")
        assert [row.content for row in again.rows()] == ["héllo"]


def test_lines_and_json_in_utf_16_without_a_mark_are_refused(tmp_path: Path) -> None:
    for name in ("a.log", "a.jsonl"):
        (tmp_path / name).write_bytes('{"text": "hello"}\n'.encode("utf-16-le"))
        with pytest.raises(BadInput, match="no byte order mark"):
            open_dataset(tmp_path / name, task_kind="text", encoding="utf-16")
