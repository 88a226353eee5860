"""A run's results as files: the original columns first, then the results."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from golems.reports.parts import damaged, parts_view
from golems.reports.tables import parts_with
from golems.runs import Manifest, Run
from golems.runs.columns import PLACE, schema, shown_names
from golems.runs.parts import counts_of
from golems.runs.segments import refuse_other_columns

# OWASP, CSV Injection; full-width signs count as the plain ones where the spreadsheet's language
# is Japanese, Chinese or Korean.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULA = f"^[{''.join(map(re.escape, FORMULA_STARTS))}]"


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


def batches_of(
    run: Run, manifest: Manifest, *, failed: bool = False, only: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """The results in order, some rows at a time, without the place column.

    Args:
        failed: Only rows without a prediction.
        only: Some columns, as the parts call them; all of them when None.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    wanted = [name for name in schema(manifest).names if name != PLACE]
    if only is not None:
        wanted = [name for name in wanted if name in only]
    for part in run.parts():
        if failed and not counts_of(part).failed:
            continue
        try:
            with pq.ParquetFile(part, page_checksum_verification=True) as file:
                if not {*wanted} <= {*file.schema_arrow.names}:  # it would be left out
                    refuse_other_columns(manifest, [part])
                for batch in file.iter_batches(columns=wanted):
                    yield batch.filter(pc.is_valid(batch["error"])) if failed else batch
        except (pa.ArrowException, OSError) as error:
            raise damaged(run, error) from error


def csv_pieces(run: Run, *, failed: bool = False) -> Iterator[str]:
    """What ``write_csv`` writes, in pieces of some rows."""
    manifest = run.manifest()
    names = [safe_cell(name) for name in shown_schema(manifest).names]
    lines = as_lines([[name] for name in names], plain=False)
    for batch in batches_of(run, manifest, failed=failed):
        texts = [column for column in batch.columns if pa.types.is_string(column.type)]
        plain = not any(pc.any(pc.match_substring(column, "\r")).as_py() for column in texts)
        yield lines + as_lines([safe_cells(column) for column in batch.columns], plain=plain)
        lines = ""
    yield lines


def safe_cells(column: pa.Array) -> list[object]:
    """The cells of a column, none of which a spreadsheet runs as a formula."""
    cells: list[object] = column.to_pylist()
    if not pa.types.is_string(column.type):
        return cells
    # Looked at all together first: hardly any cell is one.
    if not pc.any(pc.match_substring_regex(column, FORMULA)).as_py():
        return cells
    return [safe_cell(cell) for cell in cells]


def as_lines(columns: Sequence[Sequence[object]], *, plain: bool) -> str:
    """Columns as lines of CSV that end in LF.

    Args:
        plain: There is no carriage return in them. Python before 3.13 puts quotes around one only
            where it is part of the line end; without quotes it would split the row for whoever
            reads the file.
    """
    text = io.StringIO(newline="")
    if plain:
        writer = csv.writer(text, lineterminator="\n")
    else:
        writer = csv.writer(_LineFeeds(text), lineterminator="\r\n")
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


class _LineFeeds:
    """A file that gets rows ending in CR LF and writes them with LF alone."""

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
    for piece in csv_pieces(run, failed=failed):
        file.write(piece)


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
    with parts_view(run, manifest, parts_with(run, places)) as connection:
        found = {
            place: row
            for place, *row in connection.execute(
                f"SELECT {', '.join([PLACE, *wanted])} FROM results "
                f"WHERE {PLACE} IN (SELECT unnest(?::BIGINT[]))",
                [list(places)],
            ).fetchall()
        }
    rows = [shown_schema(manifest).names, *(found[place] for place in places if place in found)]
    safe = [[safe_cell(cell) for cell in row] for row in rows]
    file.write(as_lines([*zip(*safe, strict=True)], plain=False))
