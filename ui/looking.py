"""Looking at one picture: its size, how it is drawn, and what a golem sees in it."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import streamlit as st

from golems.base import Card, Checkpoint, Classification
from golems.datasets.pictures import too_large
from golems.errors import BadRow
from golems.settings import settings
from ui.shelf import lend
from ui.text import plain

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_LABELS = 20
MOST_WIDE, MOST_HIGH = 1460, 1000
KEY = "visionary-seen"
# A picture that another page hands over: its name and its bytes, under this key.
GIVEN, FROM_REPORT = "visionary-given", "From a report"


def checked(data: bytes) -> bytes:
    """The bytes of a picture, if they are not more than is read.

    Raises:
        BadRow: They are.
    """
    max_mb = settings().max_image_mb
    if len(data) > max_mb * 1e6:
        raise BadRow(too_large(max_mb))
    return data


def draw_picture(picture: Image, name: str) -> None:
    """Show a picture at a size that fits on a screen; a tall one isn't stretched."""
    shown = picture.copy()
    shown.thumbnail((MOST_WIDE, MOST_HIGH))
    wide = shown.width >= shown.height
    st.image(
        shown, caption=plain(name), alt=f"The picture {name}",
        width="stretch" if wide else "content",
    )  # fmt: skip


def look(card: Card, checkpoint: Checkpoint, data: bytes) -> tuple[Classification, float]:
    """What a golem sees in a picture, and how many milliseconds it took.

    The last answer is kept, so that a moved slider doesn't wake the golem again.

    Raises:
        GolemError: The golem can't be woken, or the picture can't be read.
    """
    asked = (hashlib.sha256(data).hexdigest(), card.name, checkpoint.id)
    kept = st.session_state.get(KEY)
    if kept is not None and kept[0] == asked:
        return kept[1], kept[2]
    with lend(card, checkpoint) as golem:
        start = time.perf_counter()
        outcome = golem.predict([data], golem.parameters(top_k=MOST_LABELS))[0]
        elapsed_ms = (time.perf_counter() - start) * 1000
    if outcome.prediction is None:
        raise BadRow(outcome.error or "The picture can't be read.")
    assert isinstance(outcome.prediction, Classification)  # that is what the task gives
    st.session_state[KEY] = (asked, outcome.prediction, elapsed_ms)
    return outcome.prediction, elapsed_ms
