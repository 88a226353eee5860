import warnings
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from golems.datasets.decode import open_picture
from golems.errors import BadRow
from tests.datasets.conftest import picture_bytes

MANY = 10**8


def decoded(picture: Image.Image, kind: str = "PNG", **options: object) -> Image.Image:
    return open_picture(picture_bytes(picture, kind, **options), max_pixels=MANY)


def pixel(picture: Image.Image, x: int = 0, y: int = 0) -> tuple[int, ...]:
    assert picture.mode == "RGB"
    value = picture.getpixel((x, y))
    assert isinstance(value, tuple)
    return value


@pytest.mark.parametrize(
    "kind", ["PNG", "JPEG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM", "ICO"]
)
def test_every_format_is_read(kind: str) -> None:
    red = decoded(Image.new("RGB", (16, 16), "red"), kind)
    assert red.size == (16, 16)
    assert np.abs(np.array(pixel(red)) - (255, 0, 0)).max() <= 4


@pytest.mark.parametrize(
    ("mode", "colour"),
    [
        ("1", 1), ("L", 255), ("P", 0), ("LA", (255, 255)), ("RGB", (255,) * 3),
        ("RGBA", (0, 0, 0, 0)), ("CMYK", (0, 0, 0, 0)), ("I;16", 65535),
    ],
)  # fmt: skip
def test_every_mode_becomes_rgb(mode: str, colour: object) -> None:
    picture = Image.new(mode, (2, 2), colour)  # type: ignore[arg-type]
    if mode == "P":
        picture.putpalette([255] * 768)
    assert pixel(decoded(picture, "TIFF" if mode == "CMYK" else "PNG")) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colours(kind: str) -> None:
    red, green, blue = pixel(decoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), kind))
    assert red > 240
    assert max(green, blue) < 15


def test_lab_keeps_its_colours() -> None:
    white = Image.new("LAB", (4, 4), (255, 128, 128))
    assert min(pixel(decoded(white, "TIFF"))) > 250


def test_16_bit_greys_are_scaled_not_clipped() -> None:
    greys = Image.fromarray(np.array([[0, 256, 32768, 65535]], dtype=np.uint16))
    found = decoded(greys)
    assert [pixel(found, x)[0] for x in range(4)] == [0, 1, 128, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 0.5, 1]], dtype=np.float32), [0, 128, 255]),
        (np.array([[0, 100, 255]], dtype=np.float32), [0, 100, 255]),
        (np.array([[-10, 0, 10]], dtype=np.float32), [0, 128, 255]),
        (np.array([[np.nan, 0, 1]], dtype=np.float32), [0, 0, 255]),
        (np.array([[0, 32768, 65535]], dtype=np.int32), [0, 128, 255]),
        (np.array([[-5, -5, -5]], dtype=np.int32), [0, 0, 0]),
    ],
)
def test_32_bit_greys_are_scaled(values: np.ndarray, expected: list[int]) -> None:
    found = decoded(Image.fromarray(values), "TIFF")
    assert [pixel(found, x)[0] for x in range(3)] == expected


@pytest.mark.parametrize(
    ("values", "photometric", "expected"),
    [
        (np.array([[0, 32768, 65535]], np.uint16), "miniswhite", [255, 127, 0]),
        (np.array([[0, 0.25, 1]], np.float32), "miniswhite", [255, 191, 0]),
        (np.array([[0, 2**31, 2**32 - 1]], np.uint32), "minisblack", [0, 128, 255]),
        (np.array([[-(2**31), 0, 2**31 - 1]], np.int32), "minisblack", [0, 128, 255]),
    ],
)
def test_deep_tiffs_are_read_as_their_tags_say(
    values: np.ndarray, photometric: str, expected: list[int]
) -> None:
    file = BytesIO()
    tifffile.imwrite(file, values, photometric=photometric)
    found = open_picture(file.getvalue(), max_pixels=MANY)
    assert [pixel(found, x)[0] for x in range(3)] == expected


@pytest.mark.parametrize(
    ("kind", "options"), [("i1", {}), ("f4", {"compression": "zlib", "byteorder": ">"})]
)
def test_tiffs_that_would_be_misread_are_refused(kind: str, options: dict[str, str]) -> None:
    file = BytesIO()
    tifffile.imwrite(file, np.ones((4, 5), kind), photometric="minisblack", **options)
    with pytest.raises(BadRow, match="which can't be read; save it as PNG"):
        open_picture(file.getvalue(), max_pixels=MANY)


def test_deep_planes_are_refused_and_not_mixed_up() -> None:
    file = BytesIO()
    planes = np.zeros((3, 4, 5), np.uint16)
    tifffile.imwrite(file, planes, photometric="rgb", planarconfig="separate")
    with pytest.raises(BadRow, match="planes of 16 bits"):
        open_picture(file.getvalue(), max_pixels=MANY)


def test_a_palette_with_transparency_is_put_on_white() -> None:
    picture = Image.new("P", (2, 1), 0)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.putpixel((1, 0), 1)
    found = decoded(picture, transparency=0)
    assert pixel(found, 0) == (255, 255, 255)
    assert pixel(found, 1) == (0, 0, 255)


def test_half_transparent_black_is_grey() -> None:
    assert pixel(decoded(Image.new("RGBA", (1, 1), (0, 0, 0, 128)))) == (127, 127, 127)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    found = decoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert pixel(found)[0] > 240
    assert pixel(found)[2] < 15


def oriented(orientation: int) -> tuple[Image.Image, Image.Exif]:
    picture = Image.new("RGB", (16, 8), "white")
    picture.paste("red", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture, exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_rotated_picture_is_turned_upright(kind: str) -> None:
    picture, exif = oriented(6)
    found = decoded(picture, kind, exif=exif)
    assert found.size == (8, 16)
    assert pixel(found, 4, 2)[1] < 60
    assert pixel(found, 4, 13)[1] > 200


def test_damaged_exif_is_no_reason_to_refuse_a_picture() -> None:
    picture, exif = oriented(6)
    exif[0x011A] = 72.0
    # The same tag as a text: Pillow reads it, and fails when it writes the EXIF without rotation.
    damaged = exif.tobytes().replace(b"\x01\x1a\x00\x05", b"\x01\x1a\x00\x02")
    with pytest.raises(TypeError):
        ImageOps.exif_transpose(Image.open(BytesIO(picture_bytes(picture, "JPEG", exif=damaged))))
    assert decoded(picture, "JPEG", exif=damaged).size == (8, 16)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (100, 1)])
def test_tiny_pictures_are_fine(size: tuple[int, int]) -> None:
    assert decoded(Image.new("RGB", size)).size == size


def test_a_picture_far_longer_than_wide_is_refused() -> None:
    with pytest.raises(BadRow, match=r"101 x 1 pixels; one side may be at most 100 times"):
        decoded(Image.new("RGB", (101, 1)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b"hello, I am a text", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC pictures can't be read"),
        (picture_bytes()[:20], "not a picture|cut off|damaged"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadRow, match=reason):
        open_picture(data, max_pixels=MANY)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_a_picture_cut_off_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = picture_bytes(Image.fromarray(noise), kind)
    with pytest.raises(BadRow, match="cut off"):
        open_picture(data[: len(data) // 2], max_pixels=MANY)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "AVIF", "ICO", "JPEG2000"])
def test_damage_anywhere_is_a_plain_reason_or_a_picture(kind: str) -> None:
    data = picture_bytes(Image.new("RGB", (16, 16), "red"), kind)
    for place in range(0, len(data), max(1, len(data) // 150)):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        for version in (bytes(damaged), data[:place]):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    picture = open_picture(version, max_pixels=10**6)
                except BadRow:
                    continue
            assert picture.mode == "RGB"


@pytest.mark.parametrize("size", [(100, 101), (300, 300), (1000, 1000)])
def test_a_decompression_bomb_is_refused_without_a_warning(
    size: tuple[int, int], recwarn: pytest.WarningsRecorder
) -> None:
    data = picture_bytes(Image.new("1", size))
    with pytest.raises(BadRow, match=r"PANTHEON_MAX_IMAGE_PIXELS"):
        open_picture(data, max_pixels=10_000)
    assert open_picture(data, max_pixels=size[0] * size[1]).size == size
    assert not recwarn.list


@pytest.mark.filterwarnings("error")
def test_a_limit_above_that_of_pillow_holds() -> None:
    usual = Image.MAX_IMAGE_PIXELS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
        assert open_picture(picture_bytes(), max_pixels=48).size == (8, 6)
        assert Image.MAX_IMAGE_PIXELS == 10
    assert usual == Image.MAX_IMAGE_PIXELS


def test_an_icon_cannot_hide_a_bomb_behind_a_small_directory() -> None:
    icon = BytesIO()
    Image.new("RGB", (16, 16)).save(icon, "ICO")
    bomb = picture_bytes(Image.new("1", (2000, 2000)))
    header = icon.getvalue()[:22]
    data = header[:14] + len(bomb).to_bytes(4, "little") + header[18:22] + bomb
    with pytest.raises(BadRow, match="PANTHEON_MAX_IMAGE_PIXELS"):
        open_picture(data, max_pixels=10_000)
