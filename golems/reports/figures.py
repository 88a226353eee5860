"""What all rows of a run come to: counted in one pass over its parts, and kept until they change.

A run of a million rows has a thousand parts. Opening them takes longer than counting what is in
them, so everything is counted at once.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from golems.reports.parts import parts_view
from golems.runs import Run
from golems.runs.parts import signature_of

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
BINS = 20
UNSURE = 0.7
KEPT = 32

Bins = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True)
class Figures:
    """A run's rows in figures.

    Attributes:
        rows: Rows written so far, failed ones included.
        failed: Rows without a prediction.
        cut_off: Rows of which the model didn't read everything; 0 for pictures.
        labels: Predicted labels with their number of rows, most frequent first, then by name.
        quantiles: Those of ``QUANTILES`` of the predicted labels' scores; empty without scores.
        bins: See ``score_histogram``.
        below: Rows whose predicted label scores below a line.
    """

    rows: int
    failed: int
    cut_off: int
    labels: tuple[tuple[str, int], ...]
    quantiles: tuple[float, ...]
    bins: Bins
    below: int


_kept: OrderedDict[tuple[Any, ...], Figures] = OrderedDict()
_keeping = Lock()


def figures(run: Run, *, bins: int = BINS, line: float = UNSURE) -> Figures:
    """A run's figures; read anew only where a part has changed.

    Args:
        bins: Bins of the histogram, >= 1.
        line: Scores below it are counted as ``below``.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    parts = run.parts()
    key = (run.folder, signature_of(parts), bins, line)
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _read(run, parts, bins, line)
    with _keeping:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


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


def _read(run: Run, parts: list[Path], bins: int, line: float) -> Figures:
    manifest = run.manifest()
    columns = manifest.result_columns
    label = "predicted_label" if "predicted_label" in columns else "NULL::VARCHAR"
    dropped = "tokens_dropped" if "tokens_dropped" in columns else "NULL::BIGINT"
    number = "predicted_score" if "predicted_score" in columns else "NULL::DOUBLE"
    with parts_view(run, manifest, parts) as connection:
        connection.execute(
            f"CREATE VIEW facts AS SELECT {label} AS label, {dropped} AS dropped, error, "
            f"CASE WHEN isfinite({number}) THEN {number} END AS score FROM results"
        )
        rows, failed, cut_off, labels, quantiles, low, high, below, counts = connection.execute(
            "SELECT count(*), count(error), count(*) FILTER (dropped > 0), "
            "histogram(label), "
            "quantile_cont(score, $quantiles), least(0, min(score)), greatest(1, max(score)), "
            "count(*) FILTER (score < $line), "
            "histogram(CASE WHEN score BETWEEN 0 AND 1 "
            "THEN least(floor(score * $bins), $bins - 1)::INT END) FROM facts",
            {"quantiles": list(QUANTILES), "line": line, "bins": bins},
        ).fetchall()[0]
        if (low, high) != (0, 1):
            counts = dict(
                connection.execute(
                    "SELECT least(floor((score - $low) / $width), $bins - 1)::INT, count(*) "
                    "FROM facts WHERE score IS NOT NULL GROUP BY 1",
                    {"low": low, "width": (high - low) / bins, "bins": bins},
                ).fetchall()
            )
    width = (high - low) / bins
    by_count = sorted((labels or {}).items(), key=lambda item: (-item[1], item[0].encode()))
    return Figures(
        rows=rows,
        failed=failed,
        cut_off=cut_off,
        labels=tuple(by_count),
        quantiles=tuple(quantiles or ()),
        bins=tuple(
            (low + width * place, low + width * (place + 1), (counts or {}).get(place, 0))
            for place in range(bins)
        )
        if "predicted_score" in columns
        else (),
        below=below,
    )
