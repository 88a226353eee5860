"""A Parquet file as a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from golems.base import Row
from golems.datasets.parquet_rows import ParquetRows
from golems.datasets.table import SAMPLE_RECORDS, Record, Table
from golems.errors import BadInput

_BUFFER_MB = 1


class ParquetFile(Table):
    """The rows of a Parquet file; every cell is text, as exact as its type is."""

    kind = "parquet"

    def __init__(
        self,
        path: Path,
        *,
        column: str | None = None,
        limit: int | None = None,
        texts: bool = False,
    ) -> None:
        """Read the file's footer and its first rows.

        Args:
            path: An existing file.
            column: The column that holds the content; guessed when None.
            limit: Read only the first ``limit`` rows.
            texts: Whether columns of bytes are read as texts rather than as pictures.

        Raises:
            BadInput: It is no Parquet file or can't be read, or has no such column.
        """
        super().__init__(path, limit=limit)
        self._texts = texts
        rows = self._open()
        self.columns, self.pictures = rows.columns, rows.pictures
        self.classes, self.types = rows.classes, rows.types
        if not self.columns:
            raise BadInput(f"{self.name} has no columns.")
        sample: list[Record] = []
        if column is None:
            sample = list(islice(rows.records(None), SAMPLE_RECORDS if not self.pictures else 20))
        self.notes = (*rows.notes, *self._choose_column(column, sample))

    def count(self) -> int:
        """Return the number of rows that the file says it has."""
        number = self._open().number
        return number if self.limit is None else min(number, self.limit)

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the rows at some places; parts of the file without any of them aren't read."""
        records = self._open().records(self.column, only=places)
        for place, record in zip(places, records, strict=True):
            yield self._row(place, record)

    def _records(self) -> Iterator[Record]:
        return self._open().records(self.column)

    def _open(self) -> ParquetRows:
        import pyarrow as pa

        try:
            return ParquetRows(str(self.path), buffer_mb=_BUFFER_MB, texts=self._texts)
        except (pa.ArrowException, OSError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise BadInput(
                f"{self.name} is not a Parquet file, or it is damaged: {reason}"
            ) from error
