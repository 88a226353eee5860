"""Names in ZIPs and tars of other programs, systems and countries."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from golems.datasets import open_dataset
from golems.datasets.contract import Dataset

CASES = [
    ("utf-8", ["Bär/Größe.jpg", "Hund/Kätzchen.jpg"]),
    ("utf-8", ["Ba\u0308r/a.jpg", "猫/b.jpg"]),
    ("cp437", ["Bär/Größe.jpg", "Hund/Kätzchen.jpg"]),
    ("cp437", ["Ñandú.jpg", "a.jpg"]),
    ("cp850", ["Ação.jpg", "Élève.jpg"]),
    ("cp866", ["кошка/рыжая.jpg", "собака/большая.jpg"]),
    ("cp866", ["кот.jpg", "plain.jpg"]),
    ("cp1251", ["кошка/рыжая.jpg", "собака/большая.jpg"]),
    ("cp932", ["テスト/ソース.jpg", "猫/写真.jpg"]),
    ("cp932", ["photo テスト.jpg", "犬.jpg"]),
    ("gb18030", ["大狗散步.jpg", "小猫照片.jpg"]),
]


def written(path: Path, names: list[bytes]) -> Path:
    """A ZIP whose names are these bytes, with no flag that says how they are encoded."""
    with zipfile.ZipFile(path, "w") as archive:
        for place in range(len(names)):
            archive.writestr(chr(65 + place) * len(names[place]), b"pixels")
    data = path.read_bytes()
    for place, name in enumerate(names):
        data = data.replace((chr(65 + place) * len(name)).encode(), name)
    path.write_bytes(data)
    return path


def files(dataset: Dataset) -> set[str | None]:
    rows = list(dataset.rows())
    assert [row.content for row in rows] == [b"pixels"] * len(rows)
    return {row.fields["file"] for row in rows}


def guess(dataset: Dataset) -> list[str]:
    return [note for note in dataset.notes if "encoded" in note]


@pytest.mark.parametrize(("encoding", "names"), CASES)
def test_names_of_a_zip_are_what_they_were(tmp_path: Path, encoding: str, names: list[str]) -> None:
    path = written(tmp_path / "a.zip", [name.encode(encoding) for name in names])
    dataset = open_dataset(path, task_kind="image")
    assert files(dataset) == set(names)
    assert len(guess(dataset)) == (encoding != "utf-8")


@pytest.mark.parametrize(("encoding", "names"), CASES)
def test_names_of_a_tar_are_what_they_were(tmp_path: Path, encoding: str, names: list[str]) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 6
            archive.addfile(info, io.BytesIO(b"pixels"))
    dataset = open_dataset(path, task_kind="image")
    assert files(dataset) == set(names)
    assert len(guess(dataset)) == (encoding != "utf-8")


def test_the_guess_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", ["кошка.jpg".encode("cp866")])
    assert guess(open_dataset(path, task_kind="image")) == [
        "The names in the archive don't say how they are encoded; they were read as cp866."
    ]


@pytest.mark.parametrize("holds", [True, False])
def test_a_name_in_a_field_of_its_own_counts_while_it_is_of_that_member(
    tmp_path: Path, holds: bool
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("cat.jpg")
        check = zlib.crc32(b"cat.jpg" if holds else b"dog.jpg")
        field = struct.pack("<BL", 1, check) + "Kätzchen.jpg".encode()
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        archive.writestr(info, b"pixels")
    dataset = open_dataset(path, task_kind="image")
    assert files(dataset) == {"Kätzchen.jpg" if holds else "cat.jpg"}


def test_a_name_that_leads_out_in_its_own_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip", ["../Kätzchen.jpg".encode()])
    [row] = open_dataset(path, task_kind="image").rows()
    assert "leads out of the ZIP" in (row.error or "")
