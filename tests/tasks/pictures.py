"""Pictures for the tests of image tasks: noise over a gradient, as the bytes of their files."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

SIZES = ((32, 32), (50, 40), (31, 97), (200, 120))


def picture(size: tuple[int, int] = (32, 32), mode: str = "RGB", seed: int = 0) -> Image.Image:
    """A picture of some width and height whose pixels depend on the seed."""
    width, height = size
    random = np.random.default_rng(seed)
    slope = np.linspace(0, 255, width)[None, :, None] * random.random(3)
    pixels = (slope + random.integers(0, 256, (height, width, 3))) / 2
    return Image.fromarray(pixels.astype(np.uint8)).convert(mode)


def as_file(picture: Image.Image, kind: str = "PNG") -> bytes:
    """The bytes of a picture file."""
    buffer = BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()
