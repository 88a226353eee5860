"""A run over some rows of another one, read in another way; their places join the results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from golems.errors import BadInput
from golems.runs.address import hub_commit
from golems.runs.columns import PLACE, free_name, result_columns
from golems.runs.files import cannot_write, read_fact, write_whole
from golems.runs.manifest import DatasetSpec, Manifest
from golems.runs.own_input import FOLDER
from golems.runs.start import make_folder, new_run_id
from golems.runs.store import Run
from golems.settings import settings

NOTE = "rows-of.json"
NAME = "cut-off-rows.parquet"


@dataclass(frozen=True)
class RowsOf:
    """Where the rows of such a run come from.

    Attributes:
        run: Id of that run.
        place: The column of this run's dataset that says a row's place there, from 0; the first
            one. The second one is the text.
    """

    run: str
    place: str


def rows_of(run: Run) -> RowsOf | None:
    """Of which run this one has rows; None where it has a dataset like any other.

    Raises:
        RunDamaged: What says so can't be read.
    """
    return read_fact(run.folder / NOTE, RowsOf, "Delete it; the run is one like any other then.")


def run_of_rows(
    manifest: Manifest,
    rows: Iterable[pa.RecordBatch],
    parameters: Mapping[str, Any],
    *,
    asked_by: str = "",
) -> Run:
    """Write the folder of a run over some rows of another one, in the same precision.

    Args:
        manifest: Of the run whose rows they are; it reads texts.
        rows: Two columns: places, int64, and texts.
        parameters: Those of the task that are other ones.

    Raises:
        BadInput: There are no rows, or the run reads no texts.
        RunFailed: The folder can't be written to.
    """
    if manifest.dataset.column is None:
        raise BadInput(f"Run {manifest.id} reads no texts, so no rows of it can be read otherwise.")
    columns = (free_name(PLACE, [manifest.dataset.column]), manifest.dataset.column)
    run_id = new_run_id(manifest.title, manifest.dataset.name)
    place = (settings().runs_dir / run_id).resolve()
    make_folder(place)
    run = Run(place)
    path = place / FOLDER / NAME
    if not _write(path, columns, rows):
        path.unlink()
        path.parent.rmdir()
        place.rmdir()
        raise BadInput(f"No row of run {manifest.id} was chosen, so there is nothing to run.")
    results = result_columns(manifest.task, columns)
    note = RowsOf(manifest.id, columns[0])
    write_whole(place / NOTE, json.dumps(asdict(note)).encode())
    run.write_manifest(
        manifest.model_copy(
            update={
                "id": place.name,
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "dataset": DatasetSpec(
                    path=str(path),
                    name=f"some rows of {manifest.dataset.name}",
                    kind="parquet",
                    columns=columns,
                    column=columns[1],
                    notes=(f"Rows of run {manifest.id}; '{columns[0]}' is their place there.",),
                ),
                "parameters": {**manifest.parameters, **parameters},
                # Only how the texts are read is to differ.
                "commit": hub_commit(manifest),
                "precision": manifest.engine.precision if manifest.engine else manifest.precision,
                "row_column": free_name("row", [*columns, *results.values()]),
                "result_columns": results,
                "max_failed_share": None,
                "asked_by": asked_by,
                "engine": None,
                "counts": None,
            }
        )
    )
    return run


def _write(path: Path, columns: tuple[str, str], rows: Iterable[pa.RecordBatch]) -> int:
    """Write the rows, exact to the character; says how many there were."""
    schema = pa.schema([(columns[0], pa.int64()), (columns[1], pa.string())])
    written = 0
    try:
        path.parent.mkdir()
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in rows:
                writer.write_batch(pa.record_batch(batch.columns, schema=schema))
                written += batch.num_rows
    except OSError as error:
        raise cannot_write(path, error) from error
    return written
