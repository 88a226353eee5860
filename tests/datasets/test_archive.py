import stat
import struct
import zipfile
from pathlib import Path

import pytest

from golems.base import Row
from golems.datasets import open_dataset
from golems.datasets.archive import PictureZip
from golems.errors import BadInput


def pack(path: Path, *names: str, method: int = zipfile.ZIP_DEFLATED, size: int = 3) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(name, b"" if name.endswith("/") else b"x" * size)
    return path


def rows(path: Path) -> dict[str | None, Row]:
    return {row.fields["file"]: row for row in open_dataset(path, task_kind="image").rows()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "photos.zip"


def test_pictures_of_nested_folders_come_sorted_as_in_a_folder(path: Path) -> None:
    pack(path, "b.jpg", "a/", "a/z.png", "A/y.PNG", "./d.gif", "a/b/c.webp", "notes.txt")
    dataset = open_dataset(path, task_kind="image")
    found = list(dataset.rows())
    assert [row.fields["file"] for row in found] == [
        "./d.gif", "a/b/c.webp", "A/y.PNG", "a/z.png", "b.jpg",
    ]  # fmt: skip
    assert all(row.content == b"xxx" for row in found)
    assert dataset.count() == 5
    assert dataset.kind == "zip"
    assert dataset.notes == ("1 file that is not a picture was left out.",)
    assert list(dataset.rows()) == found


@pytest.mark.parametrize(
    "name", ["../a.jpg", "x/../../a.jpg", "/etc/a.jpg", "C:/a.jpg", "..\\a.jpg", "\\\\host\\a.jpg"]
)
def test_a_name_that_leads_out_is_an_error_row(path: Path, name: str) -> None:
    found = rows(pack(path, name, "fine.jpg"))
    assert found["fine.jpg"].content == b"xxx"
    assert found[name].content is None
    assert "leads out of the ZIP" in str(found[name].error)


def test_hidden_files_and_litter_are_not_seen(path: Path) -> None:
    pack(path, "a.jpg", "__MACOSX/._a.jpg", ".hidden/b.jpg", "x/.c.jpg", "x/Thumbs.db")
    dataset = open_dataset(path, task_kind="image")
    assert [row.fields["file"] for row in dataset.rows()] == ["a.jpg"]
    assert dataset.notes == ()


def test_a_zip_without_pictures_is_refused(path: Path) -> None:
    with pytest.raises(BadInput, match=r"no pictures in photos\.zip"):
        open_dataset(pack(path, "a.txt", "__MACOSX/a.jpg"), task_kind="image")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"\x89PNG\r\n"])
def test_what_is_no_zip_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"photos\.zip is not a ZIP, or it is damaged"):
        open_dataset(path, task_kind="image")


def test_a_member_larger_than_allowed_is_an_error_row(path: Path) -> None:
    pack(path, "a.jpg", size=1001)
    (row,) = PictureZip(path, max_image_mb=0.001, max_archive_gb=1).rows()
    assert "PANTHEON_MAX_IMAGE_MB" in str(row.error)


def test_a_member_that_understates_its_size_is_an_error_row(path: Path) -> None:
    pack(path, "a.jpg", size=5_000_000)
    packed = path.read_bytes()
    true, claimed = struct.pack("<L", 5_000_000), struct.pack("<L", 10)
    assert packed.count(true) == 2
    path.write_bytes(packed.replace(true, claimed))
    (row,) = PictureZip(path, max_image_mb=1, max_archive_gb=1).rows()
    assert row.content is None
    assert row.error is not None


def test_a_bomb_is_refused_as_a_whole(path: Path) -> None:
    pack(path, "a.jpg", "b.jpg", size=600_000)
    assert path.stat().st_size < 3000
    with pytest.raises(BadInput, match="PANTHEON_MAX_ARCHIVE_GB"):
        PictureZip(path, max_image_mb=64, max_archive_gb=0.001)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bounds_are_error_rows(path: Path, method: int) -> None:
    (row,) = rows(pack(path, "a.jpg", method=method)).values()
    assert "pack it again with the usual one" in str(row.error)


def test_an_encrypted_member_is_an_error_row(path: Path) -> None:
    packed = bytearray(pack(path, "a.jpg").read_bytes())
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(packed)
    (row,) = rows(path).values()
    assert "without a password" in str(row.error)


def test_a_link_is_an_error_row(path: Path) -> None:
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    (row,) = rows(path).values()
    assert "is a link" in str(row.error)


def test_a_damaged_member_is_an_error_row_and_the_next_is_read(path: Path) -> None:
    pack(path, "a.jpg", "b.jpg", method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"a.jpgxxx", b"a.jpgxyx", 1))
    found = rows(path)
    assert "damaged in the ZIP: Bad CRC-32" in str(found["a.jpg"].error)
    assert found["b.jpg"].content == b"xxx"


def test_an_empty_member_is_an_error_row(path: Path) -> None:
    (row,) = rows(pack(path, "a.jpg", size=0)).values()
    assert row.error == "The file is empty (0 bytes)."
