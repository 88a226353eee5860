"""Whether two runs have the same rows in the same order, by what was read of their data."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from golems.errors import GolemError
from golems.reports.choices import Choices
from golems.reports.view import view_of
from golems.runs import DatasetSpec, Manifest, Run
from golems.runs.parts import Signature, paths_in_order, signature_of
from golems.words import counted


def why_other_rows(one: Run, mine: Manifest, other: Run, yours: Manifest) -> str | None:
    """Why two runs don't have the same rows in the same order; None where they do.

    Data that were asked for in other ways (an encoding that was guessed or chosen, all rows or a
    limit above their number) are compared by the cells that were read of them.

    Args:
        mine, yours: The manifests of the two.
    """
    a, b = mine.dataset, yours.dataset
    if a.fingerprint is not None and b.fingerprint is not None:
        if a.fingerprint != b.fingerprint:
            return f"their data differ ({a.name} and {b.name} have other contents)"
    elif a.path != b.path:
        return f"it isn't known that {a.name} and {b.name} are the same"
    if a.rows is not None and b.rows is not None and a.rows != b.rows:
        return f"they have {a.rows:,} and {counted(b.rows, 'row')}"
    if a.column != b.column:
        return f"they read other columns ('{a.column}' and '{b.column}')"
    if a.columns != b.columns:
        return "their data have other columns"
    asked_otherwise = _asked_otherwise(a, b)
    return None if asked_otherwise is None or _read_alike(one, other) else asked_otherwise


def _asked_otherwise(one: DatasetSpec, other: DatasetSpec) -> str | None:
    """What differs in how two datasets were asked for; None where nothing does."""
    if one.limit != other.limit:
        return f"they read {_first(one.limit)} and {_first(other.limit)}"
    names = sorted(
        name
        for name in {*one.options, *other.options}
        if one.options.get(name) != other.options.get(name)
    )
    return f"their data were read otherwise ({', '.join(names)})" if names else None


def _first(limit: int | None) -> str:
    return "all rows" if limit is None else f"the first {limit:,}"


def _read_alike(one: Run, other: Run) -> bool:
    """Whether as many rows, at least one, with the same cells were read by two runs so far."""
    try:
        rows, digest = _cells_of(one)
        return rows > 0 and (rows, digest) == _cells_of(other)
    except GolemError:
        return False  # a damaged run is told of where it is opened


def _cells_of(run: Run) -> tuple[int, int]:
    return _counted(run.folder, signature_of(paths_in_order(run.folder / "parts")))


@lru_cache(maxsize=256)
def _counted(folder: Path, _signature: Signature) -> tuple[int, int]:
    """How many rows a run has, and a digest of their places and original cells."""
    with view_of(Run(folder), Choices()) as view:
        cells = ", ".join(["place", *view.columns.values()])
        [(rows, digest)] = view.ask(f"SELECT count(*), sum(hash({cells})) FROM rows")
    return rows, int(digest or 0)
