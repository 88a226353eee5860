"""What a run knows already: the ledger's results, and the rows in its own parts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice

import pyarrow.parquet as pq

from golems.base import Row
from golems.ledger import Ledger, key_of, scope
from golems.runs.columns import Result
from golems.runs.edits import edited_places
from golems.runs.manifest import Manifest
from golems.runs.parts import counts_of
from golems.runs.store import Run
from golems.runs.window import Known


def known_results(manifest: Manifest, stack: ExitStack) -> Known | None:
    """The ledger, where the run uses it."""
    if not manifest.ledger or manifest.engine is None:
        return None
    common = scope(
        manifest.task,
        manifest.engine.commit,
        manifest.parameters,
        manifest.engine.precision,
        languages=manifest.engine.languages,
    )
    return Known(stack.enter_context(Ledger()), common)


def pass_over(run: Run, manifest: Manifest, rows: Iterator[Row], known: Known | None) -> None:
    """Pass over the rows that are in parts.

    The last part may have been written without reaching the ledger: it is put there now, so that
    what comes is computed as if nothing had happened. What a text gave that was mended by hand is
    left out: the dataset has another text there.
    """
    parts = run.parts()
    sizes = [counts_of(part).rows for part in parts]
    deque(islice(rows, sum(sizes[:-1])), maxlen=0)
    if not sizes:
        return
    last = list(islice(rows, sizes[-1]))
    if known is None:
        return
    mended = edited_places(run)
    names = list(manifest.result_columns)
    found = pq.read_table(parts[-1], columns=names).to_pylist()
    known.ledger.put(
        {
            key_of(known.scope, row.content): Result(**values)
            for row, values in zip(last, found, strict=True)
            if row.content is not None and values["error"] is None and row.index not in mended
        }
    )
