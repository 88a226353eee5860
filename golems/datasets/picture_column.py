"""A column of a table that holds pictures, or says where they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.names import is_picture, printable, spellings
from golems.datasets.pictures import read_bytes, too_large
from golems.errors import BadRow

# Most telling first; compared without regard to case.
PICTURE_NAMES = (
    "image", "picture", "photo", "img", "file_name", "filename", "image_path", "file", "path",
)  # fmt: skip
_SAMPLE_ROWS = 20


class PictureColumn(Dataset):
    """A table whose content is pictures: bytes in its cells, or files that its cells name.

    A path is taken from the table's own folder. A file outside that folder and outside the roots
    that the operator named is never opened, whatever leads to it.
    """

    def __init__(self, table: Dataset, *, roots: Sequence[Path], max_image_mb: float) -> None:
        """Take a table whose column is the one with the pictures.

        Args:
            table: Any; its content may be bytes or text.
            roots: Folders that pictures may lie in, beside the table's own.
            max_image_mb: Largest picture read, in MB.
        """
        super().__init__(table.path, limit=table.limit)
        self._table = table
        self._max_image_mb = max_image_mb
        self._folder = table.path.resolve().parent if table.path.is_file() else None
        folders = [self._folder] if self._folder else []
        self._roots = [*folders, *(root.resolve() for root in roots)]
        self.kind, self.name = table.kind, table.name
        self.columns, self.column, self.notes = table.columns, table.column, table.notes
        self.classes, self.types = table.classes, table.types
        self.sheets: tuple[str, ...] = getattr(table, "sheets", ())

    @property
    def address(self) -> str:
        return self._table.address

    @property
    def extent(self) -> Path:
        """The table, or its folder where its cells name files."""
        in_table = self.column in getattr(self._table, "pictures", ())
        return self.path if in_table or self._folder is None else self.path.parent

    def count(self) -> int:
        """Count the table's rows."""
        return self._table.count()

    def spec(self) -> dict[str, Any]:
        """The table's own."""
        return self._table.spec()

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the rows at some places; other pictures aren't opened."""
        return map(self._with_picture, self._table.at(places))

    def _stream(self) -> Iterator[Row]:
        return map(self._with_picture, self._table.rows())

    def _with_picture(self, row: Row) -> Row:
        if row.content is None:
            return row
        try:
            data = row.content if isinstance(row.content, bytes) else self._read(row.content)
            if not data:
                raise BadRow("The picture is empty (0 bytes).")
            if len(data) > self._max_image_mb * 1e6:
                raise BadRow(too_large(self._max_image_mb))
        except BadRow as error:
            return replace(row, content=None, error=str(error))
        return replace(row, content=data)

    def _read(self, name: str) -> bytes:
        """Read the file that a cell names.

        Raises:
            BadRow: It is no path, leads out of the folders that may be read, or can't be read.
        """
        shown = repr(printable(name[:200]))
        if not name.strip():
            raise BadRow("The cell is empty, so there is no picture.")
        if "://" in name:
            raise BadRow(f"{shown} is a web address; pictures are not downloaded.")
        if self._folder is None:
            raise BadRow(f"{shown} names a file, and only pictures in the table are read here.")
        try:
            path = self._find(self._folder, name)
            if not self._may_read(path):
                raise BadRow(
                    f"{shown} is outside the table's folder, so it was not read; put the pictures "
                    "beside the table, or name their folder in PANTHEON_ROOTS."
                )
            if not stat.S_ISREG(path.stat().st_mode):
                raise BadRow(f"{shown} is not a file.")
            with path.open("rb") as file:
                return read_bytes(file, max_mb=self._max_image_mb)
        except OSError as error:
            raise BadRow(f"{shown} can't be read: {error.strerror}.") from error
        except ValueError as error:
            raise BadRow(f"{shown} is not a path: {error}.") from error

    def _find(self, folder: Path, name: str) -> Path:
        """Where a cell leads, as it is written or as another system would have written it."""
        paths = [Path(os.path.realpath(folder / way)) for way in dict.fromkeys(spellings(name))]
        able = (path for path in paths if self._may_read(path) and path.exists())
        return next(able, paths[0])

    def _may_read(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self._roots)


def guess_picture_column(table: Dataset, pictures: Sequence[str]) -> str | None:
    """Guess which column of a table holds pictures.

    Args:
        table: Any table.
        pictures: Columns known to hold bytes.

    Returns:
        One with bytes; else one whose cells all look like names of picture files, those with a
        telling name first; None if there is none.
    """
    able = list(pictures)
    if not able:
        rows = [row.fields for row in islice(table.rows(), _SAMPLE_ROWS)]
        for name in table.columns:
            cells = [fields[name] for fields in rows if fields[name]]
            if cells and all(is_picture(cell) for cell in cells if cell):
                able.append(name)
    plain = {name.strip().casefold(): name for name in reversed(able)}
    telling = (plain[name] for name in PICTURE_NAMES if name in plain)
    return next(telling, able[0] if able else None)
