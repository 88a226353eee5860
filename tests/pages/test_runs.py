"""The Runs page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from golems.datasets import open_dataset
from golems.registry import card_named
from golems.runs import Run, create_run
from golems.runs.engine import execute
from tests import tiny


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


def test_a_damaged_run_leaves_the_others_on_the_page(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    (run.folder / "manifest.json").write_text("{}")
    app = open_page("runs")
    assert app.dataframe[0].value.iloc[0]["State"].startswith("Damaged")
