"""Rows on their way to a model: encoded many at a time, a bad one at its own cost alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from golems.base import Outcome, Row
from golems.errors import BadRow, GolemError
from golems.faults import is_no_rows_fault, reason
from golems.tasks.base import Parameters, Task

log = logging.getLogger(__name__)
# Rows held with their content while they are looked up or encoded together; pictures are large.
HELD_TOGETHER = {"text": 256, "image": 8}


def encode_all(
    task: Task[Any, Any], rows: Iterable[Row], parameters: Parameters
) -> tuple[list[Outcome | None], dict[int, Any]]:
    """Encode rows.

    Returns:
        For each row what has become of it, or None if it was encoded; and those, by their place.

    Raises:
        GolemError: The fault is not a row's.
        OSError: Nor is it here.
    """
    outcomes: list[Outcome | None] = []
    encoded: dict[int, Any] = {}
    for some in chunks(rows, HELD_TOGETHER[task.content]):
        readable: dict[int, str | bytes] = {}
        for row in some:
            outcomes.append(None)
            if row.error is not None or row.content is None:
                outcomes[-1] = Outcome(None, row.error or "The row holds nothing.")
            else:
                readable[len(outcomes) - 1] = row.content
        several = encode_some(task, [*readable.values()], parameters)
        for place, found in zip(readable, several, strict=True):
            if isinstance(found, Outcome):
                outcomes[place] = found
            else:
                encoded[place] = found
    return outcomes, encoded


def encode_some(
    task: Task[Any, Any], contents: Sequence[str | bytes], parameters: Parameters
) -> list[Any]:
    """Rows encoded, or the outcome of one that can't be; what breaks the encoder costs no other.

    Raises as ``encode_all``.
    """
    try:
        several = task.encode_many(contents, parameters)
    except (AssertionError, GolemError):
        raise
    except Exception as error:  # no row's oddity must cost the others
        if is_no_rows_fault(error):
            raise
        if len(contents) > 1:
            return [one for content in contents for one in encode_some(task, [content], parameters)]
        log.warning("A row could not be encoded.", exc_info=True)
        return [Outcome(None, reason(error))]
    return [Outcome(None, str(one)) if isinstance(one, BadRow) else one for one in several]


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of ``size``, the last one shorter."""
    source = iter(rows)
    while some := list(islice(source, size)):
        yield some
