"""The answers of a report that take longest, worked out before somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golems.reports.coded import own_numbers
from golems.reports.curves import binary_curves
from golems.reports.differing import differing
from golems.reports.disagreements import page_of_disagreements
from golems.reports.duel import of_rivals
from golems.reports.metrics import metrics
from golems.reports.reliability import reliability
from golems.reports.rivals import MOST, attach, rivals
from golems.reports.rows import find_first_pages, true_labels
from golems.reports.suspects import confident_errors, label_suspects
from golems.reports.threshold import coverage
from golems.reports.truth import truth_candidates
from golems.reports.view import View, view_of
from golems.runs import Run

OF_LABELS: tuple[Callable[[View], Any], ...] = (truth_candidates, coverage, own_numbers)
OF_TRUTH: tuple[Callable[[View], Any], ...] = (
    true_labels, metrics, binary_curves, reliability, confident_errors, label_suspects,
)  # fmt: skip
OF_ALL: tuple[Callable[[View], Any], ...] = (differing,)


def work_out(run: Run) -> None:
    """Ask what the sections of a run's report will ask, and in nobody's way; answers are kept.

    Raises:
        GolemError: The run can't be read.
    """
    with view_of(run, apart=True) as view:
        labelled = "predicted_label" in view.manifest.result_columns
        questions = [find_first_pages, *(OF_LABELS if labelled else ())]
        if labelled and view.choices.truth is not None:
            questions += OF_TRUTH
        for ask in (*questions, *OF_ALL):
            ask(view)


def compare_with_others(run: Run) -> None:
    """Compare a run with each of the newest others over the same rows, as many as side by side.

    Raises:
        GolemError: One of them can't be read, or the run predicts no labels.
    """
    for other in rivals(run)[: MOST - 1]:
        with view_of(run, apart=True) as view:
            rival = attach(view, [other])
            page_of_disagreements(view, rival, of_rivals(view, rival))
