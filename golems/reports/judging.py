"""By which truth a run is judged: kept once it is said in full, and told again to whoever asks."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from golems.errors import BadInput, RunFailed
from golems.reports.choices import Choices, choices_of, choose
from golems.reports.kept import kept
from golems.reports.known_labels import golem_labels
from golems.reports.meanings import LEFT_OUT
from golems.reports.metrics import Metrics, metrics
from golems.reports.view import MOST_UNSAID, View, bare, view_of
from golems.reports.words import shortened
from golems.runs import Run
from golems.runs.judged import keep_judged
from golems.runs.state import ENDED
from golems.words import counted

SHOWN, SHOWN_LABELS = 5, 20  # in a sentence
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """A value of the truth that is counted, or left out.

    Attributes:
        label: As it is called; None where the rows are left out.
    """

    value: str
    rows: int
    label: str | None


@kept
def mapping(view: View) -> tuple[Said, ...]:
    """What the values of the truth stand for, most rows first; nothing without a truth."""
    if view.choices.truth is None:
        return ()
    found = view.ask(
        f"SELECT {bare(view.column(view.choices.truth))} AS value, count(*) AS times, min(truth) "
        "FROM rows WHERE value IS NOT NULL GROUP BY value ORDER BY times DESC, value"
    )
    return tuple(Said(*one) for one in found)


def choose_judged(run: Run, choices: Choices) -> None:
    """Keep how a person reads a run, once the truth can be counted so.

    Raises:
        BadInput: A value of the truth is neither a label nor left out, or is said to be what is no
            label, or there are too many different truths; what was kept before stays.
    """
    if choices.truth is not None:
        with view_of(run, choices) as view:
            called = [*golem_labels(view).values()]
            for value, label in choices.truth_labels.items():
                if label not in (LEFT_OUT, *called):
                    raise BadInput(
                        f"'{value}' can't stand for '{label}', which is no label of this run; "
                        f"labels are: {some_of(called)}."
                    )
            if view.unsaid:
                raise BadInput(unsaid_words(view))
            found = metrics(view)
            choose(run, choices)
            keep_accuracy(view, found)
    else:
        choose(run, choices)


def keep_accuracy(view: View, found: Metrics) -> None:
    """Keep how often a run that has ended is right, for lists of runs.

    Who only may read the run's folder sees the report all the same; the list says nothing then.
    """
    if view.choices.truth is None or view.run.state() not in ENDED:
        return
    if choices_of(view.run) != view.asked:  # somebody has chosen anew meanwhile
        return
    try:
        keep_judged(view.run, found.hits, found.n)
    except RunFailed as error:
        log.info("How often %s is right isn't kept for the list of runs: %s", view.run.id, error)


def unsaid_words(view: View) -> str:
    """Which values of a truth nobody has said the meaning of, in a sentence; empty for none."""
    if not view.unsaid:
        return ""
    many = "at least " if len(view.unsaid) == MOST_UNSAID else ""
    named = ", ".join(
        f"'{shortened(value)}' ({counted(rows, 'row')})" for value, rows in view.unsaid[:SHOWN]
    )
    more = "" if len(view.unsaid) <= SHOWN else ", ..."
    return (
        f"Column '{view.asked.truth}' has {many}{counted(len(view.unsaid), 'value')} that can't be "
        f"counted yet, as no label of this golem is called so: {named}{more}. Say which label each "
        "stands for, or leave its rows out."
    )


def some_of(labels: Sequence[str]) -> str:
    """Labels in a sentence, not all of very many."""
    more = f" and {len(labels) - SHOWN_LABELS:,} more" if len(labels) > SHOWN_LABELS else ""
    return (", ".join(labels[:SHOWN_LABELS]) or "none") + more
