"""Rows of a Parquet file, whether it lies on a disk or is read over a network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from golems.datasets.arrow_text import holds_pictures, read_cells
from golems.datasets.column_types import types_of_schema
from golems.datasets.csv_columns import unique_names
from golems.datasets.names import printable
from golems.datasets.table import Record

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 1024
_BATCH_PICTURES = 16
_SHOWN_CHARS = 200


def class_names(metadata: Mapping[bytes, bytes]) -> dict[str, tuple[str, ...]]:
    """Column -> the names of its numbers, out of what ``datasets`` writes beside a schema.

    Whoever else writes there something of another form has named nothing.
    """
    try:
        features = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
        kinds = {name: kind for name, kind in features.items() if isinstance(kind, dict)}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}
    return {
        name: tuple(map(str, kind["names"]))
        for name, kind in kinds.items()
        if kind.get("_type") == "ClassLabel" and isinstance(kind.get("names"), list)
    }


class ParquetRows:
    """The rows of one Parquet file as records; a damaged part of it spoils its own rows only.

    Attributes:
        columns: A name for every column, each once.
        notes: A sentence on each name that isn't as in the file.
        pictures: Columns that hold bytes, bare or as ``datasets`` writes pictures.
        number: Rows, as the file says.
        types: Column -> its type, where it isn't text.
        classes: Column of numbers -> their names, where ``datasets`` wrote a ``ClassLabel``.
    """

    def __init__(self, source: Any, *, buffer_mb: int, texts: bool = False) -> None:
        """Read a file's footer.

        Args:
            source: A path, or a file that can be read and sought.
            buffer_mb: How much of a column is read at a time.
            texts: Whether bare bytes are wanted as texts rather than as pictures.

        Raises:
            pyarrow.ArrowInvalid: It is no Parquet file.
            OSError: It can't be read.
        """
        import pyarrow.parquet as pq

        self._file = pq.ParquetFile(source, pre_buffer=False, buffer_size=buffer_mb << 20)
        schema = self._file.schema_arrow
        self.columns, self.notes = unique_names([printable(name) for name in schema.names])
        self.pictures = tuple(
            name
            for name, kind in zip(self.columns, schema.types, strict=True)
            if holds_pictures(kind) and not (texts and kind.num_fields == 0)
        )
        self.number = int(self._file.metadata.num_rows)
        self.types = types_of_schema(schema, self.columns)
        said = class_names(schema.metadata or {})
        self.classes = {
            column: said[name]
            for column, name in zip(self.columns, schema.names, strict=True)
            if name in said
        }

    def records(
        self, content: str | None, *, offset: int = 0, only: Sequence[int] | None = None
    ) -> Iterator[Record]:
        """Stream the rows.

        Args:
            content: The column that is read; its bytes are wanted if it holds pictures.
            offset: Rows before this file's, for the places in reasons.
            only: Ascending places of the rows wanted; all of them when None.
        """
        metadata = self._file.metadata
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        starts = [0, *accumulate(sizes)]
        wanted = None if only is None else iter(only)
        place = next(wanted, None) if wanted else None
        for group, size in enumerate(sizes):
            end = starts[group] + size
            if wanted is not None and (place is None or place >= end):
                continue
            for row, record in enumerate(
                self._group(group, size, content, offset + starts[group]), starts[group]
            ):
                if wanted is None:
                    yield record
                elif row == place:
                    yield record
                    place = next(wanted, None)
                    if place is None or place >= end:
                        break

    def _group(self, group: int, size: int, content: str | None, offset: int) -> Iterator[Record]:
        """One row group: as many records as it has rows, whatever can be read of it."""
        import pyarrow as pa

        done = 0
        reason = "it ends too early"
        try:
            for batch in self._file.iter_batches(
                batch_size=_BATCH_PICTURES if self.pictures else _BATCH_ROWS,
                row_groups=[group],
                use_threads=False,
            ):
                for record in self._batch(batch, content, offset + done):
                    done += 1
                    yield record
        except (pa.ArrowException, OSError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:_SHOWN_CHARS]
        for place in range(done, size):
            where = f"Row {offset + place + 1:,}"
            yield Record(
                where,
                dict.fromkeys(self.columns),
                f"{where} is in a damaged part of the Parquet file: {reason}.",
            )

    def _batch(self, batch: pa.RecordBatch, content: str | None, offset: int) -> Iterator[Record]:
        columns = [
            read_cells(name, column, pictures=name == content and name in self.pictures)
            for name, column in zip(self.columns, batch.columns, strict=True)
        ]
        data = next((cells.data for cells in columns if cells.data is not None), None)
        # Only what is read can fail a row; of other columns, what can be shown is shown.
        errors = columns[self.columns.index(content)].errors if content in self.columns else {}
        for row, texts in enumerate(zip(*(cells.texts for cells in columns), strict=True)):
            yield Record(
                f"Row {offset + row + 1:,}",
                dict(zip(self.columns, texts, strict=True)),
                errors.get(row),
                data[row] if data else None,
            )
