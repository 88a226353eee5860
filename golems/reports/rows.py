"""Rows of a run to look at: a page of those that were selected, and one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.errors import BadInput
from golems.reports.kept import kept
from golems.reports.overview import label_shares
from golems.reports.selection import ALL, ORDER, Order, Selection, where
from golems.reports.view import View
from golems.runs.columns import PLACE

if TYPE_CHECKING:
    import pandas as pd

RESULTS = (
    "label", "score", "generated_text", "truth", "error", "note", "tokens", "tokens_dropped",
)  # fmt: skip
PAGE_ROWS = 100
FREQUENT = 5  # labels, whose bars are clicked first


@dataclass(frozen=True)
class FullRow:
    """All there is to say of one row.

    Attributes:
        place: In its dataset, from 0.
        fields: The original columns.
        scores: Label, as it is called, -> score, best first; those that were kept. None for a
            score that is no finite number.
    """

    place: int
    fields: dict[str, str | None]
    label: str | None
    score: float | None
    scores: dict[str, float | None]
    truth: str | None
    generated_text: str | None
    error: str | None
    note: str | None
    tokens: int | None
    tokens_dropped: int | None


@dataclass(frozen=True)
class Found:
    """The rows of a selection.

    Attributes:
        rows: How many.
        first: Places, from 0, of the first ones in their order.
    """

    rows: int
    first: tuple[int, ...]


@kept
def true_labels(view: View) -> tuple[str, ...]:
    """The labels that are right somewhere, most frequent first; at most 1,000."""
    return tuple(
        label
        for (label,) in view.ask(
            "SELECT truth FROM rows WHERE truth IS NOT NULL GROUP BY truth "
            "ORDER BY count(*) DESC, truth LIMIT 1000"
        )
    )


def find_first_pages(view: View) -> None:
    """Find what most people ask for first: all rows, and those of a frequent label."""
    labels = [Selection(labels=(one.label,)) for one in label_shares(view)[:FREQUENT]]
    for selection in (ALL, *labels):
        find_rows(view, selection, "place", PAGE_ROWS)


@kept
def find_rows(
    view: View, selection: Selection = ALL, order: Order = "place", most: int = PAGE_ROWS
) -> Found:
    """Count a selection's rows and find the first ones, in one pass over all texts.

    Args:
        most: So many of the first ones.

    Raises:
        BadInput: It names a column that isn't there.
    """
    condition, given = where(view, selection)
    rows, first = view.ask(
        "WITH found AS MATERIALIZED ("
        f"SELECT {PLACE}, score, chars FROM rows WHERE {condition}), "
        f"first AS (SELECT * FROM found ORDER BY {ORDER[order]} LIMIT {most}) "
        f"SELECT (SELECT count(*) FROM found), "
        f"(SELECT list({PLACE} ORDER BY {ORDER[order]}) FROM first)",
        given,
    )[0]
    return Found(rows, tuple(first or ()))


def page_of_rows(
    view: View,
    selection: Selection = ALL,
    *,
    order: Order = "place",
    first: int = 0,
    rows: int = PAGE_ROWS,
) -> pd.DataFrame:
    """Some of the selected rows: ``place``, the ``RESULTS``, the original columns.

    These have the names that the view gives them.

    Args:
        first: How many of them to pass over.

    Raises:
        BadInput: The selection names a column that isn't there.
    """
    if first:
        condition, given = where(view, selection)
        places = [
            place
            for (place,) in view.ask(
                f"SELECT {PLACE} FROM rows WHERE {condition} ORDER BY {ORDER[order]} "
                "LIMIT ? OFFSET ?",
                [*given, rows, first],
            )
        ]
    else:
        places = [*find_rows(view, selection, order, rows).first]
    # The wide columns are read for the rows of the page alone.
    wanted = ", ".join([PLACE, *RESULTS, *view.columns.values()])
    return view.connection.execute(
        f"SELECT {wanted} FROM rows WHERE {PLACE} IN (SELECT unnest(?)) ORDER BY {ORDER[order]}",
        [places],
    ).df()


@dataclass(frozen=True)
class Beside:
    """Where a row stands among those of a selection.

    Attributes:
        before, after: Places of its neighbours; None at the ends.
        at: Which of them it is, from 1.
        rows: How many they are.
    """

    before: int | None
    after: int | None
    at: int
    rows: int


def beside(
    view: View, place: int, selection: Selection = ALL, order: Order = "place"
) -> Beside | None:
    """The neighbours of a row in a selection; None where it isn't among its rows.

    Raises:
        BadInput: The selection names a column that isn't there.
    """
    condition, given = where(view, selection)
    found = view.ask(
        f"SELECT * EXCLUDE ({PLACE}) FROM (SELECT {PLACE}, lag({PLACE}) OVER asked, "
        f"lead({PLACE}) OVER asked, row_number() OVER asked, count(*) OVER () "
        f"FROM rows WHERE {condition} WINDOW asked AS (ORDER BY {ORDER[order]})) "
        f"WHERE {PLACE} = ?",
        [*given, place],
    )
    return Beside(*found[0]) if found else None


def full_row(view: View, place: int) -> FullRow:
    """One row.

    Raises:
        BadInput: There is no row at that place.
    """
    names = [*view.columns.values()]
    found: list[tuple[Any, ...]] = view.ask(
        f"SELECT {', '.join([*RESULTS, 'labels', 'scores', *names])} FROM rows WHERE {PLACE} = ?",
        [place],
    )
    if not found:
        raise BadInput(f"The run has no row {place + 1:,}.")
    label, score, generated, truth, error, note, tokens, dropped, labels, scores, *cells = found[0]
    called = view.choices.names
    return FullRow(
        place=place,
        fields=dict(zip(view.columns, cells, strict=True)),
        label=label,
        score=score,
        scores={
            called.get(name, name): value
            for name, value in zip(labels or (), scores or (), strict=True)
        },
        truth=truth,
        generated_text=generated,
        error=error,
        note=note,
        tokens=tokens,
        tokens_dropped=dropped,
    )
