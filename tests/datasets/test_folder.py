import os
import sys
from pathlib import Path

import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput


def fill(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode("utf-8", "replace"))
    return root


def files(root: Path) -> list[str | None]:
    return [row.fields["file"] for row in open_dataset(root, task_kind="image").rows()]


def test_pictures_of_nested_folders_come_sorted_with_their_bytes(tmp_path: Path) -> None:
    dataset = open_dataset(
        fill(tmp_path, "b.jpg", "a/z.png", "A/y.PNG", "a/b/c.webp", "B.gif"), task_kind="image"
    )
    rows = list(dataset.rows())
    assert [row.fields["file"] for row in rows] == [
        "a/b/c.webp", "A/y.PNG", "a/z.png", "B.gif", "b.jpg",
    ]  # fmt: skip
    assert rows[0].content == b"a/b/c.webp"
    assert [row.index for row in rows] == [0, 1, 2, 3, 4]
    assert dataset.count() == 5
    assert dataset.kind == "image-folder"
    assert dataset.name == tmp_path.name


def test_files_that_are_no_pictures_are_counted(tmp_path: Path) -> None:
    root = fill(tmp_path, "a.jpg", "notes.txt", "b/labels.csv", "b/film.mp4")
    dataset = open_dataset(root, task_kind="image")
    assert dataset.count() == 1
    assert dataset.notes == ("3 files that are not pictures were left out.",)


def test_hidden_files_and_litter_are_not_seen(tmp_path: Path) -> None:
    root = fill(
        tmp_path, "a.jpg", ".b.jpg", ".cache/c.jpg", "__MACOSX/d.jpg", ".DS_Store", "Thumbs.db"
    )
    assert files(root) == ["a.jpg"]
    assert open_dataset(root, task_kind="image").notes == ()


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no pictures in .*1 file that is not a picture"):
        open_dataset(fill(tmp_path, "a.txt"), task_kind="image")


def test_links_are_followed_only_to_files_inside(tmp_path: Path) -> None:
    fill(tmp_path, "secret.jpg", "root/a.jpg", "root/sub/b.jpg", "outside/c.jpg")
    root = tmp_path / "root"
    (root / "inside.jpg").symlink_to("sub/b.jpg")
    (root / "leak.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "loop.jpg").symlink_to("loop.jpg")
    dataset = open_dataset(root, task_kind="image")
    rows = {row.fields["file"]: row for row in dataset.rows()}
    assert list(rows) == ["a.jpg", "inside.jpg", "loop.jpg", "sub/b.jpg"]
    assert rows["inside.jpg"].content == b"root/sub/b.jpg"
    assert rows["loop.jpg"].error is not None
    assert dataset.notes == ("2 links out of the folder or to a folder were not followed.",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_named_like_a_picture_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(fill(tmp_path, "a.jpg") / "b.jpg")
    assert files(tmp_path) == ["a.jpg"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
def test_a_name_that_is_not_utf_8_can_be_read_and_written(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    (row,) = open_dataset(tmp_path, task_kind="image").rows()
    assert row.content == b"x"
    assert row.fields == {"file": "caf\ufffd.jpg"}


def test_a_limit_keeps_the_first_pictures(tmp_path: Path) -> None:
    dataset = open_dataset(fill(tmp_path, "a.jpg", "b.jpg"), task_kind="image", limit=1)
    assert dataset.count() == len(list(dataset.rows())) == 1
