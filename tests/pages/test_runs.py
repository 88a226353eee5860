"""The Runs page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from golems.datasets import open_dataset
from golems.errors import RunFailed
from golems.registry import card_named
from golems.runs import Run, create_run, repeat_run
from golems.runs.engine import execute
from golems.runs.find import remove_run
from golems.runs.name import name_of, rename
from golems.runs.retrying import is_retrying, last_attempt
from tests import tiny
from tests.waiting import wait_until


@pytest.fixture
def run(tmp_path: Path) -> Run:
    card = card_named(str(tiny.bert(tmp_path / "bert")), "text-classification")
    (tmp_path / "reviews.csv").write_text("text\ngood\n\nfine\n")
    dataset = open_dataset(tmp_path / "reviews.csv", task_kind="text")
    return create_run(card, card.checkpoints[0], dataset, device="cpu")


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_without_runs_it_says_where_to_begin(open_page: Callable[..., AppTest]) -> None:
    assert "There are no runs yet" in open_page("runs").info[0].value


def test_a_run_that_is_done_is_listed_and_can_be_deleted(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    execute(run)
    app = open_page("runs")
    row = app.dataframe[0].value.iloc[0]
    assert (row["Run"], row["State"], row["Rows"], row["Failed"]) == (run.id, "Done", 3, 1)
    assert {one.key for one in app.button} >= {"runs-open", "runs-delete"}
    assert not {"runs-stop", "runs-resume"} & {one.key for one in app.button}
    click(app, "runs-delete")
    assert not run.folder.exists()


def test_a_run_that_waits_is_stopped_and_can_be_resumed(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("runs")
    click(app, "runs-stop")
    assert run.state() == "stopped"
    assert "runs-resume" in {one.key for one in app.button}


def choose(app: AppTest, number: int) -> None:
    """Click a row of the table, counted from 0."""
    key = app.dataframe[0].key
    app.session_state[key] = {"selection": {"rows": [number], "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def another(run: Run) -> Run:
    """A second run like it, which is the newer one."""
    made = repeat_run(run.manifest(), run.folder.with_name(f"9{run.id[1:]}"))
    execute(made)
    return made


def test_a_damaged_run_leaves_the_others_on_the_page_and_can_be_deleted(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    execute(run)
    bad = another(run)
    (bad.folder / "manifest.json").write_text("{}")
    app = open_page("runs")
    table = app.dataframe[0].value
    assert list(table["State"]) == ["Damaged", "Done"]
    assert "manifest.json is damaged" in app.error[0].value.replace("\\", "")
    assert {one.key for one in app.button} == {"runs-delete"}
    click(app, "runs-delete")
    assert not bad.folder.exists()
    assert list(app.dataframe[0].value["State"]) == ["Done"]


def test_the_row_that_is_clicked_is_the_run_that_is_meant(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    execute(run)
    newest = another(run)
    app = open_page("runs")
    assert list(app.dataframe[0].value["Run"]) == [newest.id, run.id]
    choose(app, 1)
    app.text_input(key=f"runs-name-{run.id}").set_value("The *first*").run()
    click(app, "runs-rename")
    assert (name_of(run), name_of(newest)) == ("The *first*", "")
    assert list(app.dataframe[0].value["Name"]) == ["", "The *first*"]
    assert any(r"The \*first\*" in one.value for one in app.markdown)
    # A run that comes while one is chosen takes its number, and not its place.
    third = repeat_run(run.manifest(), run.folder.with_name(f"91{run.id[2:]}"))
    execute(third)
    app.run()
    assert list(app.dataframe[0].value["Name"]) == ["", "", "The *first*"]
    click(app, "runs-delete")
    assert not run.folder.exists()
    assert newest.folder.exists()
    assert third.folder.exists()


def test_failed_rows_are_tried_again_as_they_are(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    execute(run)
    app = open_page("runs")
    click(app, "runs-again")
    assert app.dataframe[0].value.iloc[0]["State"] == "Trying again"
    assert not {"runs-again", "runs-resume"} & {one.key for one in app.button}
    assert "runs-stop-retry" in {one.key for one in app.button}
    with pytest.raises(RunFailed, match="being tried again"):
        remove_run(run)
    wait_until(lambda: not is_retrying(run))
    app.run()
    assert app.dataframe[0].value.iloc[0]["State"] == "Done"
    found = last_attempt(run)
    assert found is not None
    assert found.outcome() == "1 row was tried again; it failed again."


def test_times_are_those_of_the_reader(
    open_page: Callable[..., AppTest], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run.manifest().model_copy(update={"created_at": "2026-01-31T20:30:00+00:00"})
    run.write_manifest(made)
    monkeypatch.setattr(ContextProxy, "timezone", "Asia/Tokyo")
    app = open_page("runs")
    assert str(app.dataframe[0].value.iloc[0]["Started"]) == "2026-02-01 05:30:00"
    monkeypatch.setattr(ContextProxy, "timezone", "Nowhere/At_all")
    assert open_page("runs").dataframe[0].value.iloc[0]["State"] == "Waiting to start"


def test_a_new_run_like_this_one_is_asked_for_on_the_batch_page(
    open_page: Callable[..., AppTest], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda page, query_params: asked.append((page, query_params))
    )
    click(open_page("runs"), "runs-like")
    assert asked == [("pages/batch.py", {"like": run.id})]


def set_in(app: AppTest, label: str, value: str) -> AppTest:
    """Choose or type something above the table."""
    [widget] = [one for one in (*app.selectbox, *app.text_input) if one.label == label]
    return widget.set_value(value).run()


def listed(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Run"]) if app.dataframe else []


def test_runs_are_found_by_words_state_and_order_which_the_address_keeps(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    execute(run)
    other = another(run)
    rename(other, "After the strike")
    other.folder.joinpath("manifest.json").write_text(
        other.manifest().model_copy(update={"parameters": {"top_k": 3}}).model_dump_json()
    )
    waiting = repeat_run(run.manifest(), run.folder.with_name(f"91{run.id[2:]}"))
    app = open_page("runs")
    assert len(listed(app)) == 3
    assert list(app.dataframe[0].value["Settings"]).count("fp32, cpu, top k 3") == 1
    assert listed(set_in(app, "Search", "STRIKE top")) == [other.id]
    assert any("**1** of 3 runs" in one.value for one in app.markdown)
    assert app.query_params["search"] == "STRIKE top"
    assert listed(set_in(app, "Search", "nowhere")) == []
    assert "No run is like that" in app.info[0].value
    set_in(app, "Search", "")
    assert listed(set_in(app, "State", "Waiting to start")) == [waiting.id]
    assert app.query_params == {"state": "Waiting to start"}
    again = open_page("runs", state="Done", order="name", search="strike")
    assert listed(again) == [other.id]
    assert "search" not in set_in(again, "Search", "").query_params
    assert sorted(listed(again)) == sorted([run.id, other.id])
    assert listed(again)[0] == other.id  # "After …" stands before "bert on …"


def test_an_address_that_names_no_state_is_said_and_all_runs_are_shown(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("runs", state="Asleep")
    assert "Asleep" in app.warning[0].value
    assert listed(app) == [run.id]
