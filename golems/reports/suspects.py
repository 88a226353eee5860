"""Rows to look at first: confident errors of the golem, and likely errors of the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golems.reports.kept import kept
from golems.reports.view import View

TOLERANCE = 1e-6  # of a threshold, as cleanlab has it


@dataclass(frozen=True)
class Suspect:
    """A row whose prediction and truth differ.

    Attributes:
        place: In its dataset, from 0.
        truth, label: As they are called.
        score: Of the label.
        truth_score: What the golem gave the truth; None where that was not kept.
    """

    place: int
    truth: str
    label: str
    score: float
    truth_score: float | None


@dataclass(frozen=True)
class Suspects:
    """Some rows to look at, of all that there are.

    Attributes:
        rows: The first of them.
        candidates: How many there are.
        judged: Rows they were looked for in.
        unjudged: Rows with truth and prediction that could not be judged: the golem gave their
            truth no score, or it was not among the kept ones.
        thresholds: Label, as it is called, -> the score from which on a row is confidently of it;
            in [0, 1] for scores that are.
    """

    rows: tuple[Suspect, ...]
    candidates: int
    judged: int
    unjudged: int
    thresholds: Mapping[str, float]


BOTH = "truth IS NOT NULL AND label IS NOT NULL"
# The golem's own name of a truth; NULL where that is none of its labels.
RENAMED = """
    SELECT *, coalesce(own_name, CASE WHEN other_name IS NULL THEN truth END) AS own FROM rows
        LEFT JOIN (SELECT value AS own_name, label AS called FROM names) ON called = truth
        LEFT JOIN (SELECT value AS other_name FROM names) ON other_name = truth
"""


def scored(view: View) -> str:
    """SQL for the rows with truth and prediction: ``own`` and ``truth_score`` stand beside them."""
    named = RENAMED if view.choices.names else "SELECT *, truth AS own FROM rows"
    return (
        "SELECT place, label, truth, score, labels, scores, own, "
        f"scores[list_position(labels, own)] AS truth_score FROM ({named}) WHERE {BOTH}"
    )


@kept
def confident_errors(view: View, rows: int = 1_000) -> Suspects:
    """Wrong rows, highest score first; of equal ones those that come first.

    Args:
        rows: How many to give at most.
    """
    found = view.ask(
        f"SELECT place, truth, label, score, truth_score FROM ({scored(view)}) "
        "WHERE label <> truth AND score IS NOT NULL ORDER BY score DESC, place LIMIT ?",
        [rows],
    )
    ((wrong, judged, both),) = view.ask(
        "SELECT count(*) FILTER (label <> truth AND score IS NOT NULL), "
        f"count(*) FILTER (score IS NOT NULL), count(*) FROM rows WHERE {BOTH}"
    )
    return Suspects(tuple(Suspect(*one) for one in found), wrong, judged, both - judged, {})


@kept
def label_suspects(view: View, rows: int = 1_000) -> Suspects:
    """Rows whose truth is likely wrong, by confident learning; least self-confidence first.

    C. Northcutt, L. Jiang, I. Chuang, Confident Learning: Estimating Uncertainty in Dataset
    Labels, Journal of Artificial Intelligence Research 70 (2021). A row's self-confidence is the
    score that the golem gave its truth. A label's threshold is the mean self-confidence of the
    rows of which it is the truth. A row is a candidate if the golem scores another label than the
    truth as its best one, and if some other label than the truth reaches its own threshold. On
    complete scores these are the rows of cleanlab's ``find_label_issues`` with
    ``filter_by="confident_learning"``; it takes out-of-sample scores for granted, so a golem that
    was trained on these very rows finds too few.

    Where only the best scores were kept, rows whose truth has none are left out, and the
    thresholds are of the others: they are too high then.

    Args:
        rows: How many to give at most.
    """
    means = view.ask(
        "SELECT any_value(own), truth, avg(truth_score), count(truth_score), count(*) "
        f"FROM ({scored(view)}) GROUP BY truth"
    )
    thresholds = {own: mean for own, _, mean, *_ in means if mean is not None}
    found = view.ask(
        f"""
        WITH wrong AS MATERIALIZED (
            SELECT * FROM ({scored(view)}) WHERE label <> truth AND truth_score < score
        ),
        reached AS (
            SELECT DISTINCT place FROM (
                SELECT place, own, unnest(labels) AS another, unnest(scores) AS given FROM wrong
            ) JOIN (SELECT unnest(?) AS name, unnest(?) AS threshold) ON name = another
            WHERE another <> own AND given >= threshold - ?
        )
        SELECT place, truth, label, score, truth_score, count(*) OVER ()
        FROM wrong SEMI JOIN reached USING (place)
        ORDER BY truth_score, place LIMIT ?
        """,
        [[*thresholds], [*thresholds.values()], TOLERANCE, rows],
    )
    judged = sum(scored for *_, scored, _ in means)
    return Suspects(
        rows=tuple(Suspect(*one[:5]) for one in found),
        candidates=found[0][5] if found else 0,
        judged=judged,
        unjudged=sum(both for *_, both in means) - judged,
        thresholds={truth: mean for _, truth, mean, *_ in means if mean is not None},
    )


@kept
def texts_at(view: View, places: tuple[int, ...]) -> dict[int, str]:
    """Place -> what the golem read there; where that is no column, the first one."""
    columns, read = view.columns, view.manifest.dataset.column
    if not columns:
        return {}
    cell = columns[read] if read in columns else next(iter(columns.values()))
    return dict(
        view.ask(
            f"SELECT place, coalesce({cell}, '') FROM rows WHERE place IN (SELECT unnest(?))",
            [list(places)],
        )
    )
