"""Another try for the rows that failed, as they are or mended by hand, within the same run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from golems.base import Row
from golems.errors import BadInput, RunFailed
from golems.runs.columns import PLACE, original_columns, schema
from golems.runs.files import cannot_write
from golems.runs.known import known_results
from golems.runs.manifest import Manifest
from golems.runs.parts import counts_of
from golems.runs.setup import load_golem, reopen, with_engine
from golems.runs.state import ENDED, Counts
from golems.runs.store import Run
from golems.runs.window import work_window
from golems.tasks import task_class

Results = dict[int, dict[str, Any]]


def retry(
    run: Run,
    edits: Mapping[int, str] | None = None,
    *,
    skip: frozenset[int] = frozenset(),
    watch: Callable[[str], None] = lambda _: None,
) -> tuple[int, int]:
    """Predict the failed rows of an ended run again, and put what comes of it into its parts.

    Args:
        edits: Place of a row in its dataset, from 0 -> the text it should have been. It is also
            written into the row's column; ``edits.jsonl`` keeps what stood there.
        skip: Places of rows to leave as they are.
        watch: Called with what is being done, in words.

    Returns:
        How many rows were tried, and how many of them failed again.

    Raises:
        BadInput: An edited row didn't fail, or this golem reads no texts.
        RunFailed: Somebody works on the run, or its dataset or weights are others now.
    """
    edits = edits or {}
    lock = FileLock(run.folder / "retry.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RunFailed(f"The failed rows of {run.id} are being tried again already.") from None
    except OSError as error:
        raise cannot_write(run.folder, error) from error
    try:
        if run.state() not in ENDED:
            raise RunFailed(f"Run {run.id} is {run.state()}; wait for its end, or stop it.")
        manifest = run.manifest()
        failed = failed_places(run) - skip
        refuse_edits(manifest, edits, failed)
        if not failed:
            return 0, 0
        results, mended = predict_again(manifest, failed, edits, watch)
        watch("Writing")
        keep_edits(run, manifest, mended)
        for number, part in enumerate(run.parts()):
            rewrite(run, manifest, number, part, results, mended)
        note(run, manifest)
        return len(failed), sum(one["error"] is not None for one in results.values())
    finally:
        lock.release()


def failed_places(run: Run) -> frozenset[int]:
    """Places of the rows without a prediction."""
    found: list[int] = []
    for part in run.parts():
        table = pq.read_table(part, columns=[PLACE, "error"])
        found += table.filter(pc.is_valid(table["error"]))[PLACE].to_pylist()
    return frozenset(found)


def refuse_edits(manifest: Manifest, edits: Mapping[int, str], failed: frozenset[int]) -> None:
    """See that only failed texts are edited."""
    if edits and task_class(manifest.task).content == "image":
        raise BadInput("Pictures can't be edited here; mend the files and start a new run.")
    for place in edits:
        if place not in failed:
            raise BadInput(f"Row {place + 1} did not fail, so it can't be mended.")


def predict_again(
    manifest: Manifest,
    failed: frozenset[int],
    edits: Mapping[int, str],
    watch: Callable[[str], None],
) -> tuple[Results, dict[int, Row]]:
    """The results of the failed rows by place, and the edited rows as they were."""
    watch("Loading the golem")
    dataset = reopen(manifest)
    golem = load_golem(manifest, lambda _: None)
    with_engine(manifest, golem)
    parameters = golem.task.parameters.of(manifest.parameters)
    before: dict[int, Row] = {}

    def chosen() -> Iterator[Row]:
        for row in dataset.rows():
            if row.index not in failed:
                continue
            if row.index in edits:
                before[row.index] = row
                row = replace(row, content=edits[row.index], error=None)
            yield row

    watch("Predicting")
    results: Results = {}
    rows = chosen()
    with ExitStack() as stack:
        known = known_results(manifest, stack)
        while some := list(islice(rows, manifest.window)):
            worked = work_window(some, golem.task, parameters, known=known)
            assert worked is not None
            if known is not None:
                known.ledger.put(worked.new)
            results |= {row.index: one for row, one in zip(some, worked.values, strict=True)}
    if missing := failed - set(results):
        raise RunFailed(f"{len(missing):,} of the failed rows are no longer in the dataset.")
    return results, {
        place: replace(row, content=edits[place], fields={**row.fields})
        for place, row in before.items()
    }


def keep_edits(run: Run, manifest: Manifest, mended: Mapping[int, Row]) -> None:
    """Write down what stood in the edited cells."""
    if not mended:
        return
    column = manifest.dataset.column
    lines = [
        json.dumps(
            {
                "at": time.time(),
                "row": place + 1,
                "column": column,
                "before": row.fields.get(column or ""),
                "after": row.content,
            },
            ensure_ascii=False,
        )
        for place, row in sorted(mended.items())
    ]
    path = run.folder / "edits.jsonl"
    try:
        with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise cannot_write(path, error) from error


def rewrite(
    run: Run,
    manifest: Manifest,
    number: int,
    part: Path,
    results: Results,
    mended: Mapping[int, Row],
) -> None:
    """Put new results into one part: whole, or not at all."""
    table = pq.read_table(part)
    rows = table.to_pylist()
    if not any(row[PLACE] in results for row in rows):
        return
    names = dict(zip(manifest.dataset.columns, original_columns(manifest), strict=True))
    tried = 0
    for row in rows:
        place = row[PLACE]
        if place not in results:
            continue
        tried += results[place]["error"] is None
        row.update({name: results[place][name] for name in manifest.result_columns})
        if place in mended:
            row[names[manifest.dataset.column or ""]] = mended[place].content
    counts = counts_of(part)
    run.write_part(
        number,
        pa.Table.from_pylist(rows, schema=schema(manifest)),
        replace(
            counts,
            failed=sum(row["error"] is not None for row in rows),
            computed=counts.computed + tried,
        ),
    )


def note(run: Run, manifest: Manifest) -> None:
    """Say in progress and manifest how many rows are failed now."""
    counts: Counts = run.counts()
    run.write_progress(replace(run.progress(), failed=counts.failed))
    if manifest.counts is not None:
        run.write_manifest(manifest.model_copy(update={"counts": asdict(counts)}))
