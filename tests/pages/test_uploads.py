"""Uploads land on disk once, under names that stay where they are put."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from golems.errors import RunFailed
from ui.uploads import KEPT_S, safe_path, spool

Upload = Callable[..., UploadedFile]


@pytest.fixture
def upload() -> Iterator[Upload]:
    """A file as the browser hands it in."""
    number = iter(range(100))

    def make(name: str, content: bytes = b"x") -> UploadedFile:
        record = UploadedFileRec(f"id-{next(number)}", name, "text/csv", content)
        return UploadedFile(record, FileURLs())

    return make


def inside(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("reviews.csv", "reviews.csv"),
        ("../../reviews.csv", "reviews.csv"),
        ("/etc/passwd", "passwd"),
        ("C:\\users\\me\\a.csv", "a.csv"),
        ("..\\..\\a.csv", "a.csv"),
        ("a\x00b\nc.csv", "a_b_c.csv"),
        ("..", "file"),
        ("", "file"),
        ("日本 🗿.csv", "日本 🗿.csv"),
        ("~/a.csv", "a.csv"),
    ],
)
def test_a_name_stays_in_its_folder(name: str, kept: str, upload: Upload, home: Path) -> None:
    path = spool([upload(name, b"1")])
    assert path.name == kept
    assert path.parent.parent == home / "uploads"
    assert path.read_bytes() == b"1"


def test_a_very_long_name_keeps_its_ending_and_can_be_written(upload: Upload) -> None:
    for letter in ("x", "é", "日", "🗿"):
        path = spool([upload(letter * 5000 + ".csv", b"1")])
        assert path.suffix == ".csv"
        assert path.read_bytes() == b"1"


def test_two_files_of_one_name_are_both_kept(upload: Upload) -> None:
    folder = spool([upload("a.jpg", b"1"), upload("a.jpg", b"2"), upload("a.jpg", b"3")])
    assert inside(folder) == {"a.jpg": b"1", "a (2).jpg": b"2", "a (3).jpg": b"3"}


def test_names_that_become_one_are_both_kept(upload: Upload) -> None:
    assert len(inside(spool([upload("x/a.jpg", b"1"), upload("../a.jpg", b"2")]))) == 2


def test_a_folder_keeps_what_is_below_it(upload: Upload) -> None:
    names = ["photos/a.jpg", "photos/old/b.jpg", "photos/../c.jpg"]
    files = [upload(name, str(n).encode()) for n, name in enumerate(names, 1)]
    folder = spool(files, folder=True)
    assert inside(folder) == {"a.jpg": b"1", "old/b.jpg": b"2", "c.jpg": b"3"}


def test_several_files_have_a_name_for_people(upload: Upload, home: Path) -> None:
    path = spool([upload("a.jpg"), upload("b.jpg")])
    assert path.name == "pictures"
    assert path.parent.parent == home / "uploads"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Holiday 🗿/a.jpg", "Holiday 🗿"), ("../../x/a.jpg", "x"), ("a.jpg", "pictures")],
)
def test_a_folder_keeps_its_name(name: str, shown: str, upload: Upload, home: Path) -> None:
    path = spool([upload(name)], folder=True)
    assert path.name == shown
    assert path.parent.parent == home / "uploads"
    assert inside(path) == {"a.jpg": b"x"}


def test_a_folder_of_one_picture_is_a_folder(upload: Upload) -> None:
    folder = spool([upload("photos/a.jpg", b"1")], folder=True)
    assert inside(folder) == {"a.jpg": b"1"}


def test_a_file_where_another_upload_has_a_folder_is_kept(upload: Upload) -> None:
    folder = spool([upload("p/a", b"1"), upload("p/a/b.jpg", b"2")], folder=True)
    assert sorted(inside(folder).values()) == [b"1", b"2"]


def test_safe_paths_are_relative() -> None:
    for name in ("/a/../../b", "\\\\server\\share\\x", "a/./../..", "....//x", "CON/../.."):
        path = safe_path(name, folder=True)
        assert not path.is_absolute()
        assert ".." not in path.parts


def test_one_upload_is_written_once(upload: Upload) -> None:
    file = upload("a.csv", b"1")
    path = spool([file])
    before = path.stat()
    assert spool([file]) == path
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_another_choice_of_files_is_another_upload(upload: Upload) -> None:
    a, b, c = (upload(name) for name in ("a.jpg", "b.jpg", "c.jpg"))
    assert set(inside(spool([a, b]))) == {"a.jpg", "b.jpg"}
    assert set(inside(spool([a, c]))) == {"a.jpg", "c.jpg"}
    assert set(inside(spool([a, b, c]))) == {"a.jpg", "b.jpg", "c.jpg"}


def test_what_a_cut_upload_left_is_not_taken_for_files_of_this_one(
    upload: Upload, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [upload("a.jpg", b"1"), upload("b.jpg", b"2")]
    copy = __import__("shutil").copyfileobj
    with monkeypatch.context() as broken:
        broken.setattr("ui.uploads.shutil.copyfileobj", fail_on_second(copy))
        with pytest.raises(RunFailed, match="can't be written"):
            spool(files)
    assert inside(spool(files)) == {"a.jpg": b"1", "b.jpg": b"2"}


def fail_on_second(copy: Callable[..., None]) -> Callable[..., None]:
    calls: list[int] = []

    def copy_or_fail(*args: Any) -> None:
        calls.append(1)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        copy(*args)

    return copy_or_fail


def test_a_home_that_cannot_be_written_is_said_in_words(upload: Upload, home: Path) -> None:
    (home / "uploads").write_text("in the way")
    with pytest.raises(RunFailed, match=r"can't be written to .*uploads.*PANTHEON_HOME"):
        spool([upload("a.csv")])


def test_old_uploads_are_removed_and_new_ones_stay(upload: Upload, home: Path) -> None:
    old, new = spool([upload("old.csv")]), spool([upload("new.csv")])
    past = time.time() - KEPT_S - 60
    os.utime(old.parent, (past, past))
    spool([upload("next.csv")])
    assert not old.exists()
    assert new.exists()
