"""A folder of pictures, and of folders of pictures, as a dataset."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.names import in_order, is_litter, is_picture, others_note, printable
from golems.datasets.picture_labels import COLUMN as LABEL
from golems.datasets.picture_labels import NOTE as LABEL_NOTE
from golems.datasets.picture_labels import labels_of
from golems.datasets.picture_metadata import NAMES as METADATA_NAMES
from golems.datasets.picture_metadata import Metadata
from golems.datasets.pictures import COLUMN, read_picture
from golems.errors import BadInput


class PictureFolder(Dataset):
    """Every picture below a folder, sorted by relative path.

    Columns beside the file's name are those of a metadata.csv, .jsonl or .parquet, joined by its
    ``file_name``; without one, the sub-folder as ``label`` where each picture lies in one.
    The names are listed once, on opening; only they are kept. Hidden files are not seen. Links to
    folders aren't followed, and links to files only inside the folder.
    """

    kind = "image-folder"

    def __init__(
        self,
        path: Path,
        *,
        max_image_mb: float,
        max_cell_mb: float = 16,
        limit: int | None = None,
    ) -> None:
        """List the pictures of an existing folder.

        Args:
            path: The folder.
            max_image_mb: Largest picture read, in MB.
            max_cell_mb: Largest cell of a metadata file, in millions of characters.
            limit: Read only the first ``limit`` pictures.

        Raises:
            BadInput: There are none, or the folder can't be read.
        """
        super().__init__(path, limit=limit)
        self._max_image_mb = max_image_mb
        self._root = path.resolve()
        self.name = printable(self._root.name or str(self._root))
        listing = _Listing(self._root)
        if not listing.pictures:
            raise BadInput(
                " ".join([f"There are no pictures in {path}.", *listing.notes])
                + " Give a folder with files such as .jpg or .png."
            )
        self._names = sorted(listing.pictures, key=in_order)
        self._metadata = Metadata(self._root, listing.metadata, max_cell_mb=max_cell_mb)
        self._labels = None if self._metadata.columns else labels_of(self._names)
        self.columns = (COLUMN, *self._metadata.columns, *([LABEL] if self._labels else []))
        self.notes = (
            *listing.notes,
            *self._metadata.notes,
            *(self._metadata.gaps(self._names) if self._metadata.columns else ()),
            *([LABEL_NOTE] if self._labels else []),
        )

    def count(self) -> int:
        """Return the number of pictures; reads nothing."""
        return len(self._names[: self.limit])

    def _stream(self) -> Iterator[Row]:
        return map(self._row, range(len(self._names)))

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the pictures at some places; the others aren't opened."""
        return map(self._row, places)

    def _row(self, index: int) -> Row:
        name = self._names[index]
        row = read_picture(index, name, self._root / name, max_mb=self._max_image_mb)
        if len(self.columns) == 1:
            return row
        more = {LABEL: printable(self._labels[index])} if self._labels else self._metadata.of(name)
        return replace(row, fields={**row.fields, **more})


class _Listing:
    """What is in a folder.

    Attributes:
        pictures: Paths relative to the folder, with forward slashes.
        metadata: Those of files that say more of the pictures.
        notes: What was left out, in sentences.
    """

    def __init__(self, root: Path) -> None:
        self.pictures: list[str] = []
        self.metadata: list[str] = []
        self._root = root
        self._others = self._links = self._unreadable = 0
        for folder, subfolders, files in os.walk(root, onerror=self._count_unreadable):
            place = Path(folder)
            self._links += sum((place / name).is_symlink() for name in subfolders)
            subfolders[:] = [name for name in subfolders if not is_litter([name])]
            for name in files:
                if not is_litter([name]):
                    self._add(place / name)

    @property
    def notes(self) -> tuple[str, ...]:
        notes = []
        if self._others:
            notes.append(others_note(self._others))
        if self._links:
            plural = self._links > 1
            notes.append(
                f"{self._links:,} {'links' if plural else 'link'} out of the folder or to a folder "
                f"{'were' if plural else 'was'} not followed."
            )
        if self._unreadable:
            plural = self._unreadable > 1
            notes.append(
                f"{self._unreadable:,} {'folders' if plural else 'folder'} could not be opened."
            )
        return tuple(notes)

    def _add(self, path: Path) -> None:
        if path.name in METADATA_NAMES and not path.is_symlink() and path.is_file():
            self.metadata.append(path.relative_to(self._root).as_posix())
        elif not is_picture(path.name):
            self._others += 1
        elif path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(self._root):
            self._links += 1
        elif _is_special(path):
            self._others += 1
        else:
            self.pictures.append(path.relative_to(self._root).as_posix())

    def _count_unreadable(self, error: OSError) -> None:
        if error.filename == str(self._root):
            raise BadInput(f"{self._root} can't be read: {error.strerror}.") from error
        self._unreadable += 1


def _is_special(path: Path) -> bool:
    """Whether this is a pipe or a device, which would block or never end when read."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        # Its row will say why it can't be read.
        return False
