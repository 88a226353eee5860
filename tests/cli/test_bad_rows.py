"""One bad row in a hundred, of every kind: it fails alone, and its reason names its cause."""

from __future__ import annotations

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from golems.runs import Run
from tests.cli.conftest import PICTURE, TEXT, Golems
from tests.cli.poison import clean_texts

Setting = Callable[[str, object], None]
# What a bad row of a CSV looks like, and what its reason must say.
BAD_TEXTS: list[tuple[bytes, str]] = [
    (b"", r"^The text is empty\.$"),
    (b'"  \t "', r"^The text is blank"),
    ("\u200b\u00a0".encode(), r"^The text is blank.*invisible"),
    (b"\0", r"^The text is blank"),
    (b"good \xff\xfe film", r"^The bytes 0xFF 0xFE in column 'review' are not valid UTF-8"),
    ("schön".encode("latin-1"), r"^The byte 0xF6 in column 'review' is not valid UTF-8"),
    ("good".encode("utf-16"), r"^The bytes 0xFF 0xFE.* not valid UTF-8"),
    (b"half \xed\xa0\x80 a pair", r"not valid UTF-8"),
    (b"good,film,indeed", r"^Line \d+ has 4 cells where the header has 2; left over: 'film'"),
    (b'"a quote that nobody closes', r"^A quote opened in line \d+ is never closed"),
    (b"x" * 1_100_000, r"^Cell 2 in line \d+ is too large.*PANTHEON_MAX_CELL_MB"),
]


def results(golems: Golems, out: Path, rows: int, failed: int) -> list[dict[str, str]]:
    """The rows of a run's report, whose counts must be right."""
    counts = Run(out).counts()
    assert counts.rows == rows
    assert counts.computed + counts.known + counts.repeated == rows - counts.failed
    assert golems("report", out, "--csv", out / "out.csv").code == 0
    before = csv.field_size_limit(10**7)
    with (out / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    csv.field_size_limit(before)
    assert len(found) == rows
    assert counts.failed == failed, {row["error"] for row in found}
    return found


def test_bad_texts(golems: Golems, text_model: Path, tmp_path: Path, setting: Setting) -> None:
    setting("max_cell_mb", 1)
    rows = 100 * len(BAD_TEXTS)
    cells = [f"{text} Grüße".encode() for text in clean_texts(rows)]
    bad = {50 + 100 * number: what for number, what in enumerate(BAD_TEXTS)}
    lines = [
        b"%d,%s\n" % (place, bad[place][0] if place in bad else cell)
        for place, cell in enumerate(cells)
    ]
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"id,review\n" + b"".join(lines))
    out = tmp_path / "out"
    said = golems("run", text_model, path, *TEXT, "--column", "review", "--out", out)
    assert said.code == 1, said.err
    for place, row in enumerate(results(golems, out, rows, len(bad))):
        assert row["id"] == str(place)
        assert (row["predicted_label"] == "") == (place in bad), row
        if place in bad:
            assert re.search(bad[place][1], row["error"]), (bad[place], row["error"])
        else:
            assert row["error"] == ""


def test_bad_lines_of_json(golems: Golems, text_model: Path, tmp_path: Path) -> None:
    bad = {
        b'{"text": ': r"^Line \d+ is not JSON: Expecting value",
        b'{"other": 1}': r"^Line \d+ has nothing in column 'text'",
        b'{"text": null}': r"^Line \d+ has nothing in column 'text'",
        b'{"text": ""}': r"^The text is empty",
        b"[1, 2]": r"^Line \d+ is no JSON object but a list",
    }
    lines = [b'{"text": "%s"}' % text.encode() for text in clean_texts(100 * len(bad))]
    places = dict(zip(range(50, len(lines), 100), bad, strict=True))
    for place, line in places.items():
        lines[place] = line
    path, out = tmp_path / "reviews.jsonl", tmp_path / "out"
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert golems("run", text_model, path, *TEXT, "--column", "text", "--out", out).code == 1
    for place, row in enumerate(results(golems, out, len(lines), len(bad))):
        if place in places:
            assert re.search(bad[places[place]], row["error"]), (places[place], row["error"])
        else:
            assert (row["error"], row["predicted_label"] != "") == ("", True)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


NOISE = Image.effect_noise((64, 64), 90).convert("RGB")
WHOLE = saved(NOISE, "JPEG")
BAD_PICTURES: dict[str, tuple[bytes, str]] = {
    "cut.jpg": (WHOLE[: len(WHOLE) // 2], r"^The picture is cut off: its file ends too early"),
    "cut.png": (saved(NOISE, "PNG")[:3000], r"^The picture is (cut off|damaged)"),
    "empty.png": (b"", r"0 bytes"),
    "text.png": (b"not a picture at all", r"^It is not a picture that can be read"),
    "page.jpg": (b"<html><body>404</body></html>", r"^It is not a picture that can be read"),
    "bomb.png": (bomb(), r"50,000 x 50,000 pixels|more pixels than the 100,000,000"),
    "strip.png": (saved(Image.new("RGB", (1, 300)), "PNG"), r"one side may be at most 100 times"),
    "phone.jpg": (b"\0\0\0\x18ftypheic" + bytes(64), r"^HEIC pictures can't be read; save it as"),
    "large.png": (WHOLE + bytes(1_100_000), r"larger than 1 MB.*PANTHEON_MAX_IMAGE_MB"),
}
# Odd, and fine.
ODD_PICTURES: dict[str, bytes] = {
    "moving.gif": saved(
        Image.new("L", (40, 40)),
        "GIF",
        save_all=True,
        append_images=[Image.new("L", (40, 40), 255)],
    ),
    "print.jpg": saved(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"),
    "deep.png": saved(Image.new("I;16", (40, 40), 40_000), "PNG"),
    "grey.png": saved(Image.new("LA", (40, 40), (9, 200)), "PNG"),
    "palette.png": saved(Image.new("P", (40, 40), 3), "PNG"),
    "one-bit.png": saved(Image.new("1", (40, 40)), "PNG"),
    "wrong-name.gif": saved(NOISE, "JPEG"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_bad_pictures(
    golems: Golems, picture_model: Path, tmp_path: Path, setting: Setting, packed: bool
) -> None:
    setting("max_image_mb", 1)
    fine = 100 * len(BAD_PICTURES) - len(BAD_PICTURES) - len(ODD_PICTURES)
    plain = [Image.new("RGB", (8, 8), (place % 256, place // 4, 7)) for place in range(fine)]
    files = {f"{place:04d}.bmp": saved(one, "BMP") for place, one in enumerate(plain)}
    files |= ODD_PICTURES | {name: data for name, (data, _) in BAD_PICTURES.items()}
    path, out = tmp_path / "pictures", tmp_path / "out"
    if packed:
        path = path.with_suffix(".zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        path.mkdir()
        for name, data in files.items():
            (path / name).write_bytes(data)
    assert golems("run", picture_model, path, *PICTURE, "--out", out).code == 1
    rows = {row["file"]: row for row in results(golems, out, len(files), len(BAD_PICTURES))}
    assert set(rows) == set(files)
    for name, row in rows.items():
        if name in BAD_PICTURES:
            assert re.search(BAD_PICTURES[name][1], row["error"]), (name, row["error"])
        assert (row["error"] == "") == (name not in BAD_PICTURES) == (row["predicted_label"] != "")


def test_bad_paths_of_a_table(golems: Golems, picture_model: Path, tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "good.png").write_bytes(saved(NOISE, "PNG"))
    (tmp_path / "table" / "broken.jpg").write_bytes(WHOLE[:700])
    (tmp_path / "secret.png").write_bytes(saved(NOISE, "PNG"))
    bad = {
        "missing.png": r"missing\.png",
        "../secret.png": r"outside|PANTHEON_ROOTS",
        "https://example.org/a.png": r"web address; pictures are not downloaded",
        "": r"^The cell is empty",
        "broken.jpg": r"cut off",
        ".": r"is not a file",
    }
    cells = ["good.png"] * (100 * len(bad))
    places = dict(zip(range(50, len(cells), 100), bad, strict=True))
    for place, cell in places.items():
        cells[place] = cell
    path, out = tmp_path / "table" / "list.csv", tmp_path / "out"
    path.write_text("id,picture\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)))
    said = golems("run", picture_model, path, *PICTURE, "--column", "picture", "--out", out)
    assert said.code == 1, said.err
    for place, row in enumerate(results(golems, out, len(cells), len(bad))):
        if place in places:
            assert re.search(bad[places[place]], row["error"]), (places[place], row["error"])
        else:
            assert row["error"] == ""
