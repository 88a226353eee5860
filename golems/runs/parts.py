"""The parts of a run: numbered Parquet files, each a window of results and what became of it.

Parquet's own checksums are of the data pages alone, and most readers, DuckDB among them, don't look
at them. So each part carries a seal: a digest of the whole file, taken with zeros in its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
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
SEAL = b"pantheon_seal"
SEALED_BY = b"sealed by sha256:"
UNSEALED = SEALED_BY + b"0" * 64
REMEMBERED = 100_000  # parts that aren't looked at again as long as they don't change
Signature = tuple[tuple[str, int, int], ...]


def part_paths(folder: Path) -> list[Path]:
    """The parts in a folder, in order, each just as it was written.

    Raises:
        RunFailed: One is damaged, or one in the middle is missing.
    """
    paths = paths_in_order(folder)
    for path in paths:
        refuse_broken_seal(path)
    return paths


def paths_in_order(folder: Path) -> list[Path]:
    """The parts in a folder, in order, without a look inside.

    Raises:
        RunFailed: One in the middle is missing.
    """
    found = {int(path.stem): path for path in folder.glob("[0-9]*.parquet")}
    for number in range(len(found)):
        if number not in found:
            raise RunFailed(
                f"Part {number:05d}.parquet is missing in {folder}. {way_out('the parts')}"
            )
    return [found[number] for number in range(len(found))]


def way_out(what: str) -> str:
    """What to do about parts that can't be read."""
    return (
        f"Delete {what} behind it, then resume the run (python -m golems resume RUN_DIR): their "
        "rows are computed again."
    )


def is_damaged(part: Path, why: object) -> RunFailed:
    """What to say of a part that isn't as it was written."""
    first = (str(why).splitlines() or ["no details"])[0][:200]
    return RunFailed(f"{part} is damaged ({first}). {way_out('it and all parts')}")


def refuse_broken_seal(part: Path) -> None:
    """See that a part is as it was written; parts of the first versions have no seal.

    Raises:
        RunFailed: It isn't.
    """
    try:
        whole = seal_holds(part, *_looks_of(part))
    except OSError as error:
        raise is_damaged(part, error.strerror or error) from error
    if not whole:
        raise is_damaged(part, "its bytes are not those that were written")


@lru_cache(maxsize=REMEMBERED)
def seal_holds(part: Path, *_: int) -> bool:
    """Whether a file is as it was sealed; what else is given tells when to look again."""
    content = part.read_bytes()
    at = content.rfind(SEALED_BY)
    if at < 0:
        return content.endswith(b"PAR1")
    unsealed = bytearray(content)
    unsealed[at : at + len(UNSEALED)] = UNSEALED
    seal(unsealed)
    return unsealed == content


def seal(content: bytearray) -> None:
    """Put a file's seal where the zeros are; the last ones, which no row has written."""
    start = content.rfind(UNSEALED) + len(SEALED_BY)
    digest = hashlib.sha256(content).hexdigest().encode()
    content[start : start + len(digest)] = digest


def signature_of(parts: Sequence[Path]) -> Signature:
    """What parts are: name, bytes and time of change of each; another one where one has changed.

    Raises:
        RunFailed: One is gone, or can't be looked at.
    """
    return tuple((part.name, *_looks_of(part)) for part in parts)


def counts_of(part: Path) -> Counts:
    """What became of the rows of a part; those of the first versions don't say it themselves.

    Raises:
        RunFailed: It is damaged.
    """
    return _counts(part, *_looks_of(part))


@lru_cache(maxsize=REMEMBERED)
def _counts(part: Path, *_: int) -> Counts:
    said = _said(part, lambda metadata: json.loads(metadata.get(COUNTS, b"null")))
    try:
        return counted(pq.read_table(part, columns=["error"])) if said is None else Counts(**said)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise is_damaged(part, error) from error


def counted(table: pa.Table) -> Counts:
    """What became of rows that all went through the model."""
    failed = table.num_rows - table["error"].null_count
    return Counts(rows=table.num_rows, failed=failed, computed=table.num_rows)


def budget_of(part: Path) -> dict[str, Any] | None:
    """The facts of the batch budget once the part was computed; None where it was untouched.

    Raises:
        RunFailed: It is damaged.
    """
    said = _said(part, lambda metadata: json.loads(metadata.get(BUDGET, b"null")))
    return dict(said) if said is not None else None


def _looks_of(part: Path) -> tuple[int, int]:
    """A file's bytes and time of change.

    Raises:
        RunFailed: It is gone, or can't be looked at.
    """
    try:
        stat = part.stat()
    except OSError as error:
        raise is_damaged(part, error.strerror or error) from error
    return stat.st_size, stat.st_mtime_ns


def _said(part: Path, read: Callable[[dict[bytes, bytes]], Said]) -> Said:
    try:
        return read(pq.read_schema(part).metadata or {})
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise is_damaged(part, error) from error


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
        counts = counted(table)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    metadata = {COUNTS: json.dumps(asdict(counts)).encode(), SEAL: UNSEALED}
    if budget is not None:
        metadata[BUDGET] = json.dumps(budget).encode()
    said = table.replace_schema_metadata(metadata)
    buffer = pa.BufferOutputStream()
    pq.write_table(said, buffer, compression="zstd", write_page_checksum=True)
    content = bytearray(buffer.getvalue())
    seal(content)
    write_whole(folder / f"{number:05d}.parquet", content)
