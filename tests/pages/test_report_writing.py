"""The section about generated texts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from golems.base import Generation, Outcome
from golems.reports.selection import Selection
from golems.runs import Run
from tests.pages.conftest import charts_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]


def script(run_id: str) -> None:
    import streamlit as st

    from golems.reports.view import view_of
    from golems.runs import open_run
    from ui.report import writing

    run = open_run(run_id)
    with view_of(run) as view:
        writing.draw(view)
    st.text("drawn")


def run_of(write_run: WriteRun, outputs: Sequence[str | None]) -> Run:
    rows = [[f"Prompt {place}:", "x"] for place in range(len(outputs))]
    outcomes = [
        failed() if one is None else Outcome(Generation(f"Prompt {place}:{one}", one, 3, 5))
        for place, one in enumerate(outputs)
    ]
    return write_run(["text", "place"], rows, outcomes, task="text-generation", window=500)


def drawn(run: Run) -> AppTest:
    app = AppTest.from_function(script, args=(run.id,), default_timeout=30).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    shown = [*app.caption, *app.markdown, *app.info]
    return "\n".join(one.value for one in shown).replace("\\", "")


@pytest.fixture
def outputs() -> list[str | None]:
    return ["", "a b c d a b c d", "yes", "yes", None, "<b>one</b> *two*"]


def test_every_share_has_its_rows_and_an_interval(
    write_run: WriteRun, outputs: list[str | None]
) -> None:
    app = drawn(run_of(write_run, outputs))
    assert [(one.label, one.value) for one in app.metric] == [
        ("Empty outputs", "20.0%"),
        ("Outputs that repeat four words", "20.0%"),
        ("Outputs shared by several prompts", "40.0%"),
    ]
    assert "1 of 5; 95% interval 3.6% to 62.4%" in words(app)
    assert "2 of 5; 95% interval 11.8% to 76.9%" in words(app)
    assert "which outputs stopped at that limit is not kept" in words(app)
    assert len(charts_of(app)) == 3


def test_prompts_stand_beside_the_outputs_of_a_group(
    write_run: WriteRun, outputs: list[str | None]
) -> None:
    app = drawn(run_of(write_run, outputs))
    table = app.dataframe[-1].value
    assert table.to_numpy().tolist() == [[2, "Prompt 1:", "a b c d a b c d"]]
    groups = next(one for one in app.get("button_group") if one.key == "report-writing-group")
    assert [one.replace("\\", "") for one in groups.options] == [
        "Repetitive (1)", "The same (2)", "Empty (1)", "Longest", "Shortest",
    ]  # fmt: skip
    groups.set_value("the same").run()
    assert app.dataframe[-1].value["Row"].tolist() == [3, 4]
    assert not app.exception


def test_the_rows_of_a_group_are_opened(write_run: WriteRun, outputs: list[str | None]) -> None:
    run = run_of(write_run, outputs)
    app = drawn(run)
    next(one for one in app.button if one.key == "report-writing-rows").click().run()
    selection, why = app.session_state[f"report-selection-{run.id}"]
    assert selection == Selection(places=(1,))
    assert why == "outputs in which the same four words come more than once"
    assert app.session_state["section-next"] == "Rows"


def test_characters_can_be_counted_instead(write_run: WriteRun, outputs: list[str | None]) -> None:
    app = drawn(run_of(write_run, outputs))
    unit = next(one for one in app.get("button_group") if one.key == "report-writing-unit")
    unit.set_value("Characters").run()
    assert not app.exception
    assert "Half of the outputs have 3 characters or fewer" in words(app)


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [([], "No rows yet."), ([None, None], "None of 2 rows has an output.")],
)
def test_without_outputs_there_is_a_sentence(
    outputs: list[str | None], sentence: str, write_run: WriteRun
) -> None:
    app = drawn(run_of(write_run, outputs))
    assert [one.value for one in app.info] == [sentence]


@pytest.mark.parametrize("outputs", [["", ""], ["one"], ["a b", "a b"]])
def test_hardly_any_words_are_no_trouble(outputs: list[str | None], write_run: WriteRun) -> None:
    assert drawn(run_of(write_run, outputs)).text[0].value == "drawn"


def test_of_many_outputs_all_are_read_when_asked_for(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.report.writing.READ", 10)
    app = drawn(run_of(write_run, [f"w{number} a b c" for number in range(40)]))
    assert "Counted in 10 of 40 outputs" in words(app)
    assert "Over 10 outputs" in words(app)
    next(one for one in app.button if one.key == "report-writing-count-all").click().run()
    assert not app.exception
    assert "Over 40 outputs" in words(app)
    assert "drawn evenly" not in words(app)


def test_another_task_has_no_such_section(write_run: WriteRun) -> None:
    app = drawn(write_run(["text"], [["a"]], [predicted("A", 0.9)]))
    assert [one.value for one in app.info] == ["This golem writes no texts."]
