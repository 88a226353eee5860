"""What the rows of a run can be sliced by: the kinds of cells that its columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golems.reports.cells import VECTOR_ROWS, by_column
from golems.reports.kept import kept
from golems.reports.selection import AS, Sliced
from golems.reports.view import View

MOST_VALUES = 50
ENOUGH = 0.95  # of the cells that aren't empty
# What a number or a date begins with: looking at that is far quicker than to try all of a text.
LIKELY = "(ascii(cell) BETWEEN 43 AND 57 OR ascii(cell) = 32)"
MAYBE_DATE = f"{LIKELY} AND length(cell) <= 40"
AT_ONCE = 50  # columns; asking for each of more takes far longer than asking once for all


@dataclass(frozen=True)
class Kinds:
    """How a column can be sliced.

    Attributes:
        kinds: The one that says most first; none where every cell is empty.
        values: Different values, where there are few; else None.
        names_rows: Whether nearly each row has a word of its own there, such as an id or a file.
    """

    kinds: tuple[Sliced, ...]
    values: int | None
    names_rows: bool = False


NO_KINDS = Kinds((), None)


def usual(view: View) -> str:
    """The column to slice by where none was asked for: the first that says something of rows.

    That is one of few values, at best neither the text itself nor the truth; else one of numbers
    or dates; else one that doesn't just name its rows.
    """
    content, truth = view.manifest.dataset.column, view.choices.truth
    for avoided in ((content, truth), (content,)):
        for column in view.columns:
            if column not in avoided and (kinds_of(view, column).values or 0) > 1:
                return column
    found = sliceable(view)
    for kinds in (("number", "date"), ("number", "date", "length")):
        for column, one in found.items():
            if one.kinds[0] in kinds and not one.names_rows:
                return column
    return next(iter(found or view.columns))


def sliceable(view: View) -> dict[str, Kinds]:
    """Original column -> how it can be sliced; columns without a filled cell are left out."""
    return {column: one for column, one in _all_kinds(view).items() if one.kinds}


@kept
def kinds_of(view: View, column: str) -> Kinds:
    """How one column can be sliced.

    Values must come again, twice each on the whole; numbers and dates must be 95% of the cells
    that aren't empty; whatever else is a text, and has a length.

    Raises:
        BadInput: There is no such column.
    """
    view.column(column)
    if len(view.columns) > AT_ONCE:
        return _all_kinds(view).get(column, NO_KINDS)
    return _kinds(view, [column]).get(column, NO_KINDS)


@kept
def _all_kinds(view: View) -> dict[str, Kinds]:
    return _kinds(view, [*view.columns])


def _kinds(view: View, columns: Sequence[str]) -> dict[str, Kinds]:
    """Column -> how it can be sliced; columns without a filled cell are left out."""
    number = AS["number"].replace("{}", "cell")
    counted = by_column(
        view,
        columns,
        "count(nullif(cell, '')), approx_count_distinct(nullif(cell, '')), "
        f"count(CASE WHEN {LIKELY} THEN {number} END), "
        "count(CASE WHEN contains(cell, ' ') THEN 1 END), "
        f"count(CASE WHEN {MAYBE_DATE} THEN 1 END)",
        VECTOR_ROWS,
    )
    # Values are counted roughly, to about 5%; few ones and dates are looked at once more.
    few = [column for column, (_, about, *_) in counted.items() if 0 < about <= 2 * MOST_VALUES]
    distinct = by_column(view, few, "count(DISTINCT nullif(cell, ''))", VECTOR_ROWS)
    dated = [
        column
        for column, (cells, _, numbers, _, maybe) in counted.items()
        if maybe >= ENOUGH * cells > numbers
    ]
    date = AS["date"].replace("{}", "cell")
    dates = by_column(view, dated, f"count(CASE WHEN {MAYBE_DATE} THEN {date} END)", VECTOR_ROWS)
    found = {}
    for column, (cells, about, numbers, phrases, _) in counted.items():
        if not cells:
            continue
        values, *_ = distinct.get(column, (about,))
        is_content = column == view.manifest.dataset.column
        few_values = values <= MOST_VALUES and 2 * values <= cells
        kinds: list[Sliced] = []
        if numbers >= ENOUGH * cells:
            kinds.append("number")
        elif dates.get(column, (0,))[0] >= ENOUGH * cells:
            kinds.append("date")
        elif not few_values or is_content:
            kinds.append("length")
        if few_values:  # numbers and dates have an order, which says more
            kinds.insert(0 if kinds == ["length"] else len(kinds), "value")
        own = not is_content and values >= 0.9 * cells and not phrases
        found[column] = Kinds(
            tuple(kinds), values if few_values else None, own and kinds == ["length"]
        )
    return found
