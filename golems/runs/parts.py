"""The parts of a run: numbered Parquet files, each a window of results and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from golems.errors import RunFailed
from golems.runs.files import cannot_write, write_whole
from golems.runs.state import Counts

Said = TypeVar("Said")
# Keys of the files' metadata.
COUNTS = b"pantheon_counts"
BUDGET = b"pantheon_budget"


def part_paths(folder: Path) -> list[Path]:
    """The parts in a folder, in order.

    Raises:
        RunFailed: One in the middle is missing, so that rows would be lost without a word.
    """
    found = {int(path.stem): path for path in folder.glob("[0-9]*.parquet")}
    for number in range(len(found)):
        if number not in found:
            raise RunFailed(
                f"Part {number:05d}.parquet is missing in {folder}. Start the run again."
            )
    return [found[number] for number in range(len(found))]


def counts_of(part: Path) -> Counts:
    """What became of the rows of a part.

    Raises:
        RunFailed: It is damaged.
    """
    return _said(part, lambda metadata: Counts(**json.loads(metadata[COUNTS])))


def budget_of(part: Path) -> dict[str, Any] | None:
    """The facts of the batch budget once the part was computed; None where it was untouched.

    Raises:
        RunFailed: It is damaged.
    """
    said = _said(part, lambda metadata: json.loads(metadata.get(BUDGET, b"null")))
    return dict(said) if said is not None else None


def _said(part: Path, read: Callable[[dict[bytes, bytes]], Said]) -> Said:
    try:
        return read(pq.read_schema(part).metadata or {})
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        why = (str(error).splitlines() or ["no details"])[0][:200]
        raise RunFailed(
            f"{part} is damaged ({why}). Delete it and all parts behind it; Resume computes their "
            "rows again."
        ) from error


def write_part(
    folder: Path,
    number: int,
    table: pa.Table,
    counts: Counts | None,
    budget: Mapping[str, Any] | None = None,
) -> None:
    """Write one window of results: whole, or not at all.

    Args:
        counts: What became of its rows; None if all went through the model.
        budget: Facts of the batch budget after it; None where it is untouched.

    Raises:
        RunFailed: The disk is full or the folder can't be written to.
    """
    if counts is None:
        failed = table.num_rows - table["error"].null_count
        counts = Counts(rows=table.num_rows, failed=failed, computed=table.num_rows)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    metadata = {COUNTS: json.dumps(asdict(counts)).encode()}
    if budget is not None:
        metadata[BUDGET] = json.dumps(budget).encode()
    said = table.replace_schema_metadata(metadata)
    buffer = pa.BufferOutputStream()
    pq.write_table(said, buffer, compression="zstd", write_page_checksum=True)
    write_whole(folder / f"{number:05d}.parquet", buffer.getvalue().to_pybytes())
