"""Thumbnails of a run's pictures, and the gallery of them."""

from __future__ import annotations

import json
import os
import tarfile
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from golems.base import Card, Checkpoint, Classification, FolderSource, LabelScore, Outcome
from golems.datasets import open_dataset
from golems.datasets.folder import PictureFolder
from golems.errors import BadRow
from golems.reports.view import view_of
from golems.runs import Progress, Run, create_run
from golems.runs.columns import as_table, result_of
from golems.runs.fingerprint import taken
from ui.report.gallery import PAGE
from ui.report.thumbnails import (
    CHANGED,
    Kept,
    Key,
    Thumbnails,
    kept,
    look_up,
    opened,
    whole,
)

COLOURS = ["red", "green", "blue", "white", "black", "yellow"]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.clear()
    opened.clear()
    yield
    kept.clear()
    opened.clear()


def picture(
    colour: str, size: tuple[int, int] = (40, 20), kind: str = "PNG", **more: object
) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **more)
    return buffer.getvalue()


def looks(data: bytes) -> str:
    """The colour that a picture is nearest to."""
    pixel = Image.open(BytesIO(data)).convert("RGB").resize((1, 1)).getpixel((0, 0))

    def distance(colour: str) -> int:
        other = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
        return sum(abs(a - b) for a, b in zip(pixel, other, strict=True))

    return min(COLOURS, key=distance)


def run_of(path: Path, *, bad: Sequence[int] = (), **options: object) -> Run:
    """A run over pictures with invented results; rows in ``bad`` failed."""
    dataset = open_dataset(path, task_kind="image", **options)
    checkpoint = Checkpoint("test/model", FolderSource(path))
    card = Card("test", "Test", "image-classification", "", (checkpoint,))
    run = create_run(card, checkpoint, dataset)
    rows = list(dataset.rows())
    scores = (LabelScore("tabby, tabby cat", 0.75), LabelScore("other", 0.25))
    results = [
        result_of(Outcome(None, "Damaged.") if place in bad else Outcome(Classification(scores)))
        for place in range(len(rows))
    ]
    manifest = run.manifest()
    manifest = manifest.model_copy(update={"dataset": taken(manifest.dataset)})
    run.write_manifest(manifest)
    run.write_part(0, as_table(manifest, rows, results))
    run.write_progress(Progress(len(rows), len(rows), len(bad), 2.0, "Done"))
    run.write_end("done")
    return run


def found(run: Run, places: Sequence[int], pixels: int = 16) -> Thumbnails:
    with view_of(run) as view:
        return look_up(view, places, pixels)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    place.mkdir()
    for number, colour in enumerate(COLOURS):
        (place / f"{number}.png").write_bytes(picture(colour))
    return place


def as_zip(folder: Path) -> Path:
    path = folder.parent / "photos.zip"
    with ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def as_tar(folder: Path) -> Path:
    path = folder.parent / "photos.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, file.name)
    return path


def as_csv(folder: Path) -> Path:
    (folder / "table.csv").write_text(
        "image,place\n" + "".join(f"{number}.png,{number}\n" for number in range(6)), "utf-8"
    )
    return folder / "table.csv"


def as_parquet(folder: Path) -> Path:
    data = [{"bytes": file.read_bytes(), "path": file.name} for file in sorted(folder.iterdir())]
    path = folder.parent / "photos.parquet"
    pq.write_table(pa.table({"image": data}), path)
    return path


@pytest.mark.parametrize("pack", [lambda folder: folder, as_zip, as_tar, as_csv, as_parquet])
def test_pictures_of_every_kind_of_dataset_are_found_by_their_places(
    folder: Path, pack: Callable[[Path], Path]
) -> None:
    run = run_of(pack(folder))
    small = found(run, [4, 0, 2])
    assert {place: looks(data) for place, data in small.pictures.items()} == {
        0: "red", 2: "blue", 4: "black",
    }  # fmt: skip
    assert (small.missing, small.notice) == ({}, None)
    assert Image.open(BytesIO(small.pictures[0])).size == (16, 8)
    one = found(run, [5, 99])
    assert {place: looks(data) for place, data in one.pictures.items()} == {5: "yellow"}
    assert list(one.missing) == [99]


def test_results_begin_with_the_pictures(folder: Path, open_page: Callable[..., AppTest]) -> None:
    run = run_of(folder)
    (folder / "2.png").write_bytes(b"no picture any more")
    app = open_page("batch", run=run.id)
    table = app.dataframe[-1]
    assert list(table.proto.column_order)[:3] == ["picture", "file", "predicted_label"]
    shown = table.value["picture"]
    assert [one is None or one != one for one in shown] == [False, False, True, False, False, False]
    data = b64decode(shown[0].removeprefix("data:image/jpeg;base64,"))
    assert looks(data) == COLOURS[0]
    assert any("has changed since the run" in one.value for one in app.caption)


def test_a_sample_has_places_of_its_own(folder: Path) -> None:
    run = run_of(folder, sample=3, seed=1)
    with view_of(run) as view:
        names = dict(view.ask("SELECT place, original_0 FROM rows"))
    seen = {place: looks(data) for place, data in found(run, [0, 1, 2]).pictures.items()}
    assert seen == {place: COLOURS[int(name[0])] for place, name in names.items()}


def test_a_picture_on_its_side_is_turned_and_a_large_one_is_small(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(picture("red", (800, 400), "JPEG", exif=exif))
    small = found(run_of(tmp_path / "a"), [0], 160)
    assert Image.open(BytesIO(small.pictures[0])).size == (80, 160)
    assert Image.open(BytesIO(small.pictures[0])).format == "JPEG"


def test_what_was_made_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = run_of(folder), []
    at = PictureFolder.at

    def noted(self: PictureFolder, places: Sequence[int]) -> object:
        asked.append(list(places))
        return at(self, places)

    monkeypatch.setattr(PictureFolder, "at", noted)
    first = found(run, [0, 1])
    assert found(run, [1, 0]).pictures == first.pictures
    assert sorted(found(run, [0, 3]).pictures) == [0, 3]
    assert asked == [[0, 1], [3]]


def test_only_so_many_bytes_are_kept() -> None:
    some = Kept(10)
    keys = [Key("run", "now", place, 16) for place in range(3)]
    some.put(keys[0], b"1234")
    some.put(keys[1], b"1234")
    some.put(keys[1], b"12345")
    assert some.get(keys[0]) == b"1234"  # seen last
    some.put(keys[2], b"123")
    assert [some.get(key) for key in keys] == [b"1234", None, b"123"]
    assert some.size == 7


def test_a_deleted_dataset_is_a_sentence(folder: Path) -> None:
    path = as_zip(folder)
    run = run_of(path)
    assert found(run, [0]).pictures
    path.unlink()
    gone = found(run, [0, 1])
    assert gone.pictures == {}
    assert "There is no file or folder" in str(gone.notice)
    assert set(gone.missing) == {0, 1}


def test_a_changed_dataset_shows_no_other_rows_pictures(folder: Path) -> None:
    run = run_of(folder)
    (folder / "0.png").unlink()
    (folder / "3.png").write_bytes(b"no picture any more")
    os.utime(folder, ns=(1, 1))
    changed = found(run, [0, 3, 5])
    assert changed.pictures == {}
    assert changed.missing[0] == changed.missing[3] == CHANGED
    assert changed.notice


def test_a_picture_written_over_is_shown_with_a_warning(folder: Path) -> None:
    run = run_of(folder)
    (folder / "1.png").write_bytes(picture("yellow", (50, 50)))
    (folder / "2.png").write_bytes(b"no picture any more")
    changed = found(run, [1, 2])
    assert looks(changed.pictures[1]) == "yellow"
    assert "not a picture" in changed.missing[2]
    assert "has changed since the run" in str(changed.notice)


def script(run_id: str, selection: str = "{}") -> None:
    import json

    import streamlit as st

    from golems.reports.selection import Selection
    from golems.reports.view import view_of
    from golems.runs import open_run
    from ui.report.gallery import draw_gallery

    with view_of(open_run(run_id)) as view:
        pressed = draw_gallery(view, Selection(**json.loads(selection)))
    st.text(f"pressed {pressed}")


def drawn(run: Run, **selection: object) -> AppTest:
    app = AppTest.from_function(
        script, args=(run.id, json.dumps(selection)), default_timeout=30
    ).run()
    assert not app.exception
    return app


def test_the_gallery_says_what_each_picture_is_and_opens_its_row(folder: Path) -> None:
    (folder / "5.png").write_bytes(b"broken")
    app = drawn(run_of(folder, bad=[5]))
    images = app.get("image")
    assert [image.proto.imgs[0].alt for image in images] == [
        f"{number}.png: tabby, tabby cat" for number in range(5)
    ]
    assert all(image.proto.imgs[0].url.startswith("data:image/jpeg;") for image in images)
    assert app.caption[0].value == "**tabby, tabby cat** · 0.75"
    assert "Damaged" in app.caption[5].value
    assert app.text[0].value == "pressed None"
    button = next(one for one in app.button if one.label == "Row 3")
    assert button.click().run().text[0].value == "pressed 2"


def test_a_gallery_of_many_pictures_has_pages(tmp_path: Path) -> None:
    place = tmp_path / "many"
    place.mkdir()
    for number in range(PAGE + 3):
        (place / f"{number:03}.png").write_bytes(picture(COLOURS[number % 6]))
    app = drawn(run_of(place))
    assert len(app.get("image")) == PAGE
    app.number_input[0].set_value(2).run()
    assert not app.exception
    assert [one.label for one in app.button] == ["Row 25", "Row 26", "Row 27"]
    assert app.caption[-1].value == "Pictures 25 to 27 of 27."


def test_a_gallery_without_its_dataset_has_tiles_all_the_same(folder: Path) -> None:
    run = run_of(folder)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    app = drawn(run)
    assert len(app.warning) == 1
    assert len(app.button) == 6
    assert not app.get("image")


def test_no_rows_are_no_gallery(folder: Path) -> None:
    app = drawn(run_of(folder), status="failed")
    assert app.info[0].value == "No rows to show."


def test_names_of_strangers_are_shown_to_the_letter(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("[a](b)*c*.png", "x.png"):
        (tmp_path / "a" / name).write_bytes(picture("red"))
    app = drawn(run_of(tmp_path / "a"))
    assert "\\[a\\]" in app.button[0].help
    assert app.get("image")[0].proto.imgs[0].alt == "[a](b)*c*.png: tabby, tabby cat"


def test_a_picture_is_handed_over_as_it_is(folder: Path) -> None:
    run = run_of(folder)
    with view_of(run) as view:
        assert whole(view, 2) == (folder / "2.png").read_bytes()
    (folder / "2.png").unlink()
    opened.clear()
    with view_of(run) as view, pytest.raises(BadRow, match="another picture"):
        whole(view, 2)
