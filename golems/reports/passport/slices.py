"""Which rows of a run differ from the others by more than chance."""

from __future__ import annotations

from golems.reports.differing import LEVEL, differing
from golems.reports.measures import FEW
from golems.reports.passport.section import Section, Table
from golems.reports.view import View
from golems.reports.words import probability
from golems.words import counted

MOST = 20


def what_differs(view: View) -> Section | None:
    """The slices that stand out; None where nothing could be compared."""
    found = differing(view)
    if not found.comparisons:
        return None
    shown = found.found[:MOST]
    said = (
        f"Each slice of at least {FEW} rows was compared with all other rows: "
        f"{counted(found.comparisons, 'comparison')}, of which {len(found.found):,} stand out "
        f"with p < {LEVEL} after Benjamini and Hochberg's correction for their number. Among very "
        "many rows small differences stand out too, and none of them is a cause."
    )
    tables = (
        Table(
            "The largest differences",
            ("What", "Corrected p"),
            tuple((one.words, probability(one.corrected)) for one in shown),
        ),
    )
    return Section(
        "What differs", (f"{said} {found.bounds}".strip(),), tables=tables if shown else ()
    )
