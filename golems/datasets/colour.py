"""Any picture Pillow can hold as 8-bit RGB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from golems.errors import BadRow

_MOST_16_BIT = 65535
# Tags of TIFF, and what they say.
_BITS, _PACKED, _PHOTOMETRIC, _PLANES, _FORMAT = 258, 259, 262, 284, 339
_WHITE_IS_ZERO, _APART = 0, 2
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3


def refuse_misread(tags: Mapping[int, Any], *, big_endian: bool) -> None:
    """Refuse a TIFF that Pillow would read as another picture.

    Raises:
        BadRow: It is one.
    """
    bits = tags.get(_BITS, (1,))
    signed_bytes = _SIGNED in tags.get(_FORMAT, ()) and max(bits) == 8
    swapped = big_endian and _FLOAT in tags.get(_FORMAT, ()) and tags.get(_PACKED, 1) != 1
    if signed_bytes or swapped:
        kind = "signed bytes" if signed_bytes else "packed big-endian floating point"
        raise BadRow(f"The TIFF is of {kind}, which can't be read; save it as PNG.")
    if tags.get(_PLANES) == _APART and len(bits) > 1 and max(bits) > 8:
        raise BadRow(
            f"The TIFF keeps its colours in planes of {max(bits)} bits, which can't be read; save "
            "it with its colours together (chunky), or as PNG."
        )


def to_rgb(picture: Image.Image, tags: Mapping[int, Any] | None = None) -> Image.Image:
    """Convert a decoded picture to RGB, transparency over white, deep greys scaled to 8 bits.

    Args:
        picture: As Pillow has it.
        tags: Of a TIFF, which say of deep greys what Pillow leaves out.
    """
    if picture.mode.startswith(("I", "F")):
        return _scaled(picture, tags or {}).convert("RGB")
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _scaled(picture: Image.Image, tags: Mapping[int, Any]) -> Image.Image:
    """Scale greys of 16 or 32 bits, or floating point, to 8 bits; Pillow would clip them."""
    values = np.asarray(picture)
    unsigned = tags.get(_FORMAT, (_UNSIGNED,)) == (_UNSIGNED,)
    if picture.mode == "I" and unsigned and tags.get(_BITS) == (32,):
        values = values.view(np.uint32)
    values = values.astype(np.float32)
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
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        values = 255 - values
    return Image.fromarray(np.rint(values).astype(np.uint8))
