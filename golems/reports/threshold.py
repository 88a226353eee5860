"""What a line through the scores keeps, how right that is, and what is left to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from golems.errors import BadInput
from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.selection import ORDER
from golems.reports.view import View

STEPS = 100


@dataclass(frozen=True)
class Line:
    """The rows whose predicted label scores at least ``threshold``.

    Attributes:
        kept: How many they are; ``below``: the scored rows that are not among them.
        known, right: Rows of those kept that have a truth, and those predicted as it says.
    """

    threshold: float
    kept: int
    below: int
    known: int
    right: int

    @property
    def coverage(self) -> float | None:
        """Share of the scored rows that is kept, 0 to 1; None without any."""
        return self.kept / rows if (rows := self.kept + self.below) else None

    @property
    def accuracy(self) -> float | None:
        """Share of the kept rows with a truth that is right, 0 to 1; None without any."""
        return self.right / self.known if self.known else None

    @property
    def accuracy_interval(self) -> Interval:
        """The accuracy's 95% interval."""
        return share_interval(self.right, self.known)


@dataclass(frozen=True)
class Coverage:
    """Lines at 0, 0.01, ... 1.

    Attributes:
        scored: Rows with a prediction whose score is a finite number.
        unscored: Rows with a prediction and without one; they are on neither side of any line.
        known: Scored rows with a truth.
        low, high: Smallest and largest score; None without any.
    """

    lines: tuple[Line, ...]
    scored: int
    unscored: int
    known: int
    low: float | None
    high: float | None


@kept
def coverage(view: View) -> Coverage:
    """What lines at 101 scores keep. A row that scores just as much as a line says is kept."""
    [(scored, unscored, known, low, high)] = view.ask(
        "SELECT count(score), count(*) - count(score), "
        "count(*) FILTER (score IS NOT NULL AND truth IS NOT NULL), min(score), max(score) "
        "FROM rows WHERE predicted IS NOT NULL"
    )
    # The last line that a score reaches. The product is rounded, so it may miss by one: that is
    # seen by comparing the score with the line itself.
    found = {
        step: counts
        for step, *counts in view.ask(
            "WITH near AS (SELECT score, label, truth, "
            "greatest(least(floor(score * $steps), $steps), -1)::INT AS step FROM rows "
            "WHERE predicted IS NOT NULL AND score IS NOT NULL) "
            "SELECT CASE WHEN step < $steps AND score >= (step + 1)::DOUBLE / $steps::DOUBLE "
            "THEN step + 1 WHEN score < step::DOUBLE / $steps::DOUBLE THEN step - 1 "
            "ELSE step END, count(*), count(truth), count(*) FILTER (label = truth) "
            "FROM near GROUP BY 1",
            {"steps": STEPS},
        )
    }
    lines, reached = [], (0, 0, 0)
    for step in range(STEPS, -1, -1):
        rows, with_truth, right = found.get(step, (0, 0, 0))
        reached = (reached[0] + rows, reached[1] + with_truth, reached[2] + right)
        lines.append(Line(step / STEPS, reached[0], scored - reached[0], *reached[1:]))
    return Coverage(tuple(reversed(lines)), scored, unscored, known, low, high)


def at_threshold(view: View, threshold: float) -> Line:
    """What a line at any score keeps.

    Raises:
        BadInput: It is no finite number.
    """
    if not isfinite(threshold):
        raise BadInput(f"A threshold of {threshold} is no score; give a number, such as 0.7.")
    for line in coverage(view).lines:
        if line.threshold == threshold:
            return line
    [(kept_rows, below, known, right)] = view.ask(
        "SELECT count(*) FILTER (score >= $line), count(*) FILTER (score < $line), "
        "count(*) FILTER (score >= $line AND truth IS NOT NULL), "
        "count(*) FILTER (score >= $line AND label = truth) "
        "FROM rows WHERE predicted IS NOT NULL",
        {"line": float(threshold)},
    )
    return Line(threshold, kept_rows, below, known, right)


def least_sure(view: View, rows: int) -> tuple[int, ...]:
    """Places of the rows that the golem was least sure of, the least sure one first.

    Rows without a prediction are not among them; those whose score is no number come last, and of
    equal scores the earlier row first. Where a golem gives no scores these are the first rows.

    Args:
        rows: How many at most, >= 1.

    Raises:
        BadInput: That is less than 1.
    """
    if rows < 1:
        raise BadInput(f"{rows} rows leave nothing; ask for 1 or more.")
    found = view.ask(
        "SELECT place FROM rows "
        "WHERE error IS NULL AND (predicted IS NOT NULL OR generated_text IS NOT NULL) "
        f"ORDER BY {ORDER['least sure']} LIMIT ?",
        [rows],
    )
    return tuple(place for (place,) in found)
