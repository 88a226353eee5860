"""Answers worked out ahead are those that the sections ask for."""

from __future__ import annotations

from typing import Any

import pytest

from golems.reports.ahead import work_out
from golems.reports.choices import Choices, choose
from golems.reports.curves import binary_curves
from golems.reports.differing import differing
from golems.reports.metrics import metrics
from golems.reports.rows import find_first_page, true_labels
from golems.reports.suspects import label_suspects
from golems.reports.threshold import coverage
from golems.reports.view import View, view_of
from tests.reports.conftest import WriteRun, predicted


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
            find_first_page, true_labels, metrics, binary_curves, label_suspects, coverage,
            differing,
        ):  # fmt: skip
            assert question(view) is not None


def test_a_run_without_labels_has_its_slices_alone(write_run: WriteRun) -> None:
    run = write_run(["text"], [], [], task="text-generation")
    work_out(run)
