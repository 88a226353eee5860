"""Answers worked out ahead are those that the sections ask for."""

from __future__ import annotations

from typing import Any

import pytest

from golems.reports.ahead import compare_with_others, work_out
from golems.reports.choices import Choices, choose
from golems.reports.curves import binary_curves
from golems.reports.differing import differing
from golems.reports.disagreements import page_of_disagreements
from golems.reports.duel import of_rivals
from golems.reports.metrics import metrics
from golems.reports.rivals import attach, rivals
from golems.reports.rows import PAGE_ROWS, find_rows, true_labels
from golems.reports.selection import ALL, Selection
from golems.reports.suspects import label_suspects
from golems.reports.threshold import coverage
from golems.reports.view import View, view_of
from tests.reports.conftest import WriteRun, predicted
from tests.reports.duels import run_of


def test_nothing_is_counted_again(write_run: WriteRun, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"text {n}", "A" if n % 3 else "other"] for n in range(60)]
    run = write_run(["text", "truth"], rows, [predicted("A", 0.5 + n / 200) for n in range(60)])
    choose(run, Choices(truth="truth"))
    work_out(run)
    with view_of(run) as view:

        def refuse(*_: Any, **__: Any) -> None:
            raise AssertionError("It was counted again.")

        monkeypatch.setattr(View, "ask", refuse)
        for question in (
            true_labels, metrics, binary_curves, label_suspects, coverage, differing,
        ):  # fmt: skip
            assert question(view) is not None
        for selection, rows in ((ALL, 60), (Selection(labels=("A",)), 60)):
            assert find_rows(view, selection, "place", PAGE_ROWS).rows == rows


def test_other_runs_over_the_same_rows_are_compared(write_run: WriteRun) -> None:
    runs = [run_of(write_run, labels) for labels in ("ABAB", "ABBB", "ABBB")]
    compare_with_others(runs[0])
    for other in rivals(runs[0]):
        with view_of(runs[0]) as view:
            beside = attach(view, [other])
            view.connection.close()  # nothing can be counted any more
            found = of_rivals(view, beside)
            page = page_of_disagreements(view, beside, found)
        assert (found.compared, found.disagreements) == (4, 1)
        assert page[["place", "label_0", "label_1"]].to_numpy().tolist() == [[2, "A", "B"]]


def test_labels_of_the_run_itself_are_read_once(write_run: WriteRun) -> None:
    run, other = (run_of(write_run, labels) for labels in ("ABAB", "ABBB"))
    work_out(run)
    with view_of(run) as view:
        beside = attach(view, [other])
        view.connection.execute("DROP VIEW rows")
        assert of_rivals(view, beside).disagreements == 1


def test_a_run_without_labels_has_its_slices_alone(write_run: WriteRun) -> None:
    run = write_run(["text"], [], [], task="text-generation")
    work_out(run)
