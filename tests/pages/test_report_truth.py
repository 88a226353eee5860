"""Predictions against the truth on the page, over runs with invented results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from golems.base import Classification, LabelScore, Outcome
from golems.reports.choices import Choices, choices_of, choose
from golems.reports.selection import Selection
from golems.runs import Run
from tests.pages.conftest import charts_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run
from ui.report.truth import PART

__all__ = ["write_run"]
HTML = "<img src=x onerror=alert(1)>"
Pairs = Sequence[tuple[str | None, str | None]]
PAIRS: Pairs = [("pos", "POSITIVE")] * 6 + [("neg", "POSITIVE")] * 2 + [("neg", "NEGATIVE")] * 2
MEANT = {"pos": "POSITIVE", "neg": "NEGATIVE"}


def section(run_id: str) -> None:
    from golems.reports.view import view_of
    from golems.runs import open_run
    from ui.errors import errors_in_words
    from ui.report import truth

    with errors_in_words(), view_of(open_run(run_id)) as view:
        truth.draw(view)


def opened(run: Run, part: str | None = None) -> AppTest:
    app = AppTest.from_function(section, kwargs={"run_id": run.id}, default_timeout=120)
    if part is not None:
        app.session_state[PART] = part
    app.run()
    assert not app.exception
    return app


def turn_to(app: AppTest, part: str) -> AppTest:
    """What a click on a tab does."""
    app.session_state[PART] = part
    app.run()
    assert not app.exception
    return app


def unfold(app: AppTest, run: Run, what: str, *, is_open: bool = True) -> AppTest:
    """What a click on "Truth column" (``choice-COLUMN``) or "Names of labels" (``naming``) does."""
    app.session_state[f"report-truth-{run.id}-{what}"] = is_open
    return app.run()


def press(app: AppTest, label: str, nth: int = 0) -> AppTest:
    [one for one in app.button if one.label == label][nth].click().run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    parts = [*app.caption, *app.markdown, *app.info, *app.warning, *app.error]
    return "\n".join(one.value for one in parts).replace("\\", "")


def compare(write_run: WriteRun, pairs: Pairs, choices: Choices | None = None) -> Run:
    outcomes = [failed() if label is None else predicted(label, 0.9) for _, label in pairs]
    rows = [[f"t{n}", truth] for n, (truth, _) in enumerate(pairs)]
    known = {label for _, label in pairs if label} | {t for t, _ in pairs if t in ("<b>", "b")}
    run = write_run(["text", "label"], rows, outcomes, labels=sorted(known))
    if choices is not None:
        choose(run, choices)
    return run


def chosen(run: Run, app: AppTest) -> Selection:
    return app.session_state[f"report-selection-{run.id}"][0]


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int, Any], None]:
    """Change a cell of a table as a person does in the browser: ``edit("Stands for", 0, 1)``."""
    wanted: dict[tuple[str, int], Any] = {}
    draw = st.data_editor

    def drawn(table: Any, **how: Any) -> Any:
        edited = draw(table, **how).copy()
        for (column, row), value in wanted.items():
            if column in edited:
                edited.loc[row, column] = value
        return edited

    monkeypatch.setattr(st, "data_editor", drawn)

    def change(column: str, row: int, value: Any) -> None:
        wanted[column, row] = value

    return change


def test_without_a_truth_nothing_is_said_about_being_right(write_run: WriteRun) -> None:
    app = opened(compare(write_run, PAIRS))
    assert not app.metric
    assert not charts_of(app)
    assert "right" not in text_of(app)
    column = app.selectbox[0]
    assert column.options == ["No truth column", "label", "text"]
    assert column.value == ("label",)
    assert "What 2 values stand for is a guess" in text_of(app)
    # Shown, not taken: nothing was chosen by looking.
    assert choices_of(app_run(app)) == Choices()


def app_run(app: AppTest) -> Run:
    from golems.runs import open_run

    return open_run(app.selectbox[0].key.removeprefix("report-truth-").removesuffix("-column"))


def test_the_proposed_column_is_compared_by_one_click(write_run: WriteRun) -> None:
    run = compare(write_run, PAIRS)
    app = press(opened(run), "Take this mapping")
    assert choices_of(run) == Choices(truth="label", truth_labels=MEANT)
    figures = {
        "Accuracy": "80.0%", "Balanced accuracy": "75.0%", "Macro F1": "0.762",
        "Cohen's kappa": "0.545", "MCC": "0.612",
    }  # fmt: skip
    assert {one.label: one.value for one in app.metric} == figures
    said = text_of(app)
    assert "8 of 10 rows are right: 80.0% (95% interval 49.0% to 94.3%)" in said
    assert "Whoever always said POSITIVE would be right in 60.0%." in said
    assert {one.label: one.value for one in turn_to(app, "Scores").metric} == {
        **figures, "Calibration error (ECE)": "0.100", "Rows with a truth": "10",
    }  # fmt: skip
    turn_to(app, "Each label")
    table = next(one.value for one in app.dataframe if "95% interval" in one.value)
    assert table["Label"].tolist() == ["POSITIVE", "NEGATIVE", "other"][: len(table)]
    assert set(table["Note"]) == {"Fewer than 20 rows: too few to tell"}


def test_a_cell_opens_its_rows_by_keyboard(write_run: WriteRun) -> None:
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = opened(run)
    boxes = {one.label: one for one in app.selectbox}
    boxes["Truth"].set_value("NEGATIVE")
    boxes["Predicted"].set_value("POSITIVE")
    press(app, "Show these rows")
    assert chosen(run, app) == Selection(truths=("NEGATIVE",), labels=("POSITIVE",))
    assert app.session_state["section-next"] == "Rows"


@pytest.mark.parametrize(
    ("chart", "point", "wanted"),
    [
        ("matrix", ("NEGATIVE", "POSITIVE"), Selection(("POSITIVE",), ("NEGATIVE",))),
        ("matrix", (None, "l00"), Selection(("l00",), ("l20", "l21"))),
        ("classes", ("precision", "POSITIVE"), Selection(("POSITIVE",), status="wrong")),
        ("classes", ("recall", "<b>"), Selection((), ("<b>",), status="wrong")),
    ],
)
def test_a_click_opens_its_rows(
    chart: str,
    point: tuple[str | None, str],
    wanted: Selection,
    write_run: WriteRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs = PAIRS if point[0] is not None else [
        (f"l{n:02}", f"l{n:02}") for n in range(22) for _ in range(30 - n)
    ]  # fmt: skip
    meant = MEANT if point[0] is not None else {}
    run = compare(write_run, pairs, Choices(truth="label", truth_labels=meant))

    clicks = [list(point)]  # is told once

    def clicked(figure: str, *, key: str, on_click: Callable[[Any], None], **how: Any) -> None:
        if clicks and key == f"report-truth-{chart}":
            on_click(clicks.pop())

    monkeypatch.setattr("ui.figures.plotly_chart", clicked)
    part = {"matrix": "Confusion", "classes": "Each label"}[chart]
    assert chosen(run, opened(run, part)) == wanted


def test_confident_errors_and_likely_label_errors_open_their_rows(write_run: WriteRun) -> None:
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = opened(run, "Rows to look at")
    table = next(one.value for one in app.dataframe if "Content" in one.value)
    assert table["Row"].tolist() == [7, 8]
    assert table["Content"].tolist() == ["t6", "t7"]
    # The golem keeps no score of these truths, so nobody can tell.
    assert "2 rows could not be judged" in text_of(app)
    assert chosen(run, press(app, "Show these rows")) == Selection(places=(6, 7))


def test_only_the_part_that_is_open_is_drawn_and_who_comes_back_finds_it(
    write_run: WriteRun,
) -> None:
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = opened(run)
    assert [one.label for one in app.tabs] == [
        "Confusion", "Each label", "Scores", "Rows to look at"
    ]  # fmt: skip
    assert [one.value for one in app.subheader] == []
    next(one for one in app.selectbox if one.label == "Truth").set_value("NEGATIVE").run()
    turn_to(app, "Scores")
    assert [one.value for one in app.subheader] == ["Scores against the truth"]
    assert "Show these rows" not in [one.label for one in app.button]
    del app.session_state[PART]  # as another section of the page does
    app.run()
    assert [one.value for one in app.subheader] == ["Scores against the truth"]
    turn_to(app, "Confusion")
    assert next(one for one in app.selectbox if one.label == "Truth").value == "NEGATIVE"


def test_values_are_mapped_and_left_out_by_hand(
    write_run: WriteRun, edit: Callable[..., None]
) -> None:
    pairs = [*PAIRS, ("meh", "NEGATIVE"), ("?", "NEGATIVE"), ("??", "NEGATIVE")]
    run = compare(write_run, pairs)
    app = opened(run)
    app.selectbox[0].set_value(("label",)).run()
    table = app.data_editor[0].value
    assert table["Value"].tolist() == ["pos", "neg", "?", "??", "meh"]
    assert table["Stands for"].tolist() == [1, 0, -2, -1, -1]
    assert "2 values (2 rows) are no label of this golem" in text_of(app)
    assert next(one for one in app.button if one.label == "Take this mapping").disabled
    edit("Stands for", 2, -2)
    edit("Stands for", 4, 0)
    app = press(app.run(), "Leave out what is to be chosen")
    assert choices_of(run).truth_labels == {**MEANT, "?": "", "??": "", "meh": "NEGATIVE"}
    assert "9 of 11 rows are right" in text_of(app)
    assert "2 rows left out by hand: not counted." in text_of(app)
    app = unfold(opened(run), run, "choice-label")
    assert app.data_editor[0].value["Stands for"].tolist() == [1, 0, -2, -2, 0]


def test_labels_get_names_and_a_positive_one(
    write_run: WriteRun, edit: Callable[..., None]
) -> None:
    scores = [LabelScore("LABEL_0", 0.6), LabelScore("LABEL_1", 0.4)]
    outcomes = [Outcome(Classification(tuple(one), 1, 0)) for one in (scores, scores[::-1])]
    run = write_run(["text", "label"], [["a", "no"], ["b", "yes"]], outcomes)
    app = unfold(opened(run), run, "naming")
    edit("Called", 0, "no")
    edit("Called", 1, "yes")
    app = press(app.run(), "Rename")
    assert choices_of(run).names == {"LABEL_0": "no", "LABEL_1": "yes"}
    positive = next(one for one in app.selectbox if one.label == "Positive label")
    assert positive.options == ["no", "yes"]
    assert positive.value is None
    positive.set_value("yes").run()
    assert choices_of(run).positive == "yes"
    app.selectbox[0].set_value(("label",)).run()
    app = press(app, "Compare with this column")
    assert "2 of 2 rows are right" in text_of(app)
    edit("Called", 0, "yes")
    app = press(app.run(), "Rename")
    assert "can't both be called 'yes'" in text_of(app)
    assert choices_of(run).names == {"LABEL_0": "no", "LABEL_1": "yes"}


def test_no_truth_is_chosen_again(write_run: WriteRun) -> None:
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = unfold(opened(run), run, "choice-label")
    app.selectbox[0].set_value(()).run()
    assert app.metric
    app = press(app, "Use no truth")
    assert choices_of(run) == Choices()
    assert not app.metric


def test_what_was_edited_outlives_a_closed_choice(write_run: WriteRun) -> None:
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = opened(run)
    assert not app.data_editor  # nobody sees it
    unfold(app, run, "choice-label")
    app.selectbox[0].set_value(("text",)).run()
    unfold(app, run, "choice-label", is_open=False)
    assert app.selectbox[0].value == ("text",)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], "This run has predicted no label"),
        ([("pos", None)], "This run has predicted no label"),
        ([("", "A"), (None, "A")], "No row has both a prediction and a truth"),
        ([("A", "A")] * 2, "kappa is not defined"),
        ([(HTML, HTML), ("b", HTML)], f"Whoever always said {HTML}"),
        ([("A", "A"), ("A", None)], "1 row with a truth failed"),
    ],
)
def test_odd_runs_get_a_plain_sentence(pairs: Pairs, said: str, write_run: WriteRun) -> None:
    app = opened(compare(write_run, pairs, Choices(truth="label")))
    assert said in text_of(app)
    assert not app.error


def test_columns_that_are_no_truth_are_said_to_be_none(write_run: WriteRun) -> None:
    rows = [["t", str(n), None] for n in range(1_100)]
    run = write_run(["text", "id", "empty"], rows, [predicted("A", 0.9)] * 1_100, window=600)
    app = opened(run)
    assert app.selectbox[0].value == ()
    app.selectbox[0].set_value(("id",)).run()
    assert "Nearly every row has its own value here" in text_of(app)
    app.selectbox[0].set_value(("empty",)).run()
    assert "This column is empty" in text_of(app)
    assert "Compare with this column" not in [one.label for one in app.button]


def test_a_truth_of_too_many_values_leaves_the_choice_open(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.reports.metrics.MOST_LABELS", 1)
    run = compare(write_run, PAIRS, Choices(truth="label", truth_labels=MEANT))
    app = opened(run)
    assert "more than 1 different labels" in text_of(app)
    unfold(app, run, "choice-label")
    app.selectbox[0].set_value(()).run()
    press(app, "Use no truth")
    assert choices_of(run).truth is None
