"""A run's results as files: the original columns first, then the results."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from golems.runs import Run
from golems.runs.columns import schema

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV Injection


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _batches(run: Run) -> Iterator[pa.RecordBatch]:
    """The results in order, some rows at a time, without the place column."""
    manifest = run.manifest()
    wanted = [name for name in schema(manifest).names if name != manifest.row_column]
    for part in run.parts():
        with pq.ParquetFile(part) as file:
            yield from file.iter_batches(columns=wanted)


def write_csv(run: Run, file: IO[str]) -> None:
    """Write the results as CSV: UTF-8 text, commas, one line end ``\\n`` a row.

    Cells that a spreadsheet would run as a formula get an apostrophe in front.

    Args:
        file: Open for writing text with ``newline=""``.
    """
    manifest = run.manifest()
    names = [name for name in schema(manifest).names if name != manifest.row_column]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in names])
    for batch in _batches(run):
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([safe_cell(cell) for cell in row] for row in zip(*columns, strict=True))


def write_parquet(run: Run, path: Path | IO[bytes]) -> None:
    """Write the results as one Parquet file, every cell exact."""
    manifest = run.manifest()
    whole = schema(manifest)
    target = whole.remove(whole.get_field_index(manifest.row_column))
    with pq.ParquetWriter(path, target, compression="zstd") as writer:
        for batch in _batches(run):
            writer.write_batch(batch)
