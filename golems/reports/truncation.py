"""What the golem would have said of texts that were cut off, had it read other parts of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from golems.errors import BadInput, GolemError
from golems.reports.duel import Share
from golems.reports.kept import kept
from golems.reports.parts import damaged
from golems.reports.rivals import Rival, attach, is_kin, others
from golems.reports.same_rows import why_other_rows
from golems.reports.view import View
from golems.runs import Manifest, Run
from golems.runs.of_rows import RowsOf, rows_of, run_of_rows

WAYS = {
    "head": "their first tokens",
    "tail": "their last tokens",
    "chunks": "all of them, in chunks",
}
PARAMETER = "long_texts"
MOST_CHANGES = 50
BATCH_ROWS = 1024


@dataclass(frozen=True)
class OtherWay:
    """The cut-off rows as another run has read them.

    Attributes:
        way: ``head``, ``tail`` or ``chunks``.
        changed: Rows with another label there, among those that both predicted.
        changes: Label here, label there, rows: the most frequent first, 50 at most.
        right_here, right_there: Right ones of those rows that have a truth.
        precision: What that run computed in, where it is another one; else None.
        is_going: Whether that run goes on, so that rows may come.
    """

    way: str
    run_id: str
    changed: Share
    changes: tuple[tuple[str, str, int], ...]
    right_here: Share
    right_there: Share
    precision: str | None
    is_going: bool


@dataclass(frozen=True)
class Truncation:
    """What cutting long texts off has done.

    Attributes:
        way: How this run reads long texts.
        cut: Rows that were cut off, of all that it has.
        ways: Other runs that read them otherwise, one for each way.
        missing: Ways that no run has read them in.
    """

    way: str
    cut: Share
    ways: tuple[OtherWay, ...]
    missing: tuple[str, ...]


def truncation(view: View) -> Truncation:
    """How many labels change where the cut-off texts are read in another way.

    Raises:
        BadInput: The run's golem has no ways of reading long texts.
        RunFailed: A part of a run is missing or damaged.
    """
    way = way_of(view.manifest)
    if way is None:
        raise BadInput(
            f"{view.manifest.title} can't read long texts in another way, so there is nothing to "
            "compare."
        )
    cut = _cut(view)
    found = []
    for other, run in sorted(_runs(view).items()) if cut.hits else ():
        [rival] = attach(view, [run])
        one = _compared(view, other, rival, rows_of(run), run.end() is None)
        if one.changed.rows or one.is_going:  # of one that has failed there is nothing to say
            found.append(one)
    missing = tuple(one for one in WAYS if one not in (way, *(other.way for other in found)))
    return Truncation(way, cut, tuple(found), missing)


def way_of(manifest: Manifest) -> str | None:
    """How a run reads long texts; None where its golem knows no ways."""
    way = manifest.parameters.get(PARAMETER)
    return way if way in WAYS else None


def read_otherwise(view: View, way: str, *, asked_by: str = "") -> Run:
    """Write the folder of a run over the cut-off rows alone that reads them in another way.

    Args:
        way: ``head``, ``tail`` or ``chunks``, but not this run's own.

    Raises:
        BadInput: The way is this run's own or none at all, or no row was cut off.
        RunFailed: The folder can't be written to.
    """
    own = way_of(view.manifest)
    if own is None or way not in WAYS or way == own:
        raise BadInput(
            f"'{way}' is no other way of reading the long texts of run {view.run.id}; ways are: "
            f"{', '.join(one for one in WAYS if own is not None and one != own) or 'none'}."
        )
    text = view.column(view.manifest.dataset.column or "")
    try:
        found = view.connection.sql(
            f"SELECT place, {text} FROM rows WHERE tokens_dropped > 0 ORDER BY place"
        )
        rows = found.to_arrow_reader(BATCH_ROWS) if found else ()
        return run_of_rows(view.manifest, rows, {PARAMETER: way}, asked_by=asked_by)
    except duckdb.Error as error:
        raise damaged(view.run, error) from error


@kept
def _cut(view: View) -> Share:
    [(cut, rows)] = view.ask(
        "SELECT count(*) FILTER (WHERE tokens_dropped > 0), count(*) FROM rows"
    )
    return Share(cut, rows)


def _runs(view: View) -> dict[str, Run]:
    """Way -> the run to compare with: one in the same precision first, then the newest."""
    mine = view.manifest
    found: dict[str, Run] = {}
    same: set[str] = set()
    for run, manifest in others(view.run):
        way = way_of(manifest)
        if way is None or way == way_of(mine):
            continue
        try:
            part = rows_of(run)
        except GolemError:
            continue  # without it nobody knows which rows they are
        if part is None:
            fits = is_kin(mine, manifest) and (
                why_other_rows(view.run, mine, run, manifest) is None
            )
        else:  # before its first row nobody knows which weights it will have
            fits = part.run == view.run.id and (manifest.engine is None or is_kin(mine, manifest))
        if not fits:
            continue
        alike = _precision(manifest) == _precision(mine)
        if way not in found or (alike and way not in same):
            found[way] = run
        if alike:
            same.add(way)
    return found


def _precision(manifest: Manifest) -> str:
    return manifest.engine.precision if manifest.engine else manifest.precision


def _compared(view: View, way: str, rival: Rival, part: RowsOf | None, is_going: bool) -> OtherWay:
    changes, precision = _changes(view, rival, part is not None), None
    rows = sum(one[2] for one in changes)
    changed = [one for one in changes if one[0] != one[1]]
    right = _right(view, rival, part is not None)
    if _precision(rival.manifest) != _precision(view.manifest):
        precision = _precision(rival.manifest)
    return OtherWay(
        way=way,
        run_id=rival.run.id,
        changed=Share(sum(one[2] for one in changed), rows),
        changes=tuple(changed[:MOST_CHANGES]),
        right_here=Share(right[0], right[2]),
        right_there=Share(right[1], right[2]),
        precision=precision,
        is_going=is_going,
    )


def _joined(view: View, rival: Rival, is_part: bool) -> str:
    """SQL of the cut-off rows that both predicted, each beside the other run's."""
    on = "other.place = rows.place"
    if is_part:
        # Their text too: a row of this run may have been mended since.
        text = view.column(view.manifest.dataset.column or "")
        on = f"TRY_CAST(other.original_0 AS BIGINT) = rows.place AND other.original_1 = rows.{text}"
    # Under the names that this run gives to labels.
    return (
        f"rows JOIN {rival.rows} AS other ON {on} LEFT JOIN names ON names.value = other.predicted "
        "WHERE rows.tokens_dropped > 0 AND rows.predicted IS NOT NULL "
        "AND other.predicted IS NOT NULL"
    )


THERE = "coalesce(names.label, other.predicted)"


@kept
def _changes(view: View, rival: Rival, is_part: bool) -> Sequence[tuple[str, str, int]]:
    """Label here, there, and rows; also of those that are the same."""
    return view.ask(
        f"SELECT rows.label, {THERE} AS there, count(*) AS n FROM {_joined(view, rival, is_part)} "
        "GROUP BY ALL ORDER BY n DESC, rows.label, there"
    )


@kept
def _right(view: View, rival: Rival, is_part: bool) -> tuple[int, int, int]:
    """Right ones here, right ones there, rows with a truth."""
    [found] = view.ask(
        f"SELECT count(*) FILTER (WHERE rows.label = rows.truth), "
        f"count(*) FILTER (WHERE {THERE} = rows.truth), count(rows.truth) "
        f"FROM {_joined(view, rival, is_part)}"
    )
    return found  # type: ignore[no-any-return]
