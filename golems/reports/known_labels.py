"""Which labels a golem knows, as far as the rows of a run tell."""

from __future__ import annotations

from golems.reports.kept import kept
from golems.reports.view import View


@kept
def known_labels(view: View) -> tuple[str, ...]:
    """The golem's own names of its labels, sorted.

    Where the scores of all labels are kept, any row has them all. With a ``top_k`` they are those
    that were among the best of some row.
    """
    found = {label for (label,) in view.ask("SELECT DISTINCT predicted FROM rows")}
    if view.manifest.parameters.get("top_k") is None:
        more = "SELECT unnest(labels) FROM (FROM rows WHERE labels IS NOT NULL LIMIT 1)"
    else:
        more = "SELECT DISTINCT unnest(labels) FROM rows"
    found.update(label for (label,) in view.ask(more))
    return tuple(sorted(found - {None}))


def called(view: View, label: str) -> str:
    """What one of the golem's own labels is called."""
    return view.choices.names.get(label, label)
