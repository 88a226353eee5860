"""Which rows of a run: what a click on a chart, a filter or a slice asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from golems.reports.view import View

Status = Literal["all", "ok", "failed", "cut off", "hardly read", "right", "wrong", "judged"]
Order = Literal["place", "least sure", "most sure", "longest", "shortest"]
STATUS: dict[Status, str] = {
    "all": "true",
    "ok": "error IS NULL",
    "failed": "error IS NOT NULL",
    "cut off": "tokens_dropped > 0",
    "hardly read": "note IS NOT NULL",
    "right": "label = truth",
    "wrong": "label <> truth",
    "judged": "label IS NOT NULL AND truth IS NOT NULL",
}
ORDER: dict[Order, str] = {
    "place": "place",
    "least sure": "score ASC NULLS LAST, place",
    "most sure": "score DESC NULLS LAST, place",
    "longest": "chars DESC NULLS LAST, place",
    "shortest": "chars ASC NULLS LAST, place",
}
Sliced = Literal["value", "number", "date", "length"]
# A cell as what it is sliced by; what isn't one is NULL.
AS: dict[Sliced, str] = {
    "value": "{}",
    "number": "CASE WHEN isfinite(TRY_CAST({} AS DOUBLE)) THEN TRY_CAST({} AS DOUBLE) END",
    "date": "epoch(TRY_CAST({} AS TIMESTAMP))",
    "length": "length({})::DOUBLE",
}


@dataclass(frozen=True)
class Slice:
    """Some rows of a column: those of one value, or those from one number up to another.

    Attributes:
        column: An original column.
        value: Of kind ``value``: the cell; None for the empty ones.
        other_than: Of kind ``value``: any cell but these and the empty ones.
        low, high: Of the other kinds: from, and up to but not with; seconds since 1970 for dates.
        closed: Whether ``high`` belongs to it.
    """

    column: str
    kind: Sliced = "value"
    value: str | None = None
    other_than: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    closed: bool = False


@dataclass(frozen=True)
class Selection:
    """Rows for which all of this holds.

    Attributes:
        labels: One of these was predicted, as they are called.
        truths: One of these is right.
        score: From a score to another one, both with it.
        below: The score is under this one.
        search: The text of a row, or what was generated for it, holds this; case doesn't matter.
        slices: Of the original columns.
        places: Places of single rows, from 0.
    """

    labels: tuple[str, ...] = ()
    truths: tuple[str, ...] = ()
    status: Status = "all"
    score: tuple[float, float] | None = None
    below: float | None = None
    search: str = ""
    slices: tuple[Slice, ...] = ()
    places: tuple[int, ...] | None = None

    def but(self, **changes: Any) -> Selection:
        """The same with something else in it."""
        return replace(self, **changes)


ALL = Selection()


def where(view: View, selection: Selection) -> tuple[str, list[Any]]:
    """A selection as SQL over the view ``rows``, and its parameters.

    Raises:
        BadInput: It names a column that isn't there.
    """
    conditions, given = [STATUS[selection.status]], list[Any]()
    if selection.labels:
        # By the golem's own names, so that nothing has to be renamed before it is passed over.
        own = {name: label for label, name in view.choices.names.items()}
        conditions.append("predicted IN (SELECT unnest(?))")
        given.append([own.get(label, label) for label in selection.labels])
    if selection.truths:
        conditions.append("truth IN (SELECT unnest(?))")
        given.append(list(selection.truths))
    if selection.score is not None:
        conditions.append("score BETWEEN ? AND ?")
        given += selection.score
    if selection.below is not None:
        conditions.append("score < ?")
        given.append(selection.below)
    if selection.search:
        conditions.append("contains(searched, lower(?))")
        given.append(selection.search)
    for one in selection.slices:
        condition, more = of_slice(view, one)
        conditions.append(condition)
        given += more
    if selection.places is not None:
        conditions.append("place IN (SELECT unnest(?))")
        given.append(list(selection.places))
    return " AND ".join(f"({one})" for one in conditions), given


def of_slice(view: View, one: Slice) -> tuple[str, list[Any]]:
    """One slice as SQL, and its parameters.

    Raises:
        BadInput: There is no such column.
    """
    cell = cell_as(view, one.column, one.kind)
    if one.kind == "value" and one.other_than:
        return f"{cell} <> '' AND {cell} NOT IN (SELECT unnest(?))", [list(one.other_than)]
    if one.kind == "value":
        return f"nullif({cell}, '') IS NOT DISTINCT FROM nullif(?, '')", [one.value]
    conditions, given = [f"{cell} IS NOT NULL"], list[Any]()
    if one.low is not None:
        conditions.append(f"{cell} >= ?")
        given.append(one.low)
    if one.high is not None:
        conditions.append(f"{cell} {'<=' if one.closed else '<'} ?")
        given.append(one.high)
    if one.low is None and one.high is None:
        return f"{cell} IS NULL", []
    return " AND ".join(conditions), given


def cell_as(view: View, column: str, kind: Sliced) -> str:
    """A column's cell as SQL of what it is sliced by.

    Raises:
        BadInput: There is no such column.
    """
    name = view.column(column)
    if kind == "length" and column == view.manifest.dataset.column:
        return "chars::DOUBLE"  # worked out once
    return AS[kind].replace("{}", name)
