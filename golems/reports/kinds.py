"""What the rows of a run can be sliced by: the kinds of cells that its columns hold."""

from __future__ import annotations

from dataclasses import dataclass

from golems.reports.kept import kept
from golems.reports.selection import Sliced, cell_as
from golems.reports.view import View

MOST_VALUES = 50
ENOUGH = 0.95  # of the cells that aren't empty
# What a number or a date begins with: looking at that is far quicker than to try all of a text.
BEGINNINGS = "ascii({0}) BETWEEN 43 AND 57 OR ascii({0}) = 32"
DATE_CHARS = 40


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
    found = {column: kinds_of(view, column) for column in view.columns}
    return {column: one for column, one in found.items() if one.kinds}


@kept
def kinds_of(view: View, column: str) -> Kinds:
    """How one column can be sliced.

    Values must come again, twice each on the whole; numbers and dates must be 95% of the cells
    that aren't empty; whatever else is a text, and has a length.

    Raises:
        BadInput: There is no such column.
    """
    name = view.column(column)
    likely = BEGINNINGS.format(name)
    cells, about, numbers, phrases, maybe_dates = view.ask(
        f"SELECT count(nullif({name}, '')), approx_count_distinct(nullif({name}, '')), "
        f"count(CASE WHEN {likely} THEN {cell_as(view, column, 'number')} END), "
        f"count(CASE WHEN contains({name}, ' ') THEN 1 END), "
        f"count(CASE WHEN {maybe_date(name)} THEN 1 END) FROM rows"
    )[0]
    if not cells:
        return Kinds((), None)
    values = about
    if about <= 2 * MOST_VALUES:
        values = view.ask(f"SELECT count(DISTINCT nullif({name}, '')) FROM rows")[0][0]
    few = values <= MOST_VALUES and 2 * values <= cells
    kinds: list[Sliced] = []
    if numbers >= ENOUGH * cells:
        kinds.append("number")
    elif maybe_dates >= ENOUGH * cells and dates(view, column) >= ENOUGH * cells:
        kinds.append("date")
    elif not few or column == view.manifest.dataset.column:
        kinds.append("length")
    if few:  # numbers and dates have an order, which says more
        kinds.insert(0 if kinds == ["length"] else len(kinds), "value")
    # Values are counted roughly, to about 5%.
    own = column != view.manifest.dataset.column and values >= 0.9 * cells and not phrases
    return Kinds(tuple(kinds), values if few else None, own and kinds == ["length"])


def dates(view: View, column: str) -> int:
    """Cells that are dates."""
    likely = maybe_date(view.column(column))
    found: int = view.ask(
        f"SELECT count(CASE WHEN {likely} THEN {cell_as(view, column, 'date')} END) FROM rows"
    )[0][0]
    return found


def maybe_date(name: str) -> str:
    """SQL of whether a cell looks like a date."""
    return f"({BEGINNINGS.format(name)}) AND length({name}) <= {DATE_CHARS}"
