"""Which labels a golem has."""

from __future__ import annotations

from golems.reports.kept import kept
from golems.reports.meanings import Labels
from golems.reports.view import View, own_labels


def golem_labels(view: View) -> dict[str, str]:
    """Label of the golem -> what it is called, in order."""
    return dict(labels_of(view).called)


@kept
def labels_of(view: View) -> Labels:
    """The labels, for looking up what somebody else calls them."""
    engine = view.manifest.engine
    return Labels(
        {own: called(view, own) for own in own_labels(view)},
        (engine.labels if engine else None) or {},
    )


def called(view: View, label: str) -> str:
    """What one of the golem's own labels is called."""
    return view.choices.names.get(label, label)
