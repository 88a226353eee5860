"""A folder of pictures, and of folders of pictures, as a dataset."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.names import in_order, is_litter, is_picture, others_note, printable
from golems.datasets.pictures import COLUMN, read_picture
from golems.errors import BadInput


class PictureFolder(Dataset):
    """Every picture below a folder, sorted by relative path.

    The names are listed once, on opening; only they are kept. Hidden files are not seen. Links to
    folders aren't followed, and links to files only inside the folder.
    """

    kind = "image-folder"

    def __init__(self, path: Path, *, max_image_mb: float, limit: int | None = None) -> None:
        """List the pictures of an existing folder.

        Raises:
            BadInput: There are none, or the folder can't be read.
        """
        super().__init__(path, limit=limit)
        self._max_image_mb = max_image_mb
        self._root = path.resolve()
        self.name = printable(self._root.name or str(self._root))
        self.columns = (COLUMN,)
        listing = _Listing(self._root)
        if not listing.pictures:
            raise BadInput(
                " ".join([f"There are no pictures in {path}.", *listing.notes])
                + " Give a folder with files such as .jpg or .png."
            )
        self._names = sorted(listing.pictures, key=in_order)
        self.notes = listing.notes

    def count(self) -> int:
        """Return the number of pictures; reads nothing."""
        return len(self._names[: self.limit])

    def _stream(self) -> Iterator[Row]:
        for index, name in enumerate(self._names):
            yield read_picture(index, name, self._root / name, max_mb=self._max_image_mb)


class _Listing:
    """What is in a folder.

    Attributes:
        pictures: Paths relative to the folder, with forward slashes.
        notes: What was left out, in sentences.
    """

    def __init__(self, root: Path) -> None:
        self.pictures: list[str] = []
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
        if not is_picture(path.name):
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
