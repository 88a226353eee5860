"""A run's results as Parquet: every cell exact, and never more than a row group in memory."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from golems.reports.typed import Typed, typed
from golems.runs import Run

# Of a row group, which is held in memory as a whole.
GROUP_ROWS, GROUP_BYTES = 65_536, 32 * 2**20


def write_parquet(run: Run, path: Path | IO[bytes]) -> None:
    """Write the results as one Parquet file, every cell exact.

    The original columns have the types of their source where all their cells are such values.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    results = typed(run, run.manifest())
    with parquet_writer(path, results.schema) as writer:
        for group in row_groups(results):
            writer.write_table(group)


def parquet_pieces(run: Run) -> Generator[bytes, None, None]:
    """What ``write_parquet`` writes, in pieces of a row group."""
    results = typed(run, run.manifest())
    pipe = _Pipe()
    with parquet_writer(pipe, results.schema) as writer:
        for group in row_groups(results):
            writer.write_table(group)
            yield pipe.taken()
    yield pipe.taken()


def parquet_writer(path: Path | IO[bytes] | io.RawIOBase, target: pa.Schema) -> Any:
    """A writer of results."""
    return pq.ParquetWriter(path, target, compression="zstd")


def row_groups(results: Typed) -> Iterator[pa.Table]:
    """The results in order, as many rows at a time as a row group has."""
    return grouped(results.batches(), results.schema)


def grouped(batches: Iterable[pa.RecordBatch], target: pa.Schema) -> Iterator[pa.Table]:
    """Batches put together to tables that are neither small nor large.

    Args:
        target: Names and types of their columns, in the same order.
    """
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        group.append(pa.record_batch(batch.columns, schema=target))
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield pa.Table.from_batches(group)
            group, rows, size = [], 0, 0
    if group:
        yield pa.Table.from_batches(group)


class _Pipe(io.RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data
