"""What of a dataset is read and how: rows, kinds of files, tables of pictures; and settings."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from golems.datasets.csv_file import CsvFile
from golems.runs import Manifest, open_run
from golems.runs.engine import execute
from tests.pages.conftest import PROJECT, button
from ui import opening

PHOTOS = PROJECT / "data" / "photos"
TABLE = "".join(f"{n},The soup was hot on day {n}.\n" for n in range(50))
File = tuple[str, bytes]


@pytest.fixture
def choose(
    open_page: Callable[..., AppTest], tiny_golems: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], AppTest]:
    """The Batch page with one of the golems chosen; runs aren't begun."""
    monkeypatch.setattr("golems.runs.start_worker", lambda run: None)

    def choose_it(name: str) -> AppTest:
        app = open_page("batch")
        app.segmented_control(key="golem-None").set_value(name).run()
        return app

    return choose_it


def upload(app: AppTest, *files: File, source: str = "Upload a table", kind: str = "text") -> None:
    app.segmented_control(key=f"batch-source-{kind}").set_value(source).run()
    handed = [(name, content, "application/octet-stream") for name, content in files]
    app.file_uploader[0].set_value(handed if kind == "image" else handed[0]).run()
    assert not app.exception


def named(found: Any, label: str) -> Any:
    return next(one for one in found if one.label == label)


def run_it(app: AppTest) -> Manifest:
    assert not app.error
    button(app, "Run").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert not app.error
    return open_run(str(app.query_params["run"])).manifest()


def test_a_doubt_stands_out(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    upload(app, ("numbers.csv", b"id,n\n1,100\n2,200\n"))
    (doubt,) = [one.value for one in app.warning]
    assert doubt.startswith("Column 'n' was guessed to hold the texts, but")
    assert not any("was guessed" in one.value for one in app.caption)


def test_all_rows_are_run_unless_asked_otherwise(choose: Callable[[str], AppTest]) -> None:
    spec = run_it(choose("reader")).dataset
    assert (spec.limit, spec.options.get("sample")) == (None, None)


@pytest.mark.parametrize("golem", ["reader", "looker"])
def test_the_first_rows_or_a_sample_can_be_run(
    golem: str, choose: Callable[[str], AppTest]
) -> None:
    app = choose(golem)
    named(app.segmented_control, "Rows").set_value("First").run()
    named(app.number_input, "How many").set_value(4).run()
    assert len(app.image if golem == "looker" else app.dataframe[0].value) == 4
    named(app.segmented_control, "Rows").set_value("Random sample").run()
    named(app.number_input, "How many").set_value(3)
    named(app.number_input, "Seed").set_value(11).run()
    assert len(app.image if golem == "looker" else app.dataframe[0].value) == 3
    spec = run_it(app).dataset
    assert (spec.limit, spec.options["sample"], spec.options["seed"]) == (None, 3, 11)


def test_a_sample_of_a_file_is_counted_once(
    choose: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    for cache in (opening.kept, opening.tried):
        cache.clear()
    counts: list[str] = []
    count = CsvFile.count

    def counted(dataset: CsvFile) -> int:
        counts.append(dataset.name)
        return count(dataset)

    monkeypatch.setattr(CsvFile, "count", counted)
    app = choose("reader")
    named(app.segmented_control, "Rows").set_value("Random sample").run()
    for way in ("tail", "chunks"):
        app.selectbox(key="batch-long-texts").set_value(way).run()
    assert counts == ["reviews.csv"]


def test_a_text_file_is_read_as_people_say(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    upload(app, ("a.txt", f"id,review\n{TABLE}".encode()))
    assert list(app.dataframe[0].value.columns) == ["id", "review"]
    named(app.selectbox, "Read as").set_value("lines").run()
    assert list(app.dataframe[0].value.columns) == ["text"]
    assert all(one.label != "Separated by" for one in app.selectbox)
    assert run_it(app).dataset.kind == "lines"


def test_any_file_can_be_said_to_be_of_another_kind(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    upload(app, ("a.csv", b'{"review": "Hot, and long."}\n{"review": "Cold."}\n'))
    named(app.selectbox, "Read as").set_value("jsonl").run()
    assert list(app.dataframe[0].value["review"]) == ["Hot, and long.", "Cold."]
    named(app.selectbox, "Read as").set_value("excel").run()
    assert not app.exception
    assert len(app.error) == 1
    assert button(app, "Run").disabled  # type: ignore[attr-defined]


def test_quotes_can_be_chosen(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    upload(app, ("a.csv", b"id,review\n1,'Hot, and long.'\n2,Cold.\n3,Dark.\n"))
    named(app.selectbox, "Quotes around cells").set_value("single").run()
    assert list(app.dataframe[0].value["review"]) == ["Hot, and long.", "Cold.", "Dark."]
    assert run_it(app).dataset.options["quote"] == "single"


def test_a_table_of_pictures_is_uploaded_with_them(choose: Callable[[str], AppTest]) -> None:
    app = choose("looker")
    table = b"id,which,note\n1,cat.jpg,x\n2,coins.jpg,y\n"
    pictures = [(name, (PHOTOS / name).read_bytes()) for name in ("cat.jpg", "coins.jpg")]
    upload(app, ("t.csv", table), *pictures, kind="image")
    assert len(app.image) == 2
    assert list(app.dataframe[0].value.columns) == ["id", "which", "note"]
    assert named(app.selectbox, "Column of the pictures").value == "which"
    run = run_it(app)
    for path in Path(run.dataset.path).parent.iterdir():
        assert path.stat().st_nlink == 2  # the upload's name, and the run's
    progress = execute(open_run(run.id))
    assert (progress.done, progress.failed) == (2, 0)


def test_a_table_with_pictures_in_it_is_uploaded_alone(choose: Callable[[str], AppTest]) -> None:
    buffer = io.BytesIO()
    picture = (PHOTOS / "cat.jpg").read_bytes()
    pd.DataFrame({"id": [1], "image": [picture]}).to_parquet(buffer)
    app = choose("looker")
    upload(app, ("t.parquet", buffer.getvalue()), kind="image")
    assert len(app.image) == 1
    run = run_it(app)
    assert Path(run.dataset.path).parent.name == "input"
    assert execute(open_run(run.id)).failed == 0


def test_the_column_of_pictures_is_asked_for_where_it_cannot_be_guessed(
    choose: Callable[[str], AppTest],
) -> None:
    app = choose("looker")
    upload(
        app, ("t.csv", b"id,which\n1,cat\n"), ("cat", (PHOTOS / "cat.jpg").read_bytes()),
        kind="image",
    )  # fmt: skip
    assert "no column of it" in app.error[0].value.replace("\\", "")
    named(app.selectbox, "Column of the pictures").set_value("which").run()
    assert not app.exception
    assert not app.error
    assert len(app.image) == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("cat.jpg", b"x")], "no table among cat.jpg"),
        ([("a.csv", b"x"), ("b.csv", b"x")], "several tables: a.csv, b.csv"),
    ],
)
def test_one_table_is_needed(
    files: list[File], said: str, choose: Callable[[str], AppTest]
) -> None:
    app = choose("looker")
    upload(app, *files, kind="image")
    assert said in app.error[0].value.replace("\\", "")


def test_labels_of_pictures_are_shown(choose: Callable[[str], AppTest]) -> None:
    app = choose("looker")
    files = [(f"pets/{name}/a.jpg", (PHOTOS / "cat.jpg").read_bytes()) for name in ("cat", "dog")]
    upload(app, *files, source="Upload a folder", kind="image")
    assert list(app.dataframe[0].value["label"]) == ["cat", "dog"]
    assert any("taken for its label" in one.value for one in app.caption)
    assert run_it(app).dataset.columns == ("file", "label")


def test_settings_of_a_run(
    choose: Callable[[str], AppTest], setting: Callable[[str, object], None]
) -> None:
    manifest = run_it(choose("reader"))
    assert (manifest.ledger, manifest.max_failed_share) == (True, None)
    assert (manifest.device, manifest.precision, manifest.asked_by) == (
        "auto", "auto", "on the page",
    )  # fmt: skip
    assert manifest.parameters == {"top_k": None, "long_texts": "head"}
    setting("ledger", False)
    setting("device", "cpu")
    app = choose("reader")
    app.toggle(key="batch-stops").set_value(True).run()
    app.number_input(key="batch-stop-percent").set_value(0.5)
    app.number_input(key="batch-top-k-text-classification").set_value(1)
    app.selectbox(key="batch-precision").set_value("fp32").run()
    manifest = run_it(app)
    assert (manifest.ledger, manifest.max_failed_share) == (False, 0.005)
    assert (manifest.device, manifest.precision) == ("cpu", "fp32")
    assert manifest.parameters["top_k"] == 1
