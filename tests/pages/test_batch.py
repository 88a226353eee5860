"""The Batch page: setting a run up, and looking at one by its address."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from golems.datasets import open_dataset
from golems.errors import BadInput
from golems.preflight import Preflight, preflight
from golems.registry import cards
from golems.runs import Manifest, Progress, Run, all_runs, create_run, open_run
from golems.runs.engine import execute
from golems.runs.setup import load_golem, reopen
from tests.pages.conftest import AddGolem, button, charts_of, numbers_of
from ui.text import plain

NAMES = ["reader", "looker", "writer"]


@pytest.fixture
def choose(open_page: Callable[..., AppTest], tiny_golems: None) -> Callable[[str], AppTest]:
    """The Batch page with one of the golems chosen."""

    def choose_it(name: str) -> AppTest:
        app = open_page("batch")
        app.segmented_control(key="golem-None").set_value(name).run()
        assert not app.exception
        return app

    return choose_it


def made_run(golem: str, dataset: Path) -> Run:
    """A finished run of a golem of the roster."""
    card = cards()[golem]
    opened = open_dataset(dataset, task_kind="text")
    run = create_run(card, card.checkpoints[0], opened, device="cpu")
    execute(run)
    return run


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_data_is_ready_to_run(name: str, choose: Callable[[str], AppTest]) -> None:
    app = choose(name)
    assert not app.error
    assert button(app, "Run")
    if name == "looker":
        assert len(app.image) == 6
    else:
        assert len(app.dataframe[0].value) == 6
        assert app.selectbox[0].value in {"text", "prompt"}


def test_an_uploaded_table_shows_its_columns(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    assert "No data yet" in app.info[0].value
    content = "id;**review**\n1;The soup was hot and the day was long.\n2;Cold.\n".encode(
        "utf-8-sig"
    )
    app.file_uploader[0].set_value(("a.csv", content, "text/csv")).run()
    assert not app.exception
    assert app.selectbox[0].value == "**review**"
    assert list(app.dataframe[0].value.columns) == ["id", "**review**"]


def test_how_long_texts_are_read_is_asked_and_kept(
    choose: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.runs.start_worker", lambda run: None)
    app = choose("reader")
    app.selectbox(key="batch-long-texts").set_value("chunks")
    button(app, "Run").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert open_run(str(app.query_params["run"])).manifest().parameters["long_texts"] == "chunks"
    for name in ("looker", "writer"):
        assert all(one.key != "batch-long-texts" for one in choose(name).selectbox)


def test_a_rate_is_said_of_rows_that_are_with_the_golem_alone(
    choose: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.runs.start_worker", lambda run: None)
    monkeypatch.setattr("ui.run_view.start_workers", lambda: None)
    app = choose("reader")
    button(app, "Run").click().run()  # type: ignore[attr-defined]
    run = open_run(str(app.query_params["run"]))
    for stage, is_said in (("Loading the golem", False), ("Predicting", True)):
        run.write_progress(Progress(rows=400, done=100, elapsed_s=2.0, stage=stage))
        said = " ".join(one.value for one in app.run().caption)
        assert ("50.0 rows a second" in said, "left" in said) == (is_said, is_said)


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not app.exception
    assert not app.error
    return app


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "csv.gz", "log"])
def test_other_tables_can_be_uploaded(choose: Callable[[str], AppTest], kind: str) -> None:
    frame = pd.DataFrame({"id": ["1", "2"], "review": ["The soup was hot.", "Cold."]})
    content = {
        "jsonl": lambda: frame.to_json(orient="records", lines=True).encode(),
        "parquet": lambda: frame.to_parquet(),
        "csv.gz": lambda: gzip.compress(frame.to_csv(index=False).encode()),
        "log": lambda: b"The soup was hot.\nCold.\n",
    }[kind]()
    app = upload(choose("reader"), f"a.{kind}", content)
    assert app.selectbox[0].value == ("text" if kind == "log" else "review")
    assert len(app.dataframe[0].value) == 2
    assert not button(app, "Run").disabled  # type: ignore[attr-defined]


def test_a_sheet_can_be_chosen(choose: Callable[[str], AppTest]) -> None:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as writer:
        pd.DataFrame({"review": ["Hot."]}).to_excel(writer, sheet_name="One", index=False)
        pd.DataFrame({"id": [1], "text": ["Cold."]}).to_excel(writer, sheet_name="Two", index=False)
    app = upload(choose("reader"), "a.xlsx", buffer.getvalue())
    assert list(app.dataframe[0].value.columns) == ["review"]
    app.selectbox[0].set_value("Two").run()
    assert not app.exception
    assert list(app.dataframe[0].value.columns) == ["id", "text"]
    assert app.selectbox[1].value == "text"
    app.selectbox[1].set_value("id").run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02"])
def test_a_table_that_cannot_be_read_is_an_error_in_words(
    content: bytes, choose: Callable[[str], AppTest]
) -> None:
    app = choose("reader")
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    app.file_uploader[0].set_value(("a*b*.csv", content, "text/csv")).run()
    assert not app.exception
    assert app.error or app.info


def test_how_a_table_is_read_can_be_chosen_where_auto_fails(
    choose: Callable[[str], AppTest],
) -> None:
    app = choose("reader")
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    content = "id|näme,x\n1|Die Suppe war heiß, der Tag lang.\n".encode("utf-16-le")
    app.file_uploader[0].set_value(("a.csv", content, "text/csv")).run()
    assert "encoding" in app.error[0].value
    choices = {one.label: one for one in app.selectbox}
    choices["Encoding"].set_value("utf-16-le")
    choices["Separated by"].set_value("pipe").run()
    assert not app.exception
    assert not app.error
    assert list(app.dataframe[0].value.columns) == ["id", "näme,x"]
    assert not button(app, "Run").disabled  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "windows-1251", "iso-8859-1", "shift_jis", "gb18030", "koi8-r"]
)
def test_every_encoding_offered_can_be_taken(
    encoding: str, choose: Callable[[str], AppTest]
) -> None:
    app = choose("reader")
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    content = "id\ttext\n1\tThe soup was hot.\n".encode(encoding)
    app.file_uploader[0].set_value(("a.csv", content, "text/csv")).run()
    next(one for one in app.selectbox if one.label == "Encoding").set_value(encoding).run()
    assert not app.exception
    assert not app.error
    assert list(app.dataframe[0].value.columns) == ["id", "text"]


def test_a_table_without_rows_cannot_be_run(choose: Callable[[str], AppTest]) -> None:
    app = choose("reader")
    app.segmented_control(key="batch-source-text").set_value("Upload a table").run()
    app.file_uploader[0].set_value(("a.csv", b"id,text\n", "text/csv")).run()
    assert not app.exception
    assert "no rows" in app.info[0].value
    assert button(app, "Run").disabled  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "run_id",
    ["20260101-000000-nothing", "../../etc", "/etc/passwd", "<script>x</script>", "", "x" * 5000],
)
def test_an_address_of_no_run_is_an_error_in_words(
    run_id: str, open_page: Callable[..., AppTest]
) -> None:
    app = open_page("batch", run=run_id)
    assert not app.exception
    assert len(app.error) == 1
    assert len(app.error[0].value) < 1500
    assert not re.search(r"(?<!\\)<script", app.error[0].value)
    button(app, "New run").click().run()  # type: ignore[attr-defined]
    assert not app.error
    assert "run" not in app.query_params


def test_a_damaged_run_is_an_error_in_words(
    open_page: Callable[..., AppTest], tiny_golems: None, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,The soup was hot.\n", "utf-8")
    run = made_run("reader", tmp_path / "a.csv")
    (run.folder / "parts" / "00000.parquet").write_bytes(b"no parquet")
    assert open_page("batch", run=run.id).error
    (run.folder / "manifest.json").write_text("{", "utf-8")
    assert "damaged" in open_page("batch", run=run.id).error[0].value


def test_a_finished_run_is_a_report(
    open_page: Callable[..., AppTest], tiny_golems: None, tmp_path: Path
) -> None:
    rows = "".join(f"{n},The soup was hot on day {n}.\n" for n in range(150))
    (tmp_path / "a $b$ _c_.csv").write_text(f"id,text\n{rows}999,\n", "utf-8")
    run = made_run("reader", tmp_path / "a $b$ _c_.csv")
    app = open_page("batch", run=run.id)
    assert r"\$b\$ \_c\_\.csv" in app.header[0].value
    assert any("Read as UTF" in one.value for one in app.caption)
    metrics = {one.label: one.value for one in app.metric}
    assert metrics["Rows"] == "151"
    assert metrics["Predicted"] == "150"
    assert metrics["Failed"] == "1"
    assert len(charts_of(app)) == 2
    tables = [one.value for one in app.dataframe]
    assert [len(table) for table in tables[-2:]] == [100, 1]
    assert "empty" in tables[-1]["Reason"][0]
    assert [one.label for one in app.download_button] == [
        "Download errors.csv", "Download CSV", "Download Parquet", "Download JSON Lines",
        "Download Excel",
    ]  # fmt: skip
    app.number_input(key="run-page").set_value(2).run()
    assert len(app.dataframe[-2].value) == 51


def test_hostile_labels_and_names_in_a_report_are_shown_to_the_letter(
    open_page: Callable[..., AppTest], add_golem: AddGolem, tmp_path: Path
) -> None:
    from tests import tiny

    labels = ["<script>alert(1)</script>", "**b** :red[c] $d$"]
    add_golem("bad", "text-classification", tiny.bert(tmp_path / "bert", labels=labels))
    path = tmp_path / "<img src=x onerror=alert(1)>.csv"
    path.write_text("id,text\n1,The soup was hot.\n2,Cold rain all day long.\n", "utf-8")
    app = open_page("batch", run=made_run("bad", path).id)
    shown = [one.value for one in [*app.header, *app.caption, *app.markdown]]
    assert not any(re.search(r"(?<!\\)(<img|<script|\*\*b)", text) for text in shown)
    assert all("<script" not in chart for chart in charts_of(app))


def test_a_run_can_be_checked_first(
    choose: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_here(manifest: Manifest, watch: Callable[[str], None]) -> Preflight:
        # Another process doesn't know the roster of these tests.
        golem = load_golem(manifest, lambda _: None)
        return preflight(golem, manifest, reopen(manifest), watch=watch)

    monkeypatch.setattr("ui.preflight_view.check", check_here)
    app = choose("reader")
    button(app, "Check first").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    metrics = {one.label: one.value for one in app.metric}
    assert (metrics["Rows"], metrics["Empty"], metrics["Already known"]) == ("400", "0", "0")
    assert metrics["Memory"].endswith("B")
    assert any("will be cut off" in one.value for one in app.caption)
    assert any("400 rows left to compute" in one.value for one in app.caption)
    assert sum(numbers_of(app, "preflight-lengths").dataframe[-1].value["Rows"]) == 400
    assert all_runs() == []
    app.selectbox(key="batch-long-texts").set_value("chunks").run()
    assert not app.metric  # it was said of other settings


def test_what_cannot_be_checked_is_an_error_in_words(
    choose: Callable[[str], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BadInput("The file is gone.")

    monkeypatch.setattr("ui.preflight_view.check", refuse)
    app = choose("reader")
    button(app, "Check first").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert app.error[0].value == plain("The file is gone.")
