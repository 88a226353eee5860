"""Every kind of dataset can be opened again from plain JSON values, and gives the same rows."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golems.datasets import open_dataset
from tests.datasets.conftest import picture_bytes

CSV = "id;text\n1;hello, you\n2;bye\n".encode("utf-16")
RED = picture_bytes()


def a_book(path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Two").append(["no", "header"])
    book.save(path)


def a_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", RED)


def a_tar(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("a.png")
        info.size = len(RED)
        archive.addfile(info, io.BytesIO(RED))


def a_folder(path: Path) -> None:
    (path / "cat").mkdir(parents=True)
    (path / "cat" / "a.png").write_bytes(RED)


def a_parquet(path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "image": pa.array([RED, b""])}), path)


def holding(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


KINDS: dict[str, tuple[str, Callable[[Path], object], str, dict[str, Any]]] = {
    "csv": ("a.csv", holding(CSV), "text", {}),
    "csv, chosen": ("a.csv", holding(b"1;x\n2;y\n"), "text", {"header": "no", "limit": 1}),
    "csv, single quotes": ("a.csv", holding(b"id,text\n1,'a, b'\n2,'c, d'\n"), "text", {}),
    "csv, no quotes": ("a.csv", holding(b'id,text\n1,"a\n2,b\n'), "text", {"quote": "none"}),
    "csv, one column": ("a.csv", holding(b"text\na, b\n"), "text", {}),
    "csv, packed": ("a.csv.gz", holding(gzip.compress(CSV)), "text", {"column": "id"}),
    "csv, sample": ("a.csv", holding(CSV), "text", {"sample": 1, "seed": 3}),
    "csv, named txt": ("a.txt", holding(CSV), "text", {}),
    "lines": ("a.txt", holding(b"a, b\nc d\n"), "text", {}),
    "lines, chosen": ("a.csv", holding(b"a,b\nc,d\n"), "text", {"kind": "lines"}),
    "jsonl": ("a.json", holding(b'{"text": "a", "id": 1}\n{"text": "b"}'), "text", {}),
    "json": ("a.json", holding(b'[{"text": "a", "id": 1}]'), "text", {}),
    "parquet": ("a.parquet", a_parquet, "image", {}),
    "excel": ("a.xlsx", a_book, "text", {"sheet": "Two", "header": "no"}),
    "image": ("a.png", holding(RED), "image", {}),
    "folder": ("a", a_folder, "image", {}),
    "zip": ("a.zip", a_zip, "image", {"limit": 5}),
    "tar": ("a.tgz", a_tar, "image", {}),
    "paths": ("a.csv", holding(b"image\na/cat/a.png\n"), "image", {}),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_spec_gives_the_same_rows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, make, task_kind, options = KINDS[name]
    make(tmp_path / file)
    monkeypatch.chdir(tmp_path)
    first = open_dataset(file, task_kind=task_kind, **options)  # type: ignore[arg-type]
    rows = list(first.rows())
    assert rows
    spec = json.loads(json.dumps(first.spec()))
    monkeypatch.chdir("/")
    again = open_dataset(task_kind=task_kind, **spec)
    assert list(again.rows()) == rows
    assert open_dataset(task_kind=task_kind, **again.spec()).spec() == again.spec()
    assert (again.kind, again.columns, again.column, again.count()) == (
        first.kind, first.columns, first.column, len(rows),
    )  # fmt: skip


def test_one_column_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\nb\n")
    spec = open_dataset(path, task_kind="text", header="no").spec()
    path.write_text("a,1\nb,2\n")
    dataset = open_dataset(task_kind="text", **spec)
    assert [row.content for row in dataset.rows()] == ["a,1", "b,2"]


def test_what_was_guessed_is_fixed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"text\nhello\n")
    spec = open_dataset(path, task_kind="text").spec()
    # Taken alone this is another table: two columns, without a header, in another encoding.
    path.write_bytes(b"text\n1,caf\xe9 au lait\n2,b\n3,c\n")
    dataset = open_dataset(task_kind="text", **spec)
    assert (dataset.columns, dataset.column) == (("text",), "text")
    assert [row.content for row in dataset.rows()] == [None, "2,b", "3,c"]
