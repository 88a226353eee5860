"""The first look at a dataset: every row once, without the model."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from golems.base import Row
from golems.datasets import Dataset
from golems.datasets.decode import picture_size
from golems.datasets.pictures import EMPTY
from golems.encoding import HELD_TOGETHER, chunks
from golems.errors import BadRow
from golems.ledger import key_of
from golems.preflight.lengths import SAMPLED, LengthSample
from golems.runs.window import Known
from golems.settings import settings
from golems.tasks import Parameters, Task
from golems.tasks.text import checked_text, is_blank

DIGEST_BYTES = 8  # kept of each row; among 10**8 rows two clash with odds of 1 in 2,000


@dataclass(frozen=True)
class Counted:
    """What a dataset holds.

    Attributes:
        rows: All of them.
        empty: Rows with nothing in them: an empty or blank text, a file of 0 bytes.
        unreadable: Further rows that can't be read. Pictures are looked at without decoding
            their pixels, so that one that is cut off counts as readable.
        duplicates: Readable rows with the content of an earlier row.
        known: Readable rows whose result the ledger has.
        to_compute: Rows that the model will have to see.
    """

    rows: int
    empty: int
    unreadable: int
    duplicates: int
    known: int
    to_compute: int
    lengths: LengthSample


def count_rows(
    dataset: Dataset,
    task: Task[Any, Any],
    parameters: Parameters,
    *,
    known: Known | None,
    window: int,
    watch: Callable[[int], None] = lambda _: None,
    most_measured: int = SAMPLED,
) -> Counted:
    """Stream a dataset once, keeping 8 bytes a row and a sample of lengths.

    Args:
        known: The ledger; None where the run doesn't use it.
        window: Rows that the run commits together: without a ledger it finds repetitions within
            one only.
        watch: Called with the rows so far, every some hundred.
        most_measured: Rows whose length is measured at most.

    Raises:
        BadInput: The dataset as a whole can't be read.
    """
    sample = LengthSample(task, parameters, most_measured)
    digests = array("Q")
    rows = empty = unreadable = in_ledger = first_of_window = 0
    of_window: set[int] = set()
    ledger = known.ledger if known is not None else None
    scope = known.scope if known is not None else b""
    for some in chunks(dataset.rows(), HELD_TOGETHER[task.content]):
        readable: list[tuple[Row, bytes]] = []
        for row in some:
            rows += 1
            why = trouble(row)
            empty += why == EMPTY
            unreadable += why is not None and why != EMPTY
            if rows % window == 1 or window == 1:
                of_window.clear()
            if why is not None or row.content is None:
                continue
            key = key_of(scope, row.content)
            readable.append((row, key))
            digest = int.from_bytes(key[:DIGEST_BYTES])
            first_of_window += digest not in of_window
            of_window.add(digest)
            sample.offer(row.index, row.content)
        found = [False] * len(readable)
        if ledger is not None:
            in_it = ledger.get_all([key for _, key in readable])
            found = [key in in_it for _, key in readable]
        in_ledger += sum(found)
        # The last bit says whether the ledger knows it.
        digests.extend(
            int.from_bytes(key[:DIGEST_BYTES]) & ~1 | is_known
            for (_, key), is_known in zip(readable, found, strict=True)
        )
        watch(rows)
    sample.measure()
    different, new = unique(digests)
    return Counted(
        rows=rows,
        empty=empty,
        unreadable=unreadable,
        duplicates=len(digests) - different,
        known=in_ledger,
        to_compute=new if known is not None else first_of_window,
        lengths=sample,
    )


def trouble(row: Row) -> str | None:
    """Why a row can't be read, as far as can be told without the model; ``EMPTY``: it is empty."""
    if row.error is not None or row.content is None:
        return row.error or EMPTY
    try:
        if isinstance(row.content, str):
            if is_blank(row.content):
                return EMPTY
            checked_text(row.content)
        else:
            picture_size(row.content, max_pixels=settings().max_image_pixels)
    except BadRow as error:
        return str(error)
    return None


def unique(digests: array[int]) -> tuple[int, int]:
    """How many digests differ, and how many of those the ledger doesn't know."""
    import numpy as np

    if not digests:
        return 0, 0
    values = np.frombuffer(digests, dtype=np.uint64)
    values.sort()
    is_first = np.empty(len(values), dtype=bool)
    is_first[0] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return int(is_first.sum()), int((is_first & (values & np.uint64(1) == 0)).sum())
