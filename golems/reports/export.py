"""A run's results as files: the original columns first, then the results."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from golems.reports.parts import damaged, parts_view
from golems.reports.tables import parts_with
from golems.runs import Manifest, Run
from golems.runs.columns import PLACE, schema, shown_names

# OWASP, CSV Injection; full-width signs count as the plain ones where the spreadsheet's language
# is Japanese, Chinese or Korean.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def shown_schema(manifest: Manifest) -> pa.Schema:
    """The results as they are handed out: no place, and the names that people know."""
    names = shown_names(manifest)
    return pa.schema(
        [field.with_name(names[field.name]) for field in schema(manifest) if field.name != PLACE]
    )


def _batches(run: Run, manifest: Manifest) -> Iterator[pa.RecordBatch]:
    """The results in order, some rows at a time, without the place column."""
    wanted = [name for name in schema(manifest).names if name != PLACE]
    for part in run.parts():
        try:
            with pq.ParquetFile(part, page_checksum_verification=True) as file:
                yield from file.iter_batches(columns=wanted)
        except (pa.ArrowException, OSError) as error:
            raise damaged(run, error) from error


class _LineFeeds:
    """A file that gets rows ending in CR LF and writes them with LF alone.

    Python before 3.13 puts quotes around a lone carriage return only where it is part of the line
    end; without quotes it would split the row for whoever reads the file.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, row: str) -> int:
        return self._file.write(row.removesuffix("\r\n") + "\n")


def write_csv(run: Run, file: IO[str], *, failed: bool = False) -> None:
    """Write the results as CSV: UTF-8 text, commas, one LF a row.

    Cells that a spreadsheet would run as a formula get an apostrophe in front.

    Args:
        file: Open for writing text with ``newline=""``.
        failed: Only rows without a prediction.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    manifest = run.manifest()
    writer = csv.writer(_LineFeeds(file), lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in shown_schema(manifest).names])
    for batch in _batches(run, manifest):
        if failed:
            batch = batch.filter(pc.is_valid(batch["error"]))
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([safe_cell(cell) for cell in row] for row in zip(*columns, strict=True))


def write_parquet(run: Run, path: Path | IO[bytes]) -> None:
    """Write the results as one Parquet file, every cell exact.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    manifest = run.manifest()
    target = shown_schema(manifest)
    with pq.ParquetWriter(path, target, compression="zstd") as writer:
        for batch in _batches(run, manifest):
            writer.write_batch(pa.record_batch(batch.columns, schema=target))


def write_rows_csv(run: Run, places: Sequence[int], file: IO[str]) -> None:
    """Write some rows as ``write_csv`` does, in the order given.

    Args:
        places: From 0; where the run has no row, none is written.
        file: Open for writing text with ``newline=""``.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    manifest = run.manifest()
    wanted = [name for name in schema(manifest).names if name != PLACE]
    writer = csv.writer(_LineFeeds(file), lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in shown_schema(manifest).names])
    with parts_view(run, manifest, parts_with(run, places)) as connection:
        found = {
            place: row
            for place, *row in connection.execute(
                f"SELECT {', '.join([PLACE, *wanted])} FROM results "
                f"WHERE {PLACE} IN (SELECT unnest(?::BIGINT[]))",
                [list(places)],
            ).fetchall()
        }
    for place in places:
        if place in found:
            writer.writerow([safe_cell(cell) for cell in found[place]])
