"""The rows on which runs don't agree, the surest ones first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from golems.reports.duel import Duel
from golems.reports.kept import kept
from golems.reports.rivals import Rival
from golems.reports.selection import Selection
from golems.reports.view import View

if TYPE_CHECKING:
    import pandas as pd

Between = tuple[int, int] | None


def places_of(found: Duel, between: Between = None) -> Sequence[int]:
    """Places of the rows on which runs disagree, the surest first, at most 10,000.

    Args:
        between: Two places among the runs, if it is about these alone.
    """
    chosen = found if between is None else found.pair(*between)
    places: Sequence[int] = chosen.places.tolist()
    return places


def select_disagreements(found: Duel, between: Between = None) -> Selection:
    """These rows as a selection."""
    return Selection(places=tuple(places_of(found, between)))


def page_of_disagreements(
    view: View,
    rivals: tuple[Rival, ...],
    found: Duel,
    *,
    between: Between = None,
    first: int = 0,
    rows: int = 100,
) -> pd.DataFrame:
    """Some of the rows on which runs disagree, those first of which all of them are sure.

    Args:
        first: How many rows to pass over.

    Returns:
        ``place``, ``text``, ``truth``, then ``label_0``, ``score_0``, ``label_1``, ... of each run.
    """
    places = tuple(places_of(found, between)[first : first + rows])
    # Texts may be long: those that everybody sees are kept, and no others.
    page = _page(view, rivals, places) if first else _first_page(view, rivals, places)
    return page.set_index("place").reindex(list(places)).rename_axis("place").reset_index()


def _page(view: View, rivals: tuple[Rival, ...], places: tuple[int, ...]) -> pd.DataFrame:
    """Rows in no order."""
    content = view.columns.get(view.manifest.dataset.column or next(iter(view.columns), ""))
    # Numbers that stand in the query let whole groups of rows be passed over.
    these = f"place IN ({', '.join(map(str, places)) or 'NULL'})"
    page = view.connection.execute(
        f"SELECT place, {content or 'NULL::VARCHAR'} AS text, truth, label AS label_0, "
        f"score AS score_0 FROM rows WHERE {these}"
    ).df()
    for number, one in enumerate(rivals, 1):
        said = view.connection.execute(
            f"SELECT place, label AS label_{number}, score AS score_{number} "
            f"FROM {one.rows} WHERE {these}"
        ).df()
        page = page.merge(said, "left", "place")
    return page


_first_page = kept(_page)
