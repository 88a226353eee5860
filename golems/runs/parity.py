"""A lower precision compared with fp32 on rows of a run's own dataset, before it is taken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from golems.base import Row
from golems.datasets import Dataset
from golems.encoding import encode_all
from golems.faults import free_memory, is_no_rows_fault
from golems.golem import Golem
from golems.runs.manifest import Manifest, Parity
from golems.tasks.base import Choice

log = logging.getLogger(__name__)
LEAST_AGREEMENT = 0.995
FEWEST_ROWS = 64  # of a run that may take a lower precision unasked; in smaller ones little is won
COMPARED = (8, 200)  # rows at least and at most
ONE_IN = 64  # rows of the dataset
SPREAD_OVER = 4  # windows from the start of the dataset, of which the rows are taken


def sampled(dataset: Dataset, rows: int, window: int) -> list[Row]:
    """Rows to compare on, spread evenly over the first windows of a dataset.

    Args:
        rows: Of the dataset.
    """
    among = min(rows, SPREAD_OVER * window)
    wanted = min(among, max(COMPARED[0], min(COMPARED[1], rows // ONE_IN)))
    places = {place * among // wanted for place in range(wanted)}
    return [
        row for place, row in zip(range(among), dataset.rows(), strict=False) if place in places
    ]


def choices(golem: Golem, rows: Iterable[Row], manifest: Manifest) -> dict[int, list[Choice]]:
    """What a golem decides about rows, by their places; rows that it can't predict are left out.

    Raises:
        GolemError: The fault is not a row's.
    """
    parameters = golem.task.parameters.of({**manifest.parameters, **all_labels(manifest)})
    _, encoded = encode_all(golem.task, rows, parameters)
    found: dict[int, list[Choice]] = {}
    for place, one in encoded.items():
        try:
            found[place] = golem.task.choices(one, parameters)
        except (RuntimeError, ValueError) as error:
            if is_no_rows_fault(error):
                raise
            log.warning("A row could not be compared.", exc_info=True)
            free_memory()
    return found


def all_labels(manifest: Manifest) -> dict[str, Any]:
    return {"top_k": None} if "predicted_scores" in manifest.result_columns else {}


def compared(
    precision: str, exact: dict[int, list[Choice]], lower: dict[int, list[Choice]], *, asked: bool
) -> Parity:
    """The two compared.

    Args:
        precision: That of ``lower``.
        asked: Whether somebody asked for just this precision, whatever is found.
    """
    pairs = list(paired(exact, lower))
    same = sum(one.label == other.label for one, other in pairs)
    differences = (
        abs(score - other.scores[label])
        for one, other in pairs
        for label, score in one.scores.items()
        if label in other.scores
    )
    return Parity(
        precision=precision,
        rows=len(exact),
        choices=len(pairs),
        same=same,
        largest_difference=round(max(differences, default=0.0), 8),
        taken=asked or (bool(pairs) and same >= LEAST_AGREEMENT * len(pairs)),
    )


def paired(
    exact: dict[int, list[Choice]], lower: dict[int, list[Choice]]
) -> Iterator[tuple[Choice, Choice]]:
    """Choices at the same places; a row that only fp32 can do agrees in nothing."""
    for place, ones in exact.items():
        others = lower.get(place) or [Choice("", {})] * len(ones)
        yield from zip(ones, others, strict=True)


def picked(
    manifest: Manifest,
    dataset: Dataset,
    load: Callable[[str], Golem],
    *,
    lower: str | None,
    say: Callable[[str], None],
) -> tuple[Golem, Parity | None]:
    """The golem in the precision of a run that begins.

    Args:
        load: Gives the golem in a precision, ``auto`` included.
        lower: The precision to compare with fp32; None where there is none to be had.
        say: Called with what is going on, in words.
    """
    rows = manifest.dataset.rows or 0
    asked = manifest.precision != "auto"
    if lower is None or (not asked and rows < FEWEST_ROWS):
        return load(manifest.precision), None
    some = sampled(dataset, rows, manifest.window)
    golem = load("fp32")
    say(f"Comparing {lower} with fp32")
    exact = choices(golem, some, manifest)
    golem.unload()
    golem = load(lower)
    parity = compared(lower, exact, choices(golem, some, manifest), asked=asked)
    if not parity.taken:
        log.warning("%s", parity)
        golem.unload()
        golem = load("fp32")
    return golem, parity
