"""How often a run is right, kept by its report for lists of runs, and told only while it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from golems.errors import BadInput
from golems.reports.choices import Choices, choose
from golems.reports.judging import choose_judged, keep_accuracy
from golems.reports.metrics import metrics
from golems.reports.view import view_of
from golems.runs import Progress, Run
from golems.runs.facts import all_facts
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    """Two right, one wrong, one failed."""
    return write_run(
        ["text", "truth"],
        [["a", "A"], ["b", "A"], ["c", "B"], ["", "A"]],
        [predicted("A", 0.9), predicted("B", 0.8), predicted("B", 0.7), failed()],
    )


def told() -> float | None:
    [facts] = all_facts()
    return facts.accuracy


def test_nothing_is_told_without_a_truth(run: Run) -> None:
    assert told() is None


def test_a_truth_that_is_chosen_tells_the_accuracy(run: Run) -> None:
    choose_judged(run, Choices(truth="truth"))
    assert told() == pytest.approx(2 / 3)


def test_of_another_truth_or_other_rows_nothing_is_told(run: Run) -> None:
    choose_judged(run, Choices(truth="truth"))
    choose(run, Choices(truth="truth", truth_labels={"B": "A"}))
    assert told() is None
    choose_judged(run, Choices(truth="truth"))
    assert told() == pytest.approx(2 / 3)
    run.write_progress(Progress(4, 4, 0, 2.0, "Done"))
    assert told() is None


def test_a_figure_of_what_was_chosen_before_is_not_kept(run: Run) -> None:
    choose(run, Choices(truth="truth"))
    with view_of(run) as view:
        found = metrics(view)
        choose(run, Choices(truth="truth", truth_labels={"B": ""}))
        keep_accuracy(view, found)
    assert told() is None


def test_a_truth_that_is_refused_leaves_what_was_told(run: Run) -> None:
    choose_judged(run, Choices(truth="truth"))
    with pytest.raises(BadInput):
        choose_judged(run, Choices(truth="text"))
    assert told() == pytest.approx(2 / 3)


@pytest.mark.parametrize("content", ["", "{}", "[1]", "no JSON"])
def test_a_damaged_figure_is_none_and_leaves_the_run_in_the_list(run: Run, content: str) -> None:
    choose_judged(run, Choices(truth="truth"))
    Path(run.folder / "judged.json").write_text(content)
    assert told() is None
    [facts] = all_facts()
    assert facts.damage is None
