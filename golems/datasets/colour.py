"""Any picture Pillow can hold as 8-bit RGB."""

from __future__ import annotations

import numpy as np
from PIL import Image

_MOST_16_BIT = 65535


def to_rgb(picture: Image.Image) -> Image.Image:
    """Convert a decoded picture to RGB, transparency over white, deep greys scaled to 8 bits."""
    if picture.mode.startswith(("I", "F")):
        return _scaled(picture).convert("RGB")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _scaled(picture: Image.Image) -> Image.Image:
    """Scale greys of 16 or 32 bits, or floating point, to 8 bits; Pillow would clip them."""
    values = np.asarray(picture).astype(np.float32)
    values[~np.isfinite(values)] = 0
    low, high = float(values.min()), float(values.max())
    if picture.mode.startswith("I;16") or (low >= 0 and 255 < high <= _MOST_16_BIT):
        low, high = 0.0, float(_MOST_16_BIT)
    elif low >= 0 and high <= 1 and picture.mode == "F":
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    # Values with no agreed range are spread from their lowest to their highest.
    values -= low
    values *= 255 / ((high - low) or 1)
    return Image.fromarray(np.rint(values).astype(np.uint8))
