import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from golems.base import Row
from golems.datasets import open_dataset
from golems.datasets.tar_archive import PictureTar
from golems.errors import BadInput

MODES = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tgz": "w:gz", "a.TAR": "w"}


def pack(path: Path, *names: str, size: int = 3, **more: Any) -> Path:
    """Write a tar of small files; ``more`` are attributes of a last member called odd.jpg."""
    with tarfile.open(path, MODES.get(path.name, "w"), format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 0 if name.endswith("/") else size
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(b"x" * info.size))
        if more:
            info = tarfile.TarInfo("odd.jpg")
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info)
    return path


def rows(path: Path) -> dict[str | None, Row]:
    return {row.fields["file"]: row for row in open_dataset(path, task_kind="image").rows()}


@pytest.fixture(params=["a.tar", "a.tar.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / request.param


@pytest.mark.parametrize("name", MODES)
def test_pictures_come_in_the_archives_order(tmp_path: Path, name: str) -> None:
    pack(tmp_path / name, "b.jpg", "a/", "a/z.png", "notes.txt", "A.PNG")
    dataset = open_dataset(tmp_path / name, task_kind="image")
    found = list(dataset.rows())
    assert [row.fields["file"] for row in found] == ["b.jpg", "a/z.png", "A.PNG"]
    assert [row.index for row in found] == [0, 1, 2]
    assert all(row.content == b"xxx" for row in found)
    assert (dataset.kind, dataset.count()) == ("tar", 3)
    assert dataset.notes == ("1 file that is not a picture was left out.",)
    assert list(dataset.rows()) == found
    assert [row.content for row in dataset.at([1])] == [b"xxx"]


@pytest.mark.parametrize("name", ["../a.jpg", "x/../../a.jpg", "/etc/a.jpg", "C:/a.jpg"])
def test_a_name_that_leads_out_is_an_error_row(path: Path, name: str) -> None:
    found = rows(pack(path, name, "fine.jpg"))
    assert found["fine.jpg"].content == b"xxx"
    assert "leads out of the tar" in str(found[name].error)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "links in a tar are not followed"),
        ({"type": tarfile.LNKTYPE, "linkname": "a.jpg"}, "links in a tar are not followed"),
        ({"type": tarfile.FIFOTYPE}, "not a plain file"),
        ({"type": tarfile.CHRTYPE}, "not a plain file"),
    ],
)
def test_what_is_no_plain_file_is_an_error_row(path: Path, odd: Any, reason: str) -> None:
    found = rows(pack(path, "a.jpg", **odd))
    assert found["a.jpg"].content == b"xxx"
    assert found["odd.jpg"].content is None
    assert reason in str(found["odd.jpg"].error)


def test_hidden_files_and_litter_are_not_seen(path: Path) -> None:
    assert list(rows(pack(path, "a.jpg", "__MACOSX/._a.jpg", ".h/b.jpg", "x/.c.jpg"))) == ["a.jpg"]


def test_a_tar_without_pictures_is_refused(path: Path) -> None:
    with pytest.raises(BadInput, match="no pictures in .*1 file that is not a picture"):
        open_dataset(pack(path, "a.txt"), task_kind="image")


@pytest.mark.parametrize("data", [b"", b"not a tar at all" * 100, b"\x1f\x8b\x08 no gzip"])
def test_what_is_no_tar_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"is not a tar, or it is damaged|no pictures in"):
        open_dataset(path, task_kind="image")


def test_a_member_larger_than_allowed_is_an_error_row(path: Path) -> None:
    pack(path, "a.jpg", "b.jpg", size=1001)
    found = list(PictureTar(path, max_image_mb=0.001, max_archive_gb=1).rows())
    assert len(found) == 2
    assert all("PANTHEON_MAX_IMAGE_MB" in str(row.error) for row in found)


def test_a_bomb_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar.gz", "a.jpg", "b.jpg", size=600_000)
    assert path.stat().st_size < 5000
    with pytest.raises(BadInput, match="PANTHEON_MAX_ARCHIVE_GB"):
        PictureTar(path, max_image_mb=64, max_archive_gb=0.001)


def test_a_huge_name_is_refused_before_it_is_read(path: Path) -> None:
    pack(path, "a.jpg", pax_headers={"comment": "x" * 2_000_000})
    dataset = open_dataset(path, task_kind="image")
    assert [row.content for row in dataset.rows()] == [b"xxx"]
    assert "a name or comment of 2,000," in dataset.notes[0]


def test_what_comes_before_a_cut_is_read(path: Path) -> None:
    with tarfile.open(path, MODES[path.name]) as archive:
        for number in range(4):
            info = tarfile.TarInfo(f"{number}.jpg")
            info.size = 50_000
            # Noise, as gzip would take anything else down to nothing.
            archive.addfile(info, io.BytesIO(noise(number, info.size)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 5 // 8])
    dataset = open_dataset(path, task_kind="image")
    found = list(dataset.rows())
    assert [row.content == noise(row.index, 50_000) for row in found[:2]] == [True, True]
    assert all("cut off or damaged" in str(row.error) for row in found[2:])
    assert dataset.count() == len(found) >= 2
    assert any("cut off or damaged" in note for note in dataset.notes)


def noise(seed: int, size: int) -> bytes:
    import random

    return random.Random(seed).randbytes(size)


def test_an_archive_that_changed_since_gives_as_many_rows(path: Path) -> None:
    dataset = open_dataset(pack(path, "a.jpg", "b.jpg"), task_kind="image")
    pack(path, "a.jpg")
    first, second = dataset.rows()
    assert first.content == b"xxx"
    assert second.error == "The archive has changed since it was opened."


def test_pictures_at_some_places_are_read_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{number}.jpg" for number in range(9)]
    dataset = open_dataset(pack(path, "notes.txt", *names), task_kind="image")
    everything = list(dataset.rows())
    taken: list[str] = []
    take = tarfile.TarFile.extractfile

    def noted(archive: tarfile.TarFile, member: tarfile.TarInfo) -> object:
        taken.append(member.name)
        return take(archive, member)

    monkeypatch.setattr(tarfile.TarFile, "extractfile", noted)
    assert list(dataset.at([1, 4])) == [everything[1], everything[4]]
    assert taken == ["1.jpg", "4.jpg"]
    assert list(dataset.at([])) == []


def test_places_behind_a_cut_say_why_there_is_no_picture(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.tar", *(f"{number}.jpg" for number in range(9)))
    dataset = open_dataset(path, task_kind="image")
    path.write_bytes(path.read_bytes()[: 512 * 5])
    found = list(dataset.at([1, 7]))
    assert [row.index for row in found] == [1, 7]
    assert found[0].content == b"xxx"
    assert found[1].content is None
    assert found[1].error
