"""A new run like another one: the form as that run was, to be changed at will."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from golems.datasets import open_dataset
from golems.registry import card_named, cards
from golems.runs import Manifest, Run, create_run, open_run
from golems.runs.engine import execute
from golems.runs.find import remove_run
from golems.tasks import task_class
from tests import tiny
from tests.pages.conftest import button

CSV = "id;review;note\n" + "".join(f"{n};The soup was hot on day {n}.;x\n" for n in range(20))
CHANGING = {"id", "created_at", "asked_by", "dataset"}

MakeRun = Callable[..., Run]
Like = Callable[[Run], AppTest]


@pytest.fixture
def make_run(tiny_golems: None, tmp_path: Path) -> MakeRun:
    """A run as somebody may have asked for it on the command line."""

    def make(
        golem: str, dataset: Path, *, own_input: bool = False, options: Any = None, **how: Any
    ) -> Run:
        card = cards()[golem]
        opened = open_dataset(dataset, task_kind=task_class(card.task).content, **how)
        return create_run(
            card, card.checkpoints[0], opened, own_input=own_input, **(options or {"device": "cpu"})
        )

    return make


@pytest.fixture
def like(open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> Like:
    """The Batch page for a new run like another one; runs aren't begun."""
    monkeypatch.setattr("golems.runs.start_worker", lambda run: None)
    return lambda run: open_page("batch", like=run.id)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a table.csv"
    path.write_text(CSV, "utf-8")
    return path


def run_it(app: AppTest) -> Manifest:
    """Press Run; the new run's manifest."""
    assert not app.error
    button(app, "Run").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert not app.error
    assert "like" not in app.query_params
    return open_run(str(app.query_params["run"])).manifest()


def same_but_new(new: Manifest, old: Manifest) -> None:
    assert new.id != old.id
    assert new.asked_by == "on the page"
    assert new.model_dump(exclude=CHANGING) == old.model_dump(exclude=CHANGING)
    assert spec_of(new) == spec_of(old)


def spec_of(manifest: Manifest) -> dict[str, Any]:
    spec = manifest.dataset.model_dump(exclude={"notes", "path"})
    if spec["options"].get("encoding") == "utf-8-sig":  # what utf-8 becomes where it is given
        spec["options"]["encoding"] = "utf-8"
    return spec


def test_a_run_of_texts_is_asked_for_again_as_it_was(
    make_run: MakeRun, like: Like, table: Path
) -> None:
    options = {
        "parameters": {"long_texts": "tail", "top_k": 1},
        "device": "cpu",
        "precision": "fp32",
        "ledger": False,
        "max_failed_share": 0.25,
    }
    old = make_run("reader", table, column="note", delimiter=";", limit=7, options=options)
    app = like(old)
    assert any(old.id in one.value.replace("\\", "") for one in app.info)
    same_but_new(run_it(app), old.manifest())


@pytest.mark.parametrize("how", ["sample", "encoding", "delimiter", "quote", "sheet", "lines"])
def test_a_table_is_read_again_as_it_was(
    make_run: MakeRun, like: Like, tmp_path: Path, how: str
) -> None:
    path = tmp_path / {"sheet": "a.xlsx", "lines": "a.csv"}.get(how, "a.txt")
    given: dict[str, Any] = {
        "sample": {"sample": 3, "seed": 5, "kind": "csv"},
        "encoding": {"encoding": "mac_roman", "kind": "csv"},
        "delimiter": {"delimiter": "^"},
        "quote": {"quote": "single"},
        "sheet": {"sheet": "Two", "header": "no"},
        "lines": {"kind": "lines"},
    }[how]
    if how == "sheet":
        with pd.ExcelWriter(path) as writer:
            pd.DataFrame({"review": ["Hot."]}).to_excel(writer, sheet_name="One", index=False)
            pd.DataFrame({"text": ["Cold."]}).to_excel(writer, sheet_name="Two", index=False)
    else:
        path.write_text(CSV.replace(";", "^") if how == "delimiter" else CSV, "utf-8")
    old = make_run("reader", path, **given)
    app = like(old)
    assert len(app.dataframe[0].value) == len(open_rows(old))
    same_but_new(run_it(app), old.manifest())


def open_rows(run: Run) -> list[Any]:
    from golems.runs.setup import reopen

    return reopen(run.manifest()).preview(6)


@pytest.mark.parametrize("golem", ["looker", "writer"])
def test_runs_of_other_tasks_are_asked_for_again(
    make_run: MakeRun, like: Like, tmp_path: Path, table: Path, golem: str
) -> None:
    from PIL import Image

    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "photos" / name / "a.png")
    parameters = {
        "looker": {"top_k": 29},
        "writer": {
            "max_new_tokens": 2000, "sample": True, "temperature": 3, "top_k": 500, "seed": 9,
            "repetition_penalty": None,
        },
    }[golem]  # fmt: skip
    path = tmp_path / "photos" if golem == "looker" else table
    old = make_run(golem, path, limit=1, options={"parameters": parameters, "device": "cpu"})
    same_but_new(run_it(like(old)), old.manifest())


def test_everything_can_be_changed(make_run: MakeRun, like: Like, table: Path) -> None:
    old = make_run("reader", table, limit=7)
    app = like(old)
    key = f"batch-{old.id}"
    app.selectbox(key=f"{key}-long-texts").set_value("chunks")
    app.toggle(key=f"{key}-ledger").set_value(False)
    app.toggle(key=f"{key}-stops").set_value(True).run()
    app.number_input(key=f"{key}-stop-percent").set_value(2.5)
    next(one for one in app.selectbox if one.label == "Column to read").set_value("id").run()
    next(one for one in app.segmented_control if one.label == "Rows").set_value("All").run()
    new = run_it(app)
    assert new.parameters["long_texts"] == "chunks"
    assert (new.ledger, new.max_failed_share) == (False, 0.025)
    assert (new.dataset.column, new.dataset.limit) == ("id", None)


def test_what_was_uploaded_is_the_new_runs_own(make_run: MakeRun, like: Like, table: Path) -> None:
    old = make_run("reader", table, own_input=True)
    table.unlink()
    new = run_it(like(old))
    remove_run(old)
    assert Path(new.dataset.path).is_relative_to(open_run(new.id).folder)
    assert execute(open_run(new.id)).done == 20


def test_another_kind_of_golem_drops_the_data_in_words(
    make_run: MakeRun, like: Like, table: Path
) -> None:
    old = make_run("reader", table, options={"ledger": False, "device": "cpu"})
    app = like(old)
    golem = next(one for one in app.segmented_control if one.label == "Golem")
    golem.set_value("looker").run()
    assert not app.exception
    assert any("are texts, and this golem reads pictures" in one.value for one in app.info)
    new = run_it(app)
    assert (new.golem, new.dataset.name, new.ledger) == ("looker", "photos", False)


def test_another_golem_of_that_kind_keeps_the_data(
    make_run: MakeRun, like: Like, table: Path
) -> None:
    app = like(make_run("reader", table))
    golem = next(one for one in app.segmented_control if one.label == "Golem")
    golem.set_value("writer").run()
    new = run_it(app)
    assert (new.golem, new.dataset.path) == ("writer", str(table))
    assert "long_texts" not in new.parameters


def test_data_that_are_gone_are_said_in_words_and_the_rest_is_there(
    make_run: MakeRun, like: Like, table: Path
) -> None:
    old = make_run("reader", table, options={"parameters": {"long_texts": "tail"}})
    table.unlink()
    app = like(old)
    assert len(app.error) == 1
    assert "no file or folder" in app.error[0].value
    assert app.selectbox(key=f"batch-{old.id}-long-texts").value == "tail"
    assert button(app, "Run").disabled  # type: ignore[attr-defined]
    next(one for one in app.segmented_control if one.label == "Data from").set_value(
        "Sample data"
    ).run()
    assert run_it(app).parameters["long_texts"] == "tail"


def test_data_that_changed_are_said_to_have(make_run: MakeRun, like: Like, table: Path) -> None:
    old = make_run("reader", table)
    table.write_text("id;text\n1;Hello there.\n", "utf-8")
    app = like(old)
    assert "has changed since that run" in app.warning[0].value
    assert run_it(app).dataset.columns == ("id", "text")


def test_a_golem_named_at_run_time_is_there_again(like: Like, table: Path, tmp_path: Path) -> None:
    folder = tiny.bert(tmp_path / "my model")
    card = card_named(str(folder), "text-classification")
    old = create_run(card, card.checkpoints[0], open_dataset(table, task_kind="text"), device="cpu")
    app = like(old)
    same_but_new(run_it(app), old.manifest())
    shutil.rmtree(folder)
    app = like(old)
    assert not app.exception
    assert "my model" in app.error[0].value.replace("\\", "")
    assert app.dataframe[0].value.shape == (6, 3)  # the data are those of that run nevertheless


@pytest.mark.parametrize("name", ["20260101-000000-nothing", "../../etc", "<script>x</script>"])
def test_a_run_that_is_not_there_leaves_the_form(
    name: str, open_page: Callable[..., AppTest], tiny_golems: None
) -> None:
    app = open_page("batch", like=name)
    assert len(app.error) == 1
    assert not button(app, "Run").disabled  # type: ignore[attr-defined]


def test_one_can_start_afresh(make_run: MakeRun, like: Like, table: Path) -> None:
    app = like(make_run("writer", table))
    button(app, "Start afresh").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert "like" not in app.query_params
    assert app.segmented_control(key="golem-None").value == "reader"
    assert app.segmented_control(key="batch-source-text").value == "Sample data"
