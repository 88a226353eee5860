"""The parts of a run merged into a few larger files, so that a report is quick.

A run of a million rows has a thousand parts, and opening them takes longer than counting what is in
them. So the parts are merged, 64 into one segment, and what a report asks for again and again is
worked out once: the scores as numbers, the length of the text. Segments hold nothing that the parts
don't; whoever deletes them loses a second. A segment's name says which parts it was made of and how
they looked, so that one of changed parts is not taken for one of today's.

```
segments/00000-1f2e3d4c5b6a7988.parquet
```
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from golems.errors import RunFailed
from golems.runs.columns import PLACE, schema
from golems.runs.files import cannot_write, locked
from golems.runs.manifest import Manifest
from golems.runs.parts import Signature, paths_in_order, refuse_broken_seal, signature_of, way_out
from golems.runs.state import ENDED
from golems.runs.store import Run

PARTS = 64  # of one segment
FOLDER, LOCK = "segments", "segments.lock"
VERSION = b"4"  # of what is worked out; another one has segments made anew
SEPARATOR = "\x1f"  # "unit separator" of ASCII; nobody searches for it
MEMORY, THREADS = "512MB", 2  # to write a segment
BROKEN = (duckdb.FatalException, duckdb.InternalException)  # a database that answers no more
# What is wrong with a question, unless a file has other columns than it should.
ASKED_WRONGLY = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)
NOT_DAMAGE = (duckdb.OutOfMemoryException, *BROKEN)  # whose fault it is, the files' it is not
GROUP_BYTES, GROUP_ROWS = 16_000_000, 65_536  # most of a row group, which is held in memory


@dataclass(frozen=True)
class Segments:
    """The rows of a run, as files to be read together.

    Attributes:
        whole: Merged parts, in order.
        rest: Parts after those that are not merged yet, in order.
        signature: Of all parts; another one as soon as one of them changes or comes.
    """

    whole: tuple[Path, ...]
    rest: tuple[Path, ...]
    signature: Signature


def segments_of(run: Run) -> Segments:
    """A run's rows in as few files as can be; merges what isn't merged yet.

    While the run goes on the last parts, fewer than 64, stay as they are.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    parts = paths_in_order(run.folder / "parts")
    signature = signature_of(parts)
    complete = len(parts) if run.state() in ENDED else len(parts) // PARTS * PARTS
    groups = [slice(first, min(first + PARTS, complete)) for first in range(0, complete, PARTS)]
    folder = run.folder / FOLDER
    paths = [folder / name_of(group.start, signature[group]) for group in groups]
    if not all(path.exists() for path in paths):
        merge(run, [parts[group] for group in groups], paths)
    if not all(path.exists() for path in paths):  # a full disk, or not ours; too little memory
        for part in parts:
            refuse_broken_seal(part)
        return Segments((), tuple(parts), signature)
    for part in parts[complete:]:
        refuse_broken_seal(part)
    return Segments(tuple(paths), tuple(parts[complete:]), signature)


def name_of(first: int, signature: Signature) -> str:
    """A segment's file name."""
    digest = hashlib.sha256(VERSION + repr(signature).encode()).hexdigest()[:16]
    return f"{first:05d}-{digest}.parquet"


def merge(run: Run, groups: Sequence[Sequence[Path]], paths: Sequence[Path]) -> None:
    """Write the segments that aren't there; remove those of parts that have changed since.

    Where nothing can be written, nothing is: whoever asked reads the parts themselves.

    Raises:
        RunFailed: A part is damaged.
    """
    manifest, folder = run.manifest(), run.folder / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        with locked(run.folder / LOCK):
            for group, path in zip(groups, paths, strict=True):
                if not path.exists():
                    write(manifest, group, path)
            for path in folder.iterdir():
                if path not in paths:
                    with suppress(OSError):  # somebody reads it still, where that prevents it
                        path.unlink()
    except OSError:
        return
    except RunFailed as error:
        if not isinstance(error.__cause__, OSError):
            raise


def write(manifest: Manifest, parts: Sequence[Path], path: Path) -> None:
    """Write one segment: whole, or not at all.

    Raises:
        RunFailed: A part is damaged; or the folder can't be written to, or there is too little
            memory for it, and then the cause is an OSError.
    """
    for part in parts:
        refuse_broken_seal(part)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with duckdb.connect(config={"memory_limit": MEMORY, "threads": THREADS}) as connection:
            connection.read_parquet([str(part) for part in parts]).create_view("parts")
            connection.sql(f"SELECT {', '.join(worked_out(manifest))} FROM parts").write_parquet(
                # Half as large again as by zstd, and read in half the time.
                str(temporary),
                compression="snappy",
                row_group_size=group_rows(parts),
            )
        temporary.replace(path)
    except (duckdb.IOException, *NOT_DAMAGE) as error:
        raise cannot_write(path, OSError(str(error))) from OSError(str(error))
    except ASKED_WRONGLY:
        refuse_other_columns(manifest, parts)
        raise
    except (duckdb.Error, pa.ArrowException) as error:
        raise RunFailed(
            f"The parts {parts[0].name} to {parts[-1].name} in {parts[0].parent} can't be read "
            f"({str(error).splitlines()[0][:200]}). {way_out('them and all parts')}"
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def group_rows(parts: Sequence[Path]) -> int:
    """Rows of a row group of what is made of parts: fewer where texts are long."""
    groups = [
        metadata.row_group(number)
        for metadata in map(pq.read_metadata, parts)
        for number in range(metadata.num_row_groups)
    ]
    size = sum(one.total_byte_size for one in groups) / max(1, sum(one.num_rows for one in groups))
    return max(1, min(GROUP_ROWS, int(GROUP_BYTES / max(1, size))))


def refuse_other_columns(manifest: Manifest, parts: Sequence[Path]) -> None:
    """See that parts have the columns of today.

    Raises:
        RunFailed: They were written by another version.
    """
    wanted = schema(manifest).names
    for part in parts:
        if pq.read_schema(part).names != wanted:
            folder = part.parent
            raise RunFailed(
                f"The results in {folder} were written by another version of this app, which gave "
                "them other columns. Do the run again: python -m golems run "
                f"{folder.parent / 'manifest.json'}"
            )


def worked_out(manifest: Manifest) -> list[str]:
    """What a segment says of a row, as SQL over the columns of a part.

    Every task has the same columns; what it doesn't give is NULL.

    - ``place``, ``original_0`` ...: as in the parts.
    - ``predicted``: the label; ``score``: its score, NULL where that is no finite number.
    - ``labels``, ``scores``: the labels that were kept, best first, and their scores; two lists;
      a score that is no finite number is NULL there too.
    - ``generated_text``, ``error``, ``tokens``, ``tokens_dropped``, ``note``: as in the parts.
    - ``chars``: characters of the column that was read.
    - ``searched``: the original columns and the generated text in lower case, one after the other
      with ``SEPARATOR`` in between. Lower case takes longer than looking for a word in it.
    """
    has = manifest.result_columns
    originals = [name for name in schema(manifest).names if name.startswith("original_")]
    scores = "predicted_scores" if "predicted_scores" in has else "NULL::VARCHAR"
    number = "predicted_score" if "predicted_score" in has else "NULL::DOUBLE"
    columns, column = list(manifest.dataset.columns), manifest.dataset.column
    content = f"original_{columns.index(column)}" if column in columns else "NULL::VARCHAR"
    texts = [*originals, "generated_text" if "generated_text" in has else "NULL"]
    return [
        PLACE,
        *originals,
        f"{'predicted_label' if 'predicted_label' in has else 'NULL::VARCHAR'} AS predicted",
        f"CASE WHEN isfinite({number}) THEN {number} END AS score",
        f"json_keys({scores}) AS labels",
        f"[CASE WHEN isfinite(x) THEN x END FOR x IN json_extract({scores}, '$.*')::DOUBLE[]] "
        "AS scores",
        *(
            name if name in has else f"NULL::{kind} AS {name}"
            for name, kind in (
                ("generated_text", "VARCHAR"), ("error", "VARCHAR"),
                ("tokens", "BIGINT"), ("tokens_dropped", "BIGINT"),
                ("note", "VARCHAR"),
            )
        ),
        f"length({content}) AS chars",
        f"lower(concat_ws('{SEPARATOR}', {', '.join(texts)})) AS searched",
    ]  # fmt: skip
