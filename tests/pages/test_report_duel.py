"""Comparing runs on the screen: the sections "Compare" and "Cut off"."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from golems.reports.choices import Choices, choose
from golems.runs import Run, all_runs
from tests.pages.conftest import PATIENCE_S, button
from tests.reports.conftest import WriteRun, write_run
from tests.reports.duels import run_of, with_facts
from ui.report.going import SECTION

__all__ = ["write_run"]

SCRIPT = """
import streamlit as st
from golems.reports.view import view_of
from golems.runs import open_run
from ui.report import {module}

with view_of(open_run({id!r})) as view:
    {module}.draw(view)
"""
Open = Callable[..., AppTest]


def opened(run: Run, module: str) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(module=module, id=run.id), default_timeout=PATIENCE_S)
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All that is said, without what keeps Markdown away."""
    said = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(one.value for one in said).replace("\\", "")


def against(run: Run, *others: Run) -> AppTest:
    app = opened(run, "duel")
    app.multiselect[0].set_value([one.id for one in others]).run()
    assert not app.exception
    return app


def test_without_rivals_the_page_says_what_to_run(write_run: WriteRun) -> None:
    said = words(opened(run_of(write_run, "AB"), "duel"))
    assert "No other run has the same rows." in said
    assert "No other run of this checkpoint and commit has other data." in said


def test_a_run_that_writes_texts_says_why_it_is_not_compared(write_run: WriteRun) -> None:
    run = with_facts(write_run(["text"], [], [], task="text-generation"))
    app = opened(run, "duel")
    assert "writes texts" in words(app)
    assert not app.multiselect


def test_two_runs_side_by_side(write_run: WriteRun) -> None:
    evil = "<b>A</b>"
    mine = run_of(write_run, [evil, "B", "B"], [evil, "B", ""])
    other = run_of(write_run, ["B", "B", "B"], precision="bf16")
    app = against(mine, other)
    said = words(app)
    assert "A and B agree on 66.7% of the rows" in said
    assert "1 row has different labels" in said
    assert "No row compared has a truth" in said
    assert "McNemar" not in said
    sides = app.dataframe[0].value
    assert sides["What tells it apart"].tolist() == ["fp32", "bf16"]
    table = app.dataframe[-1].value
    assert table["Row"].tolist() == [1]
    assert table["A"].tolist() == [evil]
    assert "Truth" not in table


def test_with_a_truth_it_says_who_is_right_and_by_which_test(write_run: WriteRun) -> None:
    mine = run_of(write_run, "ABBA", "ABBZ")
    other = run_of(write_run, "BBBA")
    choose(mine, Choices(truth="truth"))
    said = words(against(mine, other))
    assert "the first alone is right on 1, the second alone on 0" in said
    assert "McNemar's test (exact binomial): p = 1" in said
    assert "+25.0 points" in said
    assert "the interval is too narrow" in said
    assert "The truth of 1 of these rows" in said
    assert "Under 20 rows say little" in said


def test_three_runs_can_be_looked_at_two_at_a_time(write_run: WriteRun) -> None:
    runs = [run_of(write_run, labels) for labels in ("AAB", "AAA", "BAA")]
    app = against(runs[0], *runs[1:])
    assert len(app.dataframe[-1].value) == 2
    app.selectbox(key="report-compare-between").set_value((1, 2)).run()
    assert not app.exception
    assert app.dataframe[-1].value.values.tolist() == [["A", "B", 1]]


def test_the_rows_on_which_they_disagree_are_shown(write_run: WriteRun) -> None:
    mine, other = run_of(write_run, "AABA"), run_of(write_run, "ABAA")
    app = against(mine, other)
    app.button(key="report-compare-show").click().run()
    selection, why = app.session_state[f"report-selection-{mine.id}"]
    assert selection.places == (1, 2)
    assert why == "The runs disagree"
    assert app.session_state[f"{SECTION}-next"] == "Rows"


def test_runs_without_a_label_in_common_and_without_rows_are_said(write_run: WriteRun) -> None:
    mine, other = run_of(write_run, "AB"), run_of(write_run, ["LABEL_0", "LABEL_1"])
    assert "no label in common" in words(against(mine, other))
    failing = run_of(write_run, [None, None])
    assert "No row was predicted by all of these runs" in words(against(mine, failing))


def test_a_damaged_rival_leaves_the_page_standing(write_run: WriteRun) -> None:
    mine, other = run_of(write_run, "AB"), run_of(write_run, "AA")
    [part] = other.parts()
    part.write_bytes(part.read_bytes()[:-20])
    app = against(mine, other)
    assert app.error
    assert "Drift" in words(app)


def test_drift_says_distances_and_what_is_against_them(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AABB")
    other = run_of(write_run, "AAAB", data="sha256:other")
    app = opened(mine, "duel")
    app.selectbox(key=f"report-drift-run-{mine.id}").set_value(other.id).run()
    assert not app.exception
    said = words(app)
    assert "Jensen-Shannon distance" in said
    assert "population stability index" in said
    assert "counts as a share of 0.0001" in said
    assert "has 4 such rows" in said
    assert "All scores fall in one bin" in said


def test_rows_that_were_cut_off_can_be_read_in_another_way(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr("ui.report.truncation.start_worker", lambda run: started.append(run.id))
    mine = run_of(write_run, "AAB", dropped=[0, 4, 5])
    app = opened(mine, "truncation")
    assert "2 of 3 rows" in words(app)
    button(app, "Read their last tokens (2 rows)").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    [new] = [run for run in all_runs() if run.id != mine.id]
    assert started == [new.id]
    assert new.manifest().parameters["long_texts"] == "tail"
    assert "no label of that run to compare yet" in words(app)
    assert [one.label for one in app.button] == [
        "Open that run",
        "Read all of them, in chunks (2 rows)",
    ]


def test_labels_that_change_are_said_with_their_interval(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AAB", dropped=[0, 4, 5])
    run_of(write_run, "BBB", parameters={"long_texts": "tail"})
    app = opened(mine, "truncation")
    said = words(app)
    assert "Reading their last tokens instead" in said
    assert "1 of 2 labels change (50.0%; 95% interval" in said
    assert app.dataframe[0].value.values.tolist() == [["A", "B", 1]]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("text-classification", "No text of this run was cut off"),
        ("image-classification", "are never cut off in one way or another"),
    ],
)
def test_where_nothing_was_cut_off_that_is_said(task: str, said: str, write_run: WriteRun) -> None:
    assert said in words(opened(with_facts(write_run(["text"], [], [], task=task)), "truncation"))
