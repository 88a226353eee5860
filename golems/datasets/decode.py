"""Picture bytes to an upright 8-bit RGB picture, or a plain reason why not."""

from __future__ import annotations

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from golems.datasets.colour import refuse_misread, to_rgb
from golems.errors import BadRow

# Raster formats only; Pillow's other plugins include one that starts Ghostscript.
FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "JPEG2000", "PPM", "ICO",
)  # fmt: skip
_MOST_STRETCHED = 100
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
# What Pillow's plugins raise for damaged files, apart from what it documents.
_DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    ArithmeticError, EOFError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip
_opening = threading.Lock()


def open_picture(
    data: bytes, *, max_pixels: int, enough: tuple[int, int] | None = None
) -> Image.Image:
    """Decode a picture.

    It is turned upright as its EXIF says. Of an animation, the first frame is taken; what is
    transparent becomes white; deeper colours are scaled to 8 bits. ICC profiles are not applied.

    Args:
        data: Bytes of a picture file.
        max_pixels: Largest picture, width x height; checked before its pixels are decoded.
        enough: Width and height that will do. A JPEG may come at a half, a quarter or an eighth of
            its size then, but no smaller than this; much quicker, and its pixels are not quite
            those of scaling it down afterwards (libjpeg's scaled decoding).

    Returns:
        A picture in mode RGB.

    Raises:
        BadRow: The data is empty, no picture, cut off or damaged, or has too many pixels.
    """
    if not data:
        raise BadRow("The picture is empty (0 bytes).")
    with _open(data, max_pixels) as picture:
        _check_size(*picture.size, max_pixels=max_pixels)
        refuse_misread(getattr(picture, "tag_v2", {}), big_endian=data.startswith(b"MM"))
        with _damage_as_bad_row(max_pixels):
            if enough is not None:
                picture.draft(None, enough)
            picture.load()
        tags = dict(getattr(picture, "tag_v2", {}))
        _turn_upright(picture)
        return to_rgb(picture, tags)


def picture_size(data: bytes, *, max_pixels: int) -> tuple[int, int]:
    """Width and height of a picture as its file says, without decoding its pixels.

    Raises:
        BadRow: As ``open_picture``, but for damage that only shows in the pixels.
    """
    if not data:
        raise BadRow("The picture is empty (0 bytes).")
    with _open(data, max_pixels) as picture:
        _check_size(*picture.size, max_pixels=max_pixels)
        return picture.width, picture.height


def _open(data: bytes, max_pixels: int) -> Image.Image:
    with _damage_as_bad_row(max_pixels), _pillow_limit(max_pixels):
        try:
            return Image.open(BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError as error:
            if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
                raise BadRow("HEIC pictures can't be read; save it as JPEG or PNG.") from error
            raise BadRow(
                "It is not a picture that can be read, or its beginning is damaged."
            ) from error


def _check_size(width: int, height: int, *, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise BadRow(
            f"The picture has {width:,} x {height:,} pixels, more than the {max_pixels:,} that are "
            "read (PANTHEON_MAX_IMAGE_PIXELS)."
        )
    # Models scale the shorter side up to theirs; the longer one would grow along with it.
    if max(width, height) > _MOST_STRETCHED * min(width, height):
        raise BadRow(
            f"The picture is {width:,} x {height:,} pixels; one side may be at most "
            f"{_MOST_STRETCHED} times the other."
        )


def _turn_upright(picture: Image.Image) -> None:
    # Damaged EXIF is no reason to refuse a picture whose pixels are fine.
    with suppress(*_DAMAGED):
        ImageOps.exif_transpose(picture, in_place=True)


@contextmanager
def _pillow_limit(max_pixels: int) -> Iterator[None]:
    """Put our limit in the place of Pillow's, which is the whole process's and warns first.

    Some plugins decode on opening, so a limit has to hold there too: twice ours, as Pillow has it.
    """
    with _opening, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        usual, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = usual


@contextmanager
def _damage_as_bad_row(max_pixels: int) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        raise BadRow(
            f"The picture has more pixels than the {max_pixels:,} that are read "
            "(PANTHEON_MAX_IMAGE_PIXELS)."
        ) from error
    except _DAMAGED as error:
        cut = "truncated" in str(error).lower() or isinstance(error, EOFError)
        what = "cut off: its file ends too early" if cut else f"damaged: {error}"
        raise BadRow(f"The picture is {what}.") from error
