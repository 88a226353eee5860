"""Slices of a run's rows by an original column: what was predicted, how sure, how right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from golems.errors import BadInput
from golems.reports.bins import MOST_BINS, Bins, of_dates, of_numbers, of_single_values
from golems.reports.kept import kept
from golems.reports.kinds import kinds_of
from golems.reports.measures import FEW, Figures, Moments, together
from golems.reports.selection import Slice, Sliced, cell_as
from golems.reports.view import View

MOST_SLICES = 20  # of values; the rarer ones are one slice
CUTS = [place / MOST_BINS for place in range(1, MOST_BINS)]
EMPTY, NO_CELL = -1, -2  # instead of a bin: cells that are empty, or not of the kind
NOT_OF = {"number": "not a number", "date": "not a date", "length": "no text"}


@dataclass(frozen=True)
class SliceFigures:
    """The rows of one slice.

    Attributes:
        where: They fulfil all of these: what a ``Selection`` takes.
        name: Which cells of the column they have, in plain words: ``US``, ``before 2021``.
    """

    column: str
    kind: Sliced
    name: str
    where: tuple[Slice, ...]
    figures: Figures

    @property
    def few(self) -> bool:
        """Whether there are too few rows to be compared."""
        return self.figures.rows < FEW

    @property
    def words(self) -> str:
        """Which rows of the run they are, in plain words: ``date before 2021``."""
        if self.kind == "value":
            link = "is" if self.where[0].value is None else "="
            return f"{self.column} {link} {self.name}"
        if self.kind == "length" and self.where[0].kind == "length":
            return f"{self.column} of {self.name} characters"
        return f"{self.column} {self.name}"


def slices_of(view: View, column: str, kind: Sliced | None = None) -> tuple[SliceFigures, ...]:
    """All rows of a run, sliced by a column: each row is in one slice.

    Values come by their number of rows, the others in their order; then cells that are no number
    or no date, and empty ones.

    Args:
        kind: What a cell is taken for; None for what says most.

    Raises:
        BadInput: There is no such column, or it can't be sliced so.
    """
    possible = kinds_of(view, column).kinds
    if not possible:
        return ()
    kind = possible[0] if kind is None else kind
    if kind not in possible:
        raise BadInput(
            f"Column '{column}' can't be sliced by {kind}; it can by {', '.join(possible)}."
        )
    return _slices(view, column, kind)


@kept  # whether the kind was named or not
def _slices(view: View, column: str, kind: Sliced) -> tuple[SliceFigures, ...]:
    return by_value(view, column) if kind == "value" else by_bin(view, column, kind)


def by_value(view: View, column: str) -> tuple[SliceFigures, ...]:
    """Slices of the values of a column that has few."""
    found = figures_by(view, f"nullif({view.column(column)}, '')")
    empty = found.pop(None, None)
    ordered = sorted(found, key=lambda value: (-found[value].rows, value))
    slices = [
        SliceFigures(column, "value", value, (Slice(column, value=value),), found[value])
        for value in ordered[:MOST_SLICES]
    ]
    if rarer := ordered[MOST_SLICES:]:
        where = (Slice(column, other_than=tuple(ordered[:MOST_SLICES])),)
        figures = together([found[value] for value in rarer])
        name = f"one of {len(rarer)} other values"
        slices.append(SliceFigures(column, "value", name, where, figures))
    if empty is not None:
        slices.append(SliceFigures(column, "value", "empty", (Slice(column),), empty))
    return tuple(slices)


def by_bin(view: View, column: str, kind: Sliced) -> tuple[SliceFigures, ...]:
    """Slices of the numbers, dates or lengths of a column."""
    cell = cell_as(view, column, kind)
    # An empty text is no short one.
    length = cell_as(view, column, "length")
    cell, empty = f"CASE WHEN {length} > 0 THEN {cell} END", f"coalesce({length}, 0) = 0"
    bins, low = bins_of(view, cell, kind)
    place = " + ".join(["0", *("(cell >= ?)::INTEGER" for _ in bins.edges)])
    found = figures_by(
        view,
        f"CASE WHEN empty THEN {EMPTY} WHEN cell IS NULL THEN {NO_CELL} ELSE {place} END",
        [*bins.edges],
        f"(SELECT *, {cell} AS cell, {empty} AS empty FROM rows)",
    )
    ends = [low if kind == "length" or not bins.edges else None, *bins.edges, None]
    where: dict[int, tuple[str, tuple[Slice, ...]]] = {
        place: (name, (Slice(column, kind, low=ends[place], high=ends[place + 1]),))
        for place, name in enumerate(bins.names)
    }
    where[NO_CELL] = NOT_OF[kind], (Slice(column, kind), Slice(column, "length", low=1.0))
    where[EMPTY] = "empty", (Slice(column),)
    return tuple(
        SliceFigures(column, kind, *where[place], found[place]) for place in where if place in found
    )


def bins_of(view: View, cell: str, kind: Sliced) -> tuple[Bins, float | None]:
    """Where to cut a column's numbers, and the smallest of them.

    Args:
        cell: SQL of the number.
    """
    source = f"(SELECT {cell} AS cell FROM rows)"
    about, low, high, whole, cuts = view.ask(
        "SELECT approx_count_distinct(cell), min(cell), max(cell), bool_and(cell = floor(cell)), "
        f"quantile_disc(cell, {CUTS}) FROM {source}"
    )[0]
    if about <= 2 * MOST_BINS:
        found = view.ask(f"SELECT DISTINCT cell FROM {source} WHERE cell IS NOT NULL ORDER BY cell")
        if len(found) <= MOST_BINS:
            return of_single_values([one for (one,) in found], dates=kind == "date"), low
    cuts = sorted({cut for cut in cuts if cut > low})
    if len(cuts) < 2:  # nearly all are the same: cut the others
        cuts = view.ask(
            f"SELECT quantile_disc(cell, {CUTS}) FROM (SELECT DISTINCT cell FROM {source})"
        )
        cuts = sorted({cut for cut in cuts[0][0] if cut > low})
    if kind == "date":
        return of_dates(cuts, low, high), low
    return of_numbers(cuts, low, high, whole=whole), low


def figures_by(
    view: View, group: str, given: list[Any] | None = None, source: str = "rows"
) -> dict[Any, Figures]:
    """What is counted of the rows of each group.

    Args:
        group: SQL of what a group has in common.
        given: Its parameters.
    """
    found = view.ask(
        f"SELECT {group} AS slice, label, count(*), count(*) FILTER (error IS NULL), "
        "count(score), coalesce(avg(score), 0), coalesce(var_pop(score), 0), "
        "coalesce(max(abs(score)), 0), count(label = truth), count(*) FILTER (label = truth) "
        f"FROM {source} GROUP BY ALL ORDER BY label",
        given or (),
    )
    groups: dict[Any, list[Figures]] = {}
    for slice_, label, rows, predicted, scores, mean, variance, largest, judged, right in found:
        labels = {} if label is None else {label: rows}
        moments = Moments(scores, mean, variance * scores)
        figures = Figures(rows, predicted, labels, moments, largest, judged, right)
        groups.setdefault(slice_, []).append(figures)
    return {slice_: together(figures) for slice_, figures in groups.items()}
