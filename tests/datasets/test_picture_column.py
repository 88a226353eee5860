import json
from pathlib import Path
from typing import Any

import datasets as hf_datasets
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golems.base import Row
from golems.datasets import open_dataset
from golems.errors import BadInput
from tests.datasets.conftest import picture_bytes

RED = picture_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table" / "photos").mkdir(parents=True)
    (tmp_path / "table" / "photos" / "a.png").write_bytes(RED)
    (tmp_path / "table" / "empty.png").write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(RED)
    return tmp_path / "table"


def write(folder: Path, kind: str, records: list[dict[str, Any]]) -> Path:
    path = folder / f"t.{kind}"
    names = list(records[0])
    if kind == "csv":
        lines = [names, *[[record[name] for name in names] for record in records]]
        path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        book = openpyxl.Workbook()
        assert book.active is not None
        for line in [names, *[[record[name] for name in names] for record in records]]:
            book.active.append(line)
        book.save(path)
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_column_of_paths_is_found_and_read(folder: Path, kind: str) -> None:
    records = [{"note": "a cat", "photo": "photos/a.png"}, {"note": "b", "photo": "gone.png"}]
    dataset = open_dataset(write(folder, kind, records), task_kind="image")
    assert dataset.column == "photo"
    assert "Column 'photo' was guessed to hold the pictures." in dataset.notes
    first, second = dataset.rows()
    assert (first.content, first.fields) == (RED, records[0])
    assert second.error == "'gone.png' can't be read: No such file or directory."
    assert dataset.count() == 2


def row_of(folder: Path, name: str) -> Row:
    path = write(folder, "jsonl", [{"image": name}])
    (row,) = open_dataset(path, task_kind="image", column="image").rows()
    return row


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../secret.png", "outside the table's folder"),
        ("photos/../../secret.png", "outside the table's folder"),
        ("/etc/hostname", "outside the table's folder"),
        ("link.png", "outside the table's folder"),
        ("https://example.org/a.png", "pictures are not downloaded"),
        ("file:///etc/hostname", "pictures are not downloaded"),
        ("photos", "is not a file"),
        ("a\0b.png", "is not a path"),
        ("x" * 5000, "can't be read: File name too long"),
        ("empty.png", "The file is empty"),
        ("  ", "The cell is empty"),
    ],
)
def test_what_may_not_be_read_is_an_error_row(folder: Path, name: str, reason: str) -> None:
    (folder / "link.png").symlink_to("../secret.png")
    row = row_of(folder, name)
    assert row.content is None
    assert reason in str(row.error)


def test_paths_as_another_system_writes_them(folder: Path) -> None:
    composed, apart = "photos/K\u00e4tzchen.png", "photos/Ba\u0308r.png"
    for name in (composed, apart):
        (folder / name).write_bytes(RED)
    for name in (
        "photos\\a.png", ".\\photos\\a.png", "photos/Ka\u0308tzchen.png", composed,
        "photos\\B\u00e4r.png", apart,
    ):  # fmt: skip
        assert row_of(folder, name).content == RED, name
    assert row_of(folder, "..\\secret.png").content is None


def test_a_root_that_the_operator_named_may_be_read(folder: Path, setting: Any) -> None:
    setting("roots", json.dumps([str(folder.parent)]))
    assert row_of(folder, "../secret.png").content == RED
    assert row_of(folder, str(folder.parent / "secret.png")).content == RED


def test_pictures_as_the_datasets_library_writes_them(tmp_path: Path) -> None:
    blue = picture_bytes(kind="JPEG")
    features = hf_datasets.Features(
        {"image": hf_datasets.Image(), "label": hf_datasets.ClassLabel(names=["cat", "dog"])}
    )
    pictures = [{"bytes": RED, "path": "a.png"}, {"bytes": blue, "path": None}, None]
    made = hf_datasets.Dataset.from_dict({"image": pictures, "label": [0, 1, 1]}, features=features)
    made.to_parquet(tmp_path / "t.parquet")
    dataset = open_dataset(tmp_path / "t.parquet", task_kind="image")
    rows = list(dataset.rows())
    assert dataset.column == "image"
    assert [row.content for row in rows] == [RED, blue, None]
    assert rows[2].error == "Row 3 has nothing in column 'image'."
    assert [row.fields["label"] for row in rows] == ["0", "1", "1"]
    assert [row.fields["image"] for row in rows] == ["a.png", f"{len(blue):,} bytes", None]


def test_a_column_of_bare_bytes(tmp_path: Path, setting: Any) -> None:
    setting("max_image_mb", 1)
    cells = pa.array([RED, b"", b"x" * 1_000_001, None], pa.large_binary())
    pq.write_table(pa.table({"id": [1, 2, 3, 4], "shot": cells}), tmp_path / "t.parquet")
    rows = list(open_dataset(tmp_path / "t.parquet", task_kind="image").rows())
    assert rows[0].content == RED
    assert [row.content for row in rows[1:]] == [None, None, None]
    assert "0 bytes" in str(rows[1].error)
    assert "PANTHEON_MAX_IMAGE_MB" in str(rows[2].error)


def test_a_table_without_pictures_is_refused(folder: Path) -> None:
    path = write(folder, "csv", [{"id": 1, "text": "a.png or not"}])
    with pytest.raises(BadInput, match="no column of it has the names of picture files"):
        open_dataset(path, task_kind="image")
    (row,) = open_dataset(path, task_kind="image", column="text").rows()
    assert "can't be read" in str(row.error)
