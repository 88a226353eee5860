"""What all rows of a run come to: counted in one pass, and kept until they change."""

from __future__ import annotations

from dataclasses import dataclass

from golems.reports.choices import Choices
from golems.reports.kept import kept
from golems.reports.view import View, view_of
from golems.runs import Run

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BINS = 20
UNSURE = 0.7

Bins = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Figures:
    """A run's rows in figures.

    Attributes:
        rows: Rows written so far, failed ones included.
        failed: Rows without a prediction.
        cut_off: Rows of which the model didn't read everything; 0 for pictures.
        hardly_read: Rows which the golem can hardly read; 0 for pictures.
        labels: Predicted labels with their number of rows, most frequent first, then by name.
        quantiles: Those of ``QUANTILES`` of the predicted labels' scores; empty without scores.
        bins: See ``score_histogram``.
        below: Rows whose predicted label scores below a line.
    """

    rows: int
    failed: int
    cut_off: int
    hardly_read: int
    labels: tuple[tuple[str, int], ...]
    quantiles: tuple[float, ...]
    bins: Bins
    below: int


def figures(run: Run, *, bins: int = BINS, line: float = UNSURE) -> Figures:
    """A run's figures; read anew only where a part has changed.

    Args:
        bins: Bins of the histogram, >= 1.
        line: Scores below it are counted as ``below``.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    with view_of(run, Choices()) as view:
        return figures_of(view, bins, line)


def label_counts(run: Run) -> list[tuple[str, int]]:
    """Predicted labels with their number of rows, most frequent first, then by name."""
    return list(figures(run).labels)


def score_histogram(run: Run, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Scores of the predicted labels in equal bins over [0, 1].

    Returns:
        From, to and number of rows of each bin; the last one includes 1. Scores outside [0, 1], as
        regression gives them, widen the range to the smallest and largest one. Scores that are no
        finite number, as a model gone wrong gives them, are in no bin.
    """
    return list(figures(run, bins=bins).bins)


def count_below(run: Run, score: float = UNSURE) -> int:
    """Rows whose predicted label scores below ``score``; scores that are no number don't count."""
    return figures(run, line=score).below


@kept
def figures_of(view: View, bins: int, line: float) -> Figures:
    """As ``figures``, of a run that is open already."""
    rows, failed, cut_off, hardly_read, labels, quantiles, low, high, below, counts = view.ask(
        "SELECT count(*), count(error), count(*) FILTER (tokens_dropped > 0), "
        "count(note), "
        "histogram(predicted), "
        "quantile_cont(score, $quantiles), least(0, min(score)), greatest(1, max(score)), "
        "count(*) FILTER (score < $line), "
        "histogram(CASE WHEN score BETWEEN 0 AND 1 "
        "THEN least(floor(score * $bins), $bins - 1)::INT END) FROM rows",
        {"quantiles": list(QUANTILES), "line": line, "bins": bins},
    )[0]
    if (low, high) != (0, 1):
        counts = dict(
            view.ask(
                "SELECT least(floor((score - $low) / $width), $bins - 1)::INT, count(*) "
                "FROM rows WHERE score IS NOT NULL GROUP BY 1",
                {"low": low, "width": (high - low) / bins, "bins": bins},
            )
        )
    width = (high - low) / bins
    by_count = sorted((labels or {}).items(), key=lambda item: (-item[1], item[0].encode()))
    return Figures(
        rows=rows,
        failed=failed,
        cut_off=cut_off,
        hardly_read=hardly_read,
        labels=tuple(by_count),
        quantiles=tuple(quantiles or ()),
        bins=tuple(
            (low + width * place, low + width * (place + 1), (counts or {}).get(place, 0))
            for place in range(bins)
        )
        if "predicted_score" in view.manifest.result_columns
        else (),
        below=below,
    )
