"""Another try for the rows that failed, as they are or mended by hand, within the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from golems.base import Row
from golems.datasets.text_encoding import is_encodable
from golems.errors import BadInput, RunFailed
from golems.runs.columns import PLACE, Result, original_columns, schema
from golems.runs.edits import edited_places, keep_edits
from golems.runs.known import known_results
from golems.runs.manifest import Manifest
from golems.runs.parts import budget_of, counts_of
from golems.runs.setup import load_golem, reopen, with_engine
from golems.runs.state import Counts
from golems.runs.store import Run
from golems.runs.window import OpenWindow, windows
from golems.tasks import task_class
from golems.words import counted

Results = dict[int, Result]
Watch = Callable[[str], None]


@dataclass(frozen=True)
class FailedRow:
    """A row without a prediction, as it stands in the run's table.

    Attributes:
        looks: A hash of its original columns; without the text of a row that was mended before.
        mended: The text of such a row, as the table has it now; else None.
    """

    looks: int
    mended: str | None


def retry(
    run: Run,
    edits: Mapping[int, str] | None = None,
    *,
    skip: frozenset[int] = frozenset(),
    watch: Watch = lambda _: None,
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
    with run.retry_lock():
        return try_again(run, edits or {}, skip, watch)


def try_again(
    run: Run, edits: Mapping[int, str], skip: frozenset[int], watch: Watch
) -> tuple[int, int]:
    """As ``retry``, for whoever holds the run's lock for that."""
    run.refuse_unended()
    manifest = run.manifest()
    failed = {
        place: row for place, row in failed_rows_of(run, manifest).items() if place not in skip
    }
    refuse_edits(manifest, edits, failed)
    if not failed:
        note(run, manifest)
        return 0, 0
    # A text that was mended in vain is tried as it stands in the table, and not as it was once.
    mended = {place: row.mended for place, row in failed.items() if row.mended is not None}
    texts = {**mended, **edits}
    results, before = predict_again(manifest, failed, texts, watch)
    watch("Writing")
    stood = {**before, **mended}
    keep_edits(run, manifest, {place: stood[place] for place in edits}, edits)
    try:
        for number, part in enumerate(run.parts()):
            rewrite(run, manifest, number, part, results, edits)
    finally:
        note(run, manifest)
    return len(failed), sum(one.error is not None for one in results.values())


def failed_rows_of(run: Run, manifest: Manifest) -> dict[int, FailedRow]:
    """The rows without a prediction by place, in their order."""
    mended = edited_places(run)
    names = original_columns(manifest)
    found: dict[int, FailedRow] = {}
    for part in run.parts():
        table = pq.read_table(part, columns=[PLACE, *names, "error"])
        for row in table.filter(pc.is_valid(table["error"])).to_pylist():
            cells = dict(zip(manifest.dataset.columns, (row[name] for name in names), strict=True))
            text = cells.get(manifest.dataset.column or "") if row[PLACE] in mended else None
            is_mended = text is not None
            found[row[PLACE]] = FailedRow(looks_of(manifest, cells, is_mended), text)
    return found


def looks_of(manifest: Manifest, cells: Mapping[str, str | None], is_mended: bool) -> int:
    """A hash of a row's original columns, by which the dataset's row is known again."""
    column = manifest.dataset.column if is_mended else None
    return hash(tuple(cells[name] for name in manifest.dataset.columns if name != column))


def refuse_edits(
    manifest: Manifest, edits: Mapping[int, str], failed: Mapping[int, FailedRow]
) -> None:
    """See that only failed texts are edited."""
    if edits and task_class(manifest.task).content == "image":
        raise BadInput("Pictures can't be edited here; mend the files and start a new run.")
    for place, text in edits.items():
        if place not in failed:
            raise BadInput(f"Row {place + 1} did not fail, so it can't be mended.")
        if not is_encodable(text):
            raise BadInput(
                f"The text for row {place + 1} holds bytes that are not valid Unicode; type it "
                "anew."
            )


def predict_again(
    manifest: Manifest,
    failed: Mapping[int, FailedRow],
    texts: Mapping[int, str],
    watch: Watch,
) -> tuple[Results, dict[int, str | None]]:
    """The results of the failed rows by place, and what stood where another text is read now.

    Args:
        texts: Place -> what is read instead of the dataset's text.
    """
    watch("Loading the golem")
    dataset = reopen(manifest)
    golem = load_golem(manifest, lambda _: None)
    with_engine(manifest, golem)
    parameters = golem.task.parameters.of(manifest.parameters)
    before: dict[int, str | None] = {}
    rows = chosen(dataset.rows(), manifest, failed, texts, before)
    results: Results = {}

    def keep_going(settled: int, _: int) -> bool:
        watch(f"Predicting: {len(results) + settled:,} of {counted(len(failed), 'row')}")
        return True

    with ExitStack() as stack:
        known = known_results(manifest, stack)
        for window in windows(rows, manifest.window):
            opened = OpenWindow(window, golem.task, parameters, known)
            worked = opened.work(keep_going=keep_going)
            assert worked is not None
            if known is not None:
                known.ledger.put(worked.new)
            places = [row.index for row in worked.rows]
            results |= dict(zip(places, worked.results, strict=True))
    if missing := set(failed) - set(results):
        raise RunFailed(f"{len(missing):,} of the failed rows are no longer in the dataset.")
    return results, before


def chosen(
    rows: Iterator[Row],
    manifest: Manifest,
    failed: Mapping[int, FailedRow],
    texts: Mapping[int, str],
    before: dict[int, str | None],
) -> Iterator[Row]:
    """The failed rows of a dataset, with the texts that are read instead of their own.

    Args:
        before: Is told what stood where another text is read.
    """
    left = len(failed)
    for row in rows:
        if row.index not in failed:
            continue
        was = failed[row.index]
        if looks_of(manifest, row.fields, was.mended is not None) != was.looks:
            raise RunFailed(
                f"Row {row.index + 1} of {manifest.dataset.name} is another one than when it "
                "failed: the data have changed. Start a new run; what is the same as before is "
                "taken from the ledger."
            )
        if row.index in texts:
            before[row.index] = row.fields.get(manifest.dataset.column or "")
            row = replace(row, content=texts[row.index], error=None)
        yield row
        left -= 1
        if not left:
            return


def rewrite(
    run: Run,
    manifest: Manifest,
    number: int,
    part: Path,
    results: Results,
    edits: Mapping[int, str],
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
        result = results[place]
        tried += result.error is None
        row.update({name: getattr(result, name) for name in manifest.result_columns})
        if place in edits:
            row[names[manifest.dataset.column or ""]] = edits[place]
    counts = counts_of(part)
    run.write_part(
        number,
        pa.Table.from_pylist(rows, schema=schema(manifest)),
        replace(
            counts,
            failed=sum(row["error"] is not None for row in rows),
            computed=counts.computed + tried,
        ),
        budget_of(part),
    )


def note(run: Run, manifest: Manifest) -> None:
    """Say in progress and manifest how many rows are failed now."""
    counts: Counts = run.counts()
    run.write_progress(replace(run.progress(), failed=counts.failed))
    if manifest.counts is not None:
        run.write_manifest(manifest.model_copy(update={"counts": asdict(counts)}))
