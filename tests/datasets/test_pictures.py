from pathlib import Path

from golems.datasets import open_dataset
from golems.datasets.pictures import PictureFile
from tests.datasets.conftest import picture_bytes


def test_one_picture_is_one_row_of_its_bytes(tmp_path: Path) -> None:
    data = picture_bytes()
    (tmp_path / "Cat.PNG").write_bytes(data)
    dataset = open_dataset(tmp_path / "Cat.PNG", task_kind="image")
    assert (dataset.kind, dataset.name, dataset.columns) == ("image", "Cat.PNG", ("file",))
    (row,) = dataset.rows()
    assert (row.content, row.fields, row.error) == (data, {"file": "Cat.PNG"}, None)
    assert dataset.count() == 1


def test_a_picture_of_0_bytes_is_an_error_row(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    (row,) = open_dataset(tmp_path / "a.jpg", task_kind="image").rows()
    assert row.content is None
    assert row.error == "The file is empty (0 bytes)."


def test_a_file_as_large_as_allowed_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x" * 1000)
    (tmp_path / "b.jpg").write_bytes(b"x" * 1001)
    (within,) = PictureFile(tmp_path / "a.jpg", max_image_mb=0.001).rows()
    (beyond,) = PictureFile(tmp_path / "b.jpg", max_image_mb=0.001).rows()
    assert within.content == b"x" * 1000
    assert beyond.content is None
    assert "PANTHEON_MAX_IMAGE_MB" in str(beyond.error)


def test_a_file_that_has_gone_is_an_error_row(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    dataset = open_dataset(tmp_path / "a.jpg", task_kind="image")
    (tmp_path / "a.jpg").unlink()
    (row,) = dataset.rows()
    assert row.error == "The file can't be read: No such file or directory."
