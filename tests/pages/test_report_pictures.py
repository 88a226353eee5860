"""The section about the labels of pictures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from golems.base import Classification, LabelScore, Outcome
from golems.reports.choices import Choices, choose
from golems.runs import Run
from tests.pages.conftest import numbers_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]


def script(run_id: str) -> None:
    import streamlit as st

    from golems.reports.view import view_of
    from golems.runs import open_run
    from ui.report import pictures

    with view_of(open_run(run_id)) as view:
        pictures.draw(view)
    st.text("drawn")


def saw(*labels: str) -> Outcome:
    return Outcome(
        Classification(tuple(LabelScore(one, 0.5 / n) for n, one in enumerate(labels, 1)))
    )


def run_of(
    write_run: WriteRun,
    seen: list[Outcome],
    truths: list[str | None],
    *,
    truth: bool = True,
    labels: Sequence[str] | None = None,
) -> Run:
    rows = [[f"{place}.jpg", one] for place, one in enumerate(truths)]
    run = write_run(["file", "label"], rows, seen, task="image-classification", labels=labels)
    if truth:
        choose(run, Choices(truth="label"))
    return run


def drawn(run: Run) -> AppTest:
    app = AppTest.from_function(script, args=(run.id,), default_timeout=30).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    shown = [*app.caption, *app.markdown, *app.info, *app.warning]
    return "\n".join(one.value for one in shown).replace("\\", "")


def test_accuracy_of_the_first_and_of_the_best_five(write_run: WriteRun) -> None:
    seen = [saw("a", "b", "c", "d", "e")] * 4 + [failed()]
    app = drawn(run_of(write_run, seen, ["a", "e", "<b>", None, "a"], labels=[*"abcde", "<b>"]))
    assert [(one.label, one.value) for one in app.metric] == [
        ("Top-1 accuracy", "33.3%"), ("Top-5 accuracy", "66.7%"),
    ]  # fmt: skip
    said = words(app)
    assert "1 of 3; 95% interval 6.1% to 79.2%" in said
    assert "Not counted, as they have no truth or were left out: 1." in said
    assert "1 pictures have a truth" not in said
    assert "'<b>' (1)" in said
    assert "<b> and a are confused most, and other pairs as often" in said


def test_with_fewer_labels_kept_it_says_so(write_run: WriteRun) -> None:
    app = drawn(run_of(write_run, [saw("a", "b"), saw("b", "a")], ["a", "a"]))
    assert [one.label for one in app.metric] == ["Top-1 accuracy", "Top-2 accuracy"]
    assert "Only 2 labels were kept of each, so top-5 can't be told." in words(app)
    assert "These are all 2 labels that the golem knows." in words(app)
    app = drawn(run_of(write_run, [saw("a")], ["a"]))
    assert [one.label for one in app.metric] == ["Top-1 accuracy"]


def test_nothing_is_said_of_right_and_wrong_without_a_truth(write_run: WriteRun) -> None:
    app = drawn(run_of(write_run, [saw("tabby cat"), saw("tiger cat")], [None, None], truth=False))
    assert not app.metric
    assert "accuracy" not in words(app).lower()
    assert "Without a truth" in words(app)
    assert "The largest group of labels ends in “cat”" in words(app)


def test_a_truth_that_no_row_has_is_a_sentence(write_run: WriteRun) -> None:
    app = drawn(run_of(write_run, [saw("a")], [None]))
    assert "No picture with a label has a truth in column 'label'." in words(app)
    assert not app.metric


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [([], "No rows yet."), ([failed(), failed()], "None of 2 pictures has a label.")],
)
def test_without_labels_there_is_a_sentence(
    seen: list[Outcome], sentence: str, write_run: WriteRun
) -> None:
    app = drawn(run_of(write_run, seen, ["a"] * len(seen)))
    assert [one.value for one in app.info] == [sentence]


def test_a_thousand_labels_are_drawn(write_run: WriteRun) -> None:
    seen = [saw(f"thing {place}", "b") for place in range(1000)]
    app = drawn(run_of(write_run, seen, ["b"] * 1000))
    assert "thing 0 and others are the most frequent labels: 1 each" in words(app)
    app = numbers_of(app, "report-pictures-labels")
    assert "980 other labels" in app.dataframe[0].value.to_string()
    assert app.metric[1].value == "100.0%"


def test_another_task_has_no_such_section(write_run: WriteRun) -> None:
    app = drawn(write_run(["text"], [["a"]], [predicted("A", 0.9)]))
    assert [one.value for one in app.info] == ["This golem labels no pictures."]
