"""Small pictures of a run's rows, read from its dataset as it is now."""

from __future__ import annotations

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import streamlit as st

from golems.base import Row
from golems.datasets import Dataset
from golems.errors import BadRow, GolemError
from golems.reports.view import View
from golems.runs import Manifest
from golems.runs.fingerprint import taken
from golems.runs.setup import reopen
from golems.settings import settings

PIXELS = 160
QUALITY = 80
MOST_BYTES = 32 * 10**6  # of all pictures kept, about 5,000 of them
OPEN_S = 300.0  # a dataset that was opened, or couldn't be, counts as that for so long
CHANGED = "The dataset has changed since the run: there is another picture in this place now."
CHANGED_SINCE = "has changed since the run; the pictures are shown as they are now."
CANNOT = "The pictures can't be shown"


class Key(NamedTuple):
    """Of one picture at one size."""

    run: str
    state: str | None
    place: int
    pixels: int


@dataclass
class Thumbnails:
    """Pictures of some rows.

    Attributes:
        pictures: Place -> JPEG.
        missing: Place -> why there is none, in a sentence.
        notice: What is wrong with the dataset; None where nothing is.
    """

    pictures: dict[int, bytes] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)
    notice: str | None = None


class Kept:
    """Pictures made already, at most so many bytes of them; the ones longest not seen go first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.size = most_bytes, 0
        self._pictures: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
            return self._pictures.get(key)

    def put(self, key: Key, picture: bytes) -> None:
        with self._lock:
            self.size += len(picture) - len(self._pictures.pop(key, b""))
            self._pictures[key] = picture
            while self.size > self.most_bytes:
                _, gone = self._pictures.popitem(last=False)
                self.size -= len(gone)


@st.cache_resource
def kept() -> Kept:
    """Those of all sessions."""
    return Kept(MOST_BYTES)


def as_url(picture: bytes) -> str:
    """A picture within the page: a file of Streamlit's would be gone when it is drawn again."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


def look_up(view: View, places: Sequence[int], pixels: int = PIXELS) -> Thumbnails:
    """Small pictures of some rows, and why there is none of the others.

    The dataset is gone through once at most, whatever the number of places; what was made before
    is not read again.

    Args:
        pixels: Width and height that they fit into.
    """
    found, source = Thumbnails(), source_of(view.manifest)
    keys = {place: Key(source.run, source.state, place, pixels) for place in sorted({*places})}
    for place, key in keys.items():
        if (picture := kept().get(key)) is not None:
            found.pictures[place] = picture
    left = [place for place in keys if place not in found.pictures]
    dataset, found.notice = opened(source)
    if dataset is not None and left:
        read(dataset, view, left, pixels, found)
    for place in left:
        if place in found.pictures:
            kept().put(keys[place], found.pictures[place])
        else:
            found.missing.setdefault(place, found.notice or CHANGED)
    return found


def whole(view: View, place: int) -> bytes:
    """One picture as the dataset has it.

    Raises:
        GolemError: It can't be had, or there is another picture in this place now.
    """
    source = source_of(view.manifest)
    dataset, notice = opened(source)
    if dataset is None:
        raise BadRow(notice or CANNOT)
    names = view.manifest.dataset.columns
    try:
        row = next(iter(dataset.at([place])))
    except (IndexError, ValueError, StopIteration) as error:
        raise BadRow(CHANGED) from error
    now = tuple(row.fields.get(name) for name in names)
    if now != cells_of(view, [place]).get(place, now):
        raise BadRow(CHANGED)
    if not isinstance(row.content, bytes):
        raise BadRow(row.error or "There is no picture.")
    return row.content


@dataclass(frozen=True)
class Source:
    """A run's dataset as it lies there.

    Attributes:
        state: Changes when the dataset's file or folder does; None where it isn't there.
    """

    manifest: Manifest
    state: str | None

    @property
    def run(self) -> str:
        return self.manifest.id


def source_of(manifest: Manifest) -> Source:
    """Where a run's pictures come from, without opening it."""
    if manifest.dataset.kind == "hub":
        return Source(manifest, "hub")
    try:
        found = Path(manifest.dataset.path).stat()
    except (OSError, ValueError):
        return Source(manifest, None)
    return Source(manifest, f"{found.st_mtime_ns} {found.st_size}")


@st.cache_resource(
    max_entries=4,
    ttl=OPEN_S,
    show_spinner="Opening the pictures …",
    hash_funcs={Source: lambda source: (source.run, source.state)},
)
def opened(source: Source) -> tuple[Dataset | None, str | None]:
    """A run's dataset, and in a sentence what is wrong with it."""
    try:
        dataset = reopen(source.manifest)
    except GolemError as error:
        return None, f"{CANNOT}: {error}"
    try:
        taken(source.manifest.dataset)
    except GolemError:
        return dataset, f"{source.manifest.dataset.name} {CHANGED_SINCE}"
    return dataset, None


def read(
    dataset: Dataset, view: View, places: Sequence[int], pixels: int, found: Thumbnails
) -> None:
    """Go through a dataset up to the last of some places, and make their pictures."""
    was, names = cells_of(view, places), view.manifest.dataset.columns
    try:
        for row in dataset.at(places):
            now = tuple(row.fields.get(name) for name in names)
            take(row, now == was.get(row.index, now), pixels, found)
    except GolemError as error:
        found.notice = f"{CANNOT}: {error}"
    except (IndexError, ValueError):
        found.notice = f"{view.manifest.dataset.name} has fewer rows than when it was run."


def cells_of(view: View, places: Iterable[int]) -> dict[int, tuple[str | None, ...]]:
    """Place -> the row's original columns, as they were when it was predicted."""
    columns = ", ".join(["place", *view.columns.values()])
    rows = view.ask(f"SELECT {columns} FROM rows WHERE place IN (SELECT unnest(?))", [list(places)])
    return {place: tuple(cells) for place, *cells in rows}


def take(row: Row, is_same: bool, pixels: int, found: Thumbnails) -> None:
    """Make the picture of one row, if it is still the row that was predicted."""
    if not is_same:
        found.missing[row.index] = CHANGED
        return
    try:
        if not isinstance(row.content, bytes):
            raise BadRow(row.error or "There is no picture.")
        found.pictures[row.index] = made(row.content, pixels)
    except BadRow as error:
        found.missing[row.index] = str(error)


def made(data: bytes, pixels: int) -> bytes:
    """A small JPEG of a picture, upright.

    Raises:
        BadRow: It can't be decoded.
    """
    from golems.datasets.decode import open_picture

    most = settings().max_image_pixels
    picture = open_picture(data, max_pixels=most, enough=(pixels, pixels))
    picture.thumbnail((pixels, pixels))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
