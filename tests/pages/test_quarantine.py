"""The failed rows of a run on its page: mended, skipped, tried again, taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from golems.base import Outcome
from golems.datasets import open_dataset
from golems.registry import card_named
from golems.reports import result_page, summarize
from golems.runs import Run, create_run
from golems.runs.engine import execute
from golems.runs.process import this_process
from golems.runs.retrying import is_retrying, last_attempt
from golems.tasks import task_class
from tests import tiny
from tests.reports.conftest import WriteRun, failed, predicted, write_run
from tests.waiting import wait_until
from ui.desk import LONG_CHARS
from ui.quarantine import PAGE_ROWS

__all__ = ["write_run"]

ROWS = "id,text\n0,good\n1,\n2,fine\n3,  \n4,\u200b\n5,well\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    return made_run(tiny.bert(tmp_path / "bert"), "text-classification", tmp_path / "a.csv")


def made_run(model: Path, task: str, path: Path, *, own_input: bool = False) -> Run:
    """A finished run of a model folder, which the process that tries again finds too."""
    card = card_named(str(model), task)
    dataset = open_dataset(path, task_kind=task_class(task).content)
    run = create_run(card, card.checkpoints[0], dataset, device="cpu", own_input=own_input)
    execute(run)
    return run


@pytest.fixture
def many(write_run: WriteRun) -> Run:
    """A run with three pages of failed rows."""
    rows = [[f"text {n}", str(n)] for n in range(300)]
    outcomes: list[Outcome] = [
        predicted("A", 0.9) if n % 10 == 9 else failed(f"Reason {n}.") for n in range(300)
    ]
    return write_run(["text", "id"], rows, outcomes, window=64)


def editor(app: AppTest) -> Any:
    [found] = app.data_editor
    return found


def edit(app: AppTest, **cells: dict[str, object]) -> None:
    """Change cells as a person does: ``edit(app, _0={"Text": "new"})``, rows counted from 0."""
    app.session_state[editor(app).key] = {
        "edited_rows": {int(row[1:]): changed for row, changed in cells.items()},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.run()
    assert not app.exception


def captions(app: AppTest) -> list[str]:
    return [one.value for one in app.caption]


def go_to(app: AppTest, run: Run, page: int) -> pd.DataFrame:
    app.number_input(key=f"desk-page-{run.id}").set_value(page).run()
    assert not app.exception
    return editor(app).value


def tried_again(app: AppTest, run: Run) -> AppTest:
    """Press the button, and draw the page again once that is over."""
    app.button(key="desk-again").click().run()
    assert not app.exception
    wait_until(lambda: last_attempt(run) is not None and not is_retrying(run))
    app.run()
    assert not app.exception
    return app


def test_failed_rows_are_listed_with_text_and_reason(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("batch", run=run.id)
    table = editor(app).value
    assert list(table["Row"]) == [2, 4, 5]
    assert list(table["Text"]) == ["", "  ", "\u200b"]
    assert list(table["Skip"]) == [False] * 3
    assert all("empty" in one or "blank" in one for one in table["Reason"])
    assert "3 of 3 will be tried" in captions(app)
    config = json.loads(editor(app).proto.columns)
    assert not config["Text"].get("disabled")
    assert config["Row"]["disabled"]
    assert config["Reason"]["disabled"]


def test_edits_and_skips_go_with_the_rows_and_results_come_back(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("batch", run=run.id)
    edit(app, _0={"Text": "mended"}, _1={"Skip": True}, _2={"Text": "\u200b"})
    assert "1 edited · 1 skipped · 2 of 3 will be tried" in captions(app)
    tried_again(app, run)
    assert "2 rows were tried again; 1 of them failed" in app.warning[0].value
    assert list(result_page(run)["text"])[1] == "mended"
    assert summarize(run).failed == 2
    table = editor(app).value
    assert list(table["Row"]) == [4, 5]
    assert list(table["Skip"]) == [True, False]
    assert "1 skipped · 1 of 2 will be tried" in captions(app)
    edit(app, _0={"Skip": False, "Text": "good"}, _1={"Text": "fine"})
    tried_again(app, run)
    assert "2 rows were tried again; all have a result now" in app.success[0].value
    assert not app.data_editor
    assert summarize(run).failed == 0


def test_a_change_taken_back_is_none(open_page: Callable[..., AppTest], run: Run) -> None:
    app = open_page("batch", run=run.id)
    edit(app, _1={"Text": "x", "Skip": True})
    assert "1 edited · 1 skipped · 2 of 3 will be tried" in captions(app)
    edit(app, _1={"Text": "  ", "Skip": False})
    assert "3 of 3 will be tried" in captions(app)
    edit(app, _0={"Text": None})
    assert "3 of 3 will be tried" in captions(app)


def test_when_all_are_skipped_there_is_nothing_to_try(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("batch", run=run.id)
    edit(app, _0={"Skip": True}, _1={"Skip": True}, _2={"Skip": True})
    assert app.button(key="desk-again").disabled


def test_many_failed_rows_are_shown_a_page_at_a_time_and_changes_stay(
    open_page: Callable[..., AppTest], many: Run
) -> None:
    app = open_page("batch", run=many.id)
    assert len(editor(app).value) == PAGE_ROWS
    edit(app, _0={"Text": "mended on page 1"})
    second = go_to(app, many, 2)
    assert second["Row"].iloc[0] == 112
    assert second["Text"].iloc[0] == "text 111"
    edit(app, _3={"Text": "mended on page 2", "Skip": True})
    assert len(go_to(app, many, 3)) == 70
    assert "2 edited · 1 skipped · 269 of 270 will be tried" in captions(app)
    first = go_to(app, many, 1)
    assert list(first["Text"])[:2] == ["mended on page 1", "text 1"]
    edit(app, _0={"Text": "text 0"})
    assert "1 edited · 1 skipped · 269 of 270 will be tried" in captions(app)
    second = go_to(app, many, 2)
    assert list(second["Text"])[3] == "mended on page 2"
    assert list(second["Skip"])[3]
    app.switch_page("pages/runs.py").run()
    app.query_params["run"] = many.id
    app.switch_page("pages/batch.py").run()
    assert "1 edited · 1 skipped · 269 of 270 will be tried" in captions(app)


def test_very_long_texts_are_shown_by_their_ends(
    open_page: Callable[..., AppTest], write_run: WriteRun
) -> None:
    long = "a" * LONG_CHARS + "b" * LONG_CHARS
    run = write_run(["text"], [[long], ["x"]], [failed("Too long."), predicted("A", 0.9)])
    app = open_page("batch", run=run.id)
    [shown] = editor(app).value["Text"]
    assert len(shown) < LONG_CHARS + 10
    assert any("takes the place of all of it" in one for one in captions(app))
    edit(app, _0={"Text": shown})
    assert "1 of 1 will be tried" in captions(app)


@pytest.mark.parametrize("uploaded", [True, False])
def test_what_can_be_done_for_a_failed_picture_depends_on_where_it_lies(
    open_page: Callable[..., AppTest], tmp_path: Path, uploaded: bool
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "a.png")
    (folder / "b.png").write_bytes(b"no picture")
    model = tiny.vit(tmp_path / "vit")
    run = made_run(model, "image-classification", folder, own_input=uploaded)
    said = " ".join(captions(open_page("batch", run=run.id)))
    assert ("Mend the pictures where they lie" in said) == (not uploaded)
    assert ("These pictures were uploaded, so they can't be mended here" in said) == uploaded


def test_pictures_are_skipped_and_tried_again_but_not_edited(
    open_page: Callable[..., AppTest], tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (9, 9)).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"broken")
    run = made_run(tiny.vit(tmp_path / "vit"), "image-classification", folder)
    app = open_page("batch", run=run.id)
    assert list(editor(app).value["Text"]) == ["b.png"]
    config = json.loads(editor(app).proto.columns)
    assert config["Text"]["disabled"]
    assert config["Text"]["label"] == "File"
    Image.new("RGB", (9, 9)).save(folder / "b.png")
    tried_again(app, run)
    assert "1 row was tried again; it has a result now" in app.success[0].value
    assert summarize(run).failed == 0


def test_while_rows_are_tried_again_every_tab_says_so(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    me = this_process()
    news = {"pid": me.pid, "started": me.started, "at": 1.0, "stage": "Predicting: 1 of 3 rows"}
    (run.folder / "retry.json").write_text(json.dumps(news))
    app = open_page("batch", run=run.id)
    assert any(r"Predicting\: 1 of 3 rows" in one.value for one in app.markdown)
    assert not app.data_editor
    assert "desk-stop" in {one.key for one in app.button}
    (run.folder / "retry.json").write_text(json.dumps({**news, "pid": 999999999}))
    app.run()
    assert "broke off" in app.error[0].value
    assert list(editor(app).value["Row"]) == [2, 4, 5]


def test_who_presses_second_is_refused_in_words_and_keeps_what_was_typed(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    app = open_page("batch", run=run.id)
    edit(app, _0={"Text": "mended"})
    with run.retry_lock():
        app.button(key="desk-again").click().run()
    assert not app.exception
    assert "being tried again already" in app.error[0].value
    app.run()
    assert "1 edited · 3 of 3 will be tried" in captions(app)


def test_what_was_typed_stays_where_trying_again_broke_off(
    open_page: Callable[..., AppTest], run: Run, tmp_path: Path
) -> None:
    app = open_page("batch", run=run.id)
    edit(app, _0={"Text": "mended"})
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    tried_again(app, run)
    assert "There is no file or folder" in app.error[0].value
    assert "1 edited · 3 of 3 will be tried" in captions(app)
    (tmp_path / "b.csv").rename(tmp_path / "a.csv")
    tried_again(app, run)
    assert list(result_page(run)["text"])[1] == "mended"


def test_edits_of_rows_that_somebody_else_mended_are_dropped(
    open_page: Callable[..., AppTest], run: Run
) -> None:
    mine, other = (open_page("batch", run=run.id) for _ in range(2))
    edit(mine, _0={"Text": "mine"}, _1={"Text": "mine too"})
    edit(other, _0={"Text": "another's"})
    tried_again(other, run)
    mine.run()
    assert list(editor(mine).value["Text"]) == ["mine too", "\u200b"]
    assert "1 edited · 2 of 2 will be tried" in captions(mine)
