from pathlib import Path

import pytest

from golems.datasets import open_dataset
from golems.datasets.pictures import read_picture
from tests.datasets.conftest import picture_bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("text\n" + "".join(f"row {n}\n" for n in range(100)))
    return tmp_path / "a.csv"


def test_a_sample_is_drawn_in_file_order_and_the_same_again(path: Path) -> None:
    def drawn(seed: int) -> list[object]:
        dataset = open_dataset(path, task_kind="text", sample=10, seed=seed)
        assert dataset.count() == 10
        assert [row.index for row in dataset.rows()] == list(range(10))
        return [row.content for row in dataset.rows()]

    first = drawn(1)
    everything = [f"row {n}" for n in range(100)]
    assert sorted(map(str, first), key=everything.index) == first
    assert len(set(map(str, first))) == 10
    assert drawn(1) == first != drawn(2)


def test_a_sample_larger_than_the_whole_is_the_whole(path: Path) -> None:
    dataset = open_dataset(path, task_kind="text", sample=1000)
    assert list(dataset.rows()) == list(open_dataset(path, task_kind="text").rows())


def test_a_sample_of_pictures(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes())
    dataset = open_dataset(tmp_path, task_kind="image", sample=3)
    files = [row.fields["file"] for row in dataset.rows()]
    assert files == sorted(files, key=str)
    assert len(files) == dataset.count() == 3
    assert all(row.content == picture_bytes() for row in dataset.rows())


def test_rows_at_some_places_of_a_sample_are_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.png").write_bytes(picture_bytes())
    dataset = open_dataset(tmp_path, task_kind="image", sample=8)
    everything = list(dataset.rows())
    opened: list[str] = []

    def noted(index: int, name: str, path: Path, *, max_mb: float) -> object:
        opened.append(name)
        return read_picture(index, name, path, max_mb=max_mb)

    monkeypatch.setattr("golems.datasets.folder.read_picture", noted)
    assert list(dataset.at([2, 7])) == [everything[2], everything[7]]
    assert opened == [everything[2].fields["file"], everything[7].fields["file"]]
