"""metadata.csv, .jsonl or .parquet in a folder of pictures: more columns, joined by file_name."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence
from pathlib import Path

from golems.datasets.contract import Dataset, Doubt
from golems.datasets.csv_columns import unique_names
from golems.datasets.csv_file import CsvFile
from golems.datasets.json_file import JsonFile
from golems.datasets.names import alike, printable
from golems.datasets.parquet_file import ParquetFile
from golems.errors import BadInput

NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
KEY = "file_name"


class Metadata:
    """What the metadata files of a folder say of its pictures.

    Attributes:
        columns: Names of their columns in order, without ``file_name``; none if there are no files.
        notes: What was found, and what couldn't be joined.
    """

    def __init__(self, root: Path, files: Sequence[str], *, max_cell_mb: float) -> None:
        """Read the files; only what they say is opened, never the paths they name.

        Args:
            root: The folder.
            files: Paths of metadata files relative to it, with forward slashes.
            max_cell_mb: Largest cell, in millions of characters.
        """
        self._root, self._max_cell_mb = root, max_cell_mb
        self._of: dict[str, dict[str, str | None]] = {}
        self._unreadable = self._repeated = 0
        notes: list[str] = []
        keys: dict[str, None] = {}
        for file in sorted(files):
            try:
                table = self._open(file)
                self._take(table, posixpath.dirname(file))
            except BadInput as error:
                notes.append(f"{printable(file)} was left out: {error}")
            else:
                keys |= dict.fromkeys(name for name in table.columns if name != KEY)
                notes.append(f"{printable(file)} gives columns by the pictures' {KEY}.")
                notes += [one for one in table.notes if isinstance(one, Doubt)]
        # Beside the picture's own column.
        names, _ = unique_names(["file", *keys])
        self._names = dict(zip(keys, names[1:], strict=True))
        self.columns = names[1:]
        self.notes = tuple(notes)

    def of(self, name: str) -> dict[str, str | None]:
        """What is said of a picture; None in every column of which nothing is."""
        found = self._of.get(alike(name), {})
        return {column: found.get(key) for key, column in self._names.items()}

    def gaps(self, pictures: Collection[str]) -> tuple[str, ...]:
        """Say how many pictures and rows have no counterpart."""
        there = set(map(alike, pictures))
        rows = sum(name not in there for name in self._of)
        without = sum(name not in self._of for name in there)
        notes = []
        if without:
            notes.append(f"Pictures without metadata: {without:,}.")
        if rows:
            notes.append(f"Rows of metadata without their picture: {rows:,}.")
        if self._repeated:
            notes.append(
                f"Rows of metadata for a picture that has one already: {self._repeated:,}; its "
                "last one counts."
            )
        if self._unreadable:
            notes.append(f"Rows of metadata that can't be read: {self._unreadable:,}.")
        return tuple(notes)

    def _open(self, file: str) -> Dataset:
        path = self._root / file
        if file.endswith(".parquet"):
            return ParquetFile(path, column=KEY)
        if file.endswith(".jsonl"):
            return JsonFile(path, kind="jsonl", max_cell_mb=self._max_cell_mb, column=KEY)
        return CsvFile(path, max_cell_mb=self._max_cell_mb, column=KEY, header="yes")

    def _take(self, table: Dataset, folder: str) -> None:
        for row in table.rows():
            if row.error is not None or not isinstance(row.content, str):
                self._unreadable += 1
            else:
                name = posixpath.normpath(alike(posixpath.join(folder, alike(row.content))))
                self._repeated += name in self._of
                self._of[name] = dict(row.fields)
