"""Picture files: reading their bytes, and one file as a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.names import printable
from golems.errors import BadRow

# The one column of every dataset of pictures.
COLUMN = "file"
EMPTY = "The file is empty (0 bytes)."


def too_large(max_mb: float) -> str:
    """Say that a file is larger than is read."""
    return f"The file is larger than {max_mb:g} MB, the most that is read (PANTHEON_MAX_IMAGE_MB)."


def read_bytes(file: IO[bytes], *, max_mb: float) -> bytes:
    """Read a picture's bytes, never more than allowed.

    Raises:
        BadRow: It is empty or larger than ``max_mb``.
    """
    most = int(max_mb * 1e6)
    data = file.read(most + 1)
    if not data:
        raise BadRow(EMPTY)
    if len(data) > most:
        raise BadRow(too_large(max_mb))
    return data


def read_picture(index: int, name: str, path: Path, *, max_mb: float) -> Row:
    """Read one picture file into a row; an error row if it can't be read.

    Args:
        index: The row's place in the dataset.
        name: What the row shows as its file.
        path: Where the file is.
        max_mb: Largest file read, in MB.
    """
    fields = {COLUMN: printable(name)}
    try:
        with path.open("rb") as file:
            return Row(index, read_bytes(file, max_mb=max_mb), fields)
    except BadRow as error:
        return Row(index, None, fields, str(error))
    except OSError as error:
        return Row(index, None, fields, f"The file can't be read: {error.strerror}.")


class PictureFile(Dataset):
    """One picture: a dataset of one row."""

    kind = "image"

    def __init__(self, path: Path, *, max_image_mb: float, limit: int | None = None) -> None:
        """Take a path to an existing file; it is read with its row."""
        super().__init__(path, limit=limit)
        self._max_image_mb = max_image_mb
        self.columns = (COLUMN,)

    def count(self) -> int:
        """Return 1."""
        return 1

    def _stream(self) -> Iterator[Row]:
        yield read_picture(0, self.path.name, self.path, max_mb=self._max_image_mb)
