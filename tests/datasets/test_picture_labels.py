import csv
import json
import tarfile
import zipfile
from pathlib import Path

import datasets as hf_datasets
import pandas as pd
import pytest

from golems.datasets import Doubt, open_dataset
from golems.datasets.contract import Dataset
from tests.datasets.conftest import picture_bytes

LABELLED = ("cat/1.png", "cat/2.png", "dog/1.png", "Dog/3.png")


def fill(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(picture_bytes())
    return root


def opened(root: Path, kind: str) -> Dataset:
    if kind == "folder":
        return open_dataset(root, task_kind="image")
    path = root.parent / f"packed.{kind}"
    files = sorted(file for file in root.rglob("*") if file.is_file())
    names = [str(file.relative_to(root.parent)) for file in files]
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file, name in zip(files, names, strict=True):
                archive.write(file, name)
    else:
        with tarfile.open(path, "w") as archive:
            for file, name in zip(files, names, strict=True):
                archive.add(file, name)
    return open_dataset(path, task_kind="image")


@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_sub_folders_are_labels(tmp_path: Path, kind: str) -> None:
    dataset = opened(fill(tmp_path / "root", *LABELLED), kind)
    assert dataset.columns == ("file", "label")
    found = {str(row.fields["file"])[-9:]: row.fields["label"] for row in dataset.rows()}
    assert found == {name: name.split("/")[0] for name in LABELLED}
    assert (
        "Each picture's sub-folder is taken for its label and kept in the column 'label'."
        in dataset.notes
    )
    assert [row.fields["label"] for row in dataset.at([1])] == [
        list(dataset.rows())[1].fields["label"]
    ]


def test_labels_are_those_of_the_datasets_library(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", *LABELLED)
    theirs = hf_datasets.load_dataset(
        "imagefolder", data_dir=str(root), split="train", cache_dir=str(tmp_path / "cache")
    )
    names = theirs.features["label"].names
    ours = [row.fields["label"] for row in open_dataset(root, task_kind="image").rows()]
    assert sorted(map(str, ours)) == sorted(names[label] for label in theirs["label"])


@pytest.mark.parametrize(
    "names",
    [
        ("a.png", "b.png"),
        ("cat/1.png", "dog/1.png", "top.png"),
        ("cat/1.png", "dog/deep/1.png"),
        ("cat/1.png", "cat/2.png"),
        ("a/cat/1.png", "b/dog/1.png"),
    ],
)
def test_other_layouts_have_no_labels(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert open_dataset(fill(tmp_path, *names), task_kind="image").columns == ("file",)


RECORDS = [
    {"file_name": "a.png", "label": "cat", "n": "007"},
    {"file_name": "sub/b.png", "label": "dog, big", "n": ""},
    {"file_name": "../secret.png", "label": "x", "n": "1"},
]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_metadata_become_columns(tmp_path: Path, kind: str) -> None:
    root = fill(tmp_path / "root", "a.png", "sub/b.png", "sub/lone.png")
    path = root / f"metadata.{kind}"
    if kind == "csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(RECORDS[0]))
            writer.writeheader()
            writer.writerows(RECORDS)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    else:
        pd.DataFrame(RECORDS).to_parquet(path)
    dataset = open_dataset(root, task_kind="image")
    assert dataset.columns == ("file", "label", "n")
    assert [row.fields for row in dataset.rows()] == [
        {"file": "a.png", "label": "cat", "n": "007"},
        {"file": "sub/b.png", "label": "dog, big", "n": ""},
        {"file": "sub/lone.png", "label": None, "n": None},
    ]
    assert all(row.content == picture_bytes() for row in dataset.rows())
    assert dataset.notes == (
        f"metadata.{kind} gives columns by the pictures' file_name.",
        "Pictures without metadata: 1.",
        "Rows of metadata without their picture: 1.",
    )


def test_names_join_however_their_accents_are_written(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "K\u00e4tzchen.png", "Ba\u0308r.png")
    (root / "metadata.csv").write_text(
        "file_name,label\nKa\u0308tzchen.png,cat\nB\u00e4r.png,bear\n", "utf-8"
    )
    dataset = open_dataset(root, task_kind="image")
    assert {row.fields["label"] for row in dataset.rows()} == {"cat", "bear"}
    assert dataset.notes == ("metadata.csv gives columns by the pictures' file_name.",)
    folders = fill(tmp_path / "folders", "Ba\u0308r/a.png", "cat/b.png")
    labels = [row.fields["label"] for row in open_dataset(folders, task_kind="image").rows()]
    assert labels == ["B\u00e4r", "cat"]


def test_a_doubt_about_metadata_is_told(tmp_path: Path) -> None:
    root = fill(tmp_path / "photos", "a.png")
    (root / "metadata.csv").write_bytes("file_name,place\na.png,café\n".encode("cp1252"))
    notes = opened(root, "folder").notes
    assert any(isinstance(note, Doubt) and "Too few letters" in note for note in notes)


def test_a_picture_that_metadata_name_twice_is_told(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "a.png", "b.png")
    lines = ["file_name,label", "a.png,cat", "b.png,dog", "./a.png,owl"]
    (root / "metadata.csv").write_text("\n".join(lines))
    dataset = open_dataset(root, task_kind="image")
    assert [row.fields["label"] for row in dataset.rows()] == ["owl", "dog"]
    assert dataset.notes[1:] == (
        "Rows of metadata for a picture that has one already: 1; its last one counts.",
    )


def test_metadata_in_a_sub_folder_speak_of_that_folder(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "train/a.png", "test/a.png")
    (root / "train" / "metadata.csv").write_text("file_name,file\na.png,mine\n")
    dataset = open_dataset(root, task_kind="image")
    assert dataset.columns == ("file", "file.1")
    assert {row.fields["file"]: row.fields["file.1"] for row in dataset.rows()} == {
        "train/a.png": "mine", "test/a.png": None,
    }  # fmt: skip


def test_metadata_that_cannot_be_joined_are_left_out_and_said(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "cat/a.png", "dog/b.png")
    (root / "metadata.csv").write_text("name,label\na.png,x\n")
    dataset = open_dataset(root, task_kind="image")
    assert dataset.columns == ("file", "label")
    assert "metadata.csv was left out: Column 'file_name' is not in metadata.csv" in " ".join(
        dataset.notes
    )


def test_a_bad_line_of_metadata_is_counted(tmp_path: Path) -> None:
    root = fill(tmp_path / "root", "a.png")
    (root / "metadata.jsonl").write_text('{"file_name": "a.png", "n": 1}\noops\n')
    dataset = open_dataset(root, task_kind="image")
    assert dataset.preview(1)[0].fields == {"file": "a.png", "n": "1"}
    assert "Rows of metadata that can't be read: 1." in dataset.notes
