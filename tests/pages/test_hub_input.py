"""A dataset of the Hub as the data of a run, asked of a server on localhost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from golems.runs import open_run
from tests.hub import HubServer
from tests.pages.conftest import PROJECT, button
from ui import opening
from ui.hub_input import id_in

ID = "acme/reviews"
TOKEN = "hf_secret123"
CARD = """---
configs:
- config_name: default
  data_files:
  - {split: test, path: full/test.parquet}
  - {split: train, path: full/train.parquet}
- config_name: short
  data_files:
  - {split: test, path: short/test.parquet}
---
"""

Choose = Callable[[str, str], AppTest]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    for cache in (opening.kept, opening.tried):
        cache.clear()
    yield
    for cache in (opening.kept, opening.tried):
        cache.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two configs, of two splits and of one."""
    folder = tmp_path / "repo"
    for path, rows in (("full/train", 2000), ("full/test", 30), ("short/test", 5)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        texts = [f"{path}: the soup was hot on day {n}." for n in range(rows)]
        table = pa.table({"id": list(range(rows)), "review": texts})
        pq.write_table(table, folder / f"{path}.parquet", row_group_size=500)
    (folder / "README.md").write_text(CARD, "utf-8")
    return folder


@pytest.fixture
def choose(open_page: Callable[..., AppTest], tiny_golems: None) -> Choose:
    """The Batch page with a golem and a dataset of the Hub chosen."""

    def choose_it(golem: str, name: str) -> AppTest:
        app = open_page("batch")
        app.segmented_control(key="golem-None").set_value(golem).run()
        kind = "image" if golem == "looker" else "text"
        app.segmented_control(key=f"batch-source-{kind}").set_value("Hub dataset").run()
        if name:
            app.text_input(key="batch-hub").set_value(name).run()
        assert not app.exception
        return app

    return choose_it


def started(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Press Run without doing it; the dataset of the manifest."""
    monkeypatch.setattr("golems.runs.start_worker", lambda run: None)
    button(app, "Run").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert not app.error
    return open_run(str(app.query_params["run"])).manifest().dataset


def select(app: AppTest, label: str) -> object:
    return next(one for one in app.selectbox if one.label == label)


def test_a_dataset_of_texts_is_shown_and_run(
    hub: HubServer, folder: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = hub.add_dataset(ID, folder)
    app = choose("reader", ID)
    assert [(one.label, one.value) for one in app.selectbox][:3] == [
        ("Config", "default"), ("Split", "train"), ("Column to read", "review"),
    ]  # fmt: skip
    assert select(app, "Split").options == ["test", "train"]  # type: ignore[attr-defined]
    assert list(app.dataframe[0].value["id"]) == list("012345")
    spec = started(app, monkeypatch)
    assert (spec.path, spec.column, spec.limit) == (f"hub:{ID}", "review", 1000)  # type: ignore[attr-defined]
    assert spec.options == {"config": "default", "split": "train", "revision": commit}  # type: ignore[attr-defined]


def test_drawing_the_page_again_asks_the_hub_nothing(
    hub: HubServer, folder: Path, choose: Choose
) -> None:
    hub.add_dataset(ID, folder)
    app = choose("reader", ID)
    asked = len(hub.requests)
    assert asked > 2
    app.run()
    app.toggle(key="batch-ledger").set_value(False).run()
    app.selectbox(key="batch-long-texts").set_value("tail").run()
    app.segmented_control(key="golem-None").set_value("writer").run()
    assert len(app.dataframe[0].value) == 6
    opening.tried.clear()  # as time does, which is for errors
    again = choose("reader", ID)  # another person
    assert len(again.dataframe[0].value) == 6
    assert hub.requests[asked:] == []


def test_config_split_column_and_rows_can_be_chosen(
    hub: HubServer, folder: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_dataset(ID, folder)
    app = choose("reader", ID)
    select(app, "Config").set_value("short").run()  # type: ignore[attr-defined]
    assert select(app, "Split").value == "test"  # type: ignore[attr-defined]
    assert app.dataframe[0].value["review"][0].startswith("short/test")
    select(app, "Config").set_value("default").run()  # type: ignore[attr-defined]
    select(app, "Split").set_value("test").run()  # type: ignore[attr-defined]
    select(app, "Column to read").set_value("id").run()  # type: ignore[attr-defined]
    app.segmented_control(key=f"batch-{ID}-rows").set_value("Random sample").run()
    app.number_input(key=f"batch-{ID}-number").set_value(7)
    app.number_input(key=f"batch-{ID}-sample-seed").set_value(3).run()
    assert len(app.dataframe[0].value) == 6
    spec = started(app, monkeypatch)
    assert (spec.column, spec.limit) == ("id", None)  # type: ignore[attr-defined]
    options = spec.options  # type: ignore[attr-defined]
    assert (options["split"], options["sample"], options["seed"]) == ("test", 7, 3)


def test_an_older_revision_can_be_named(hub: HubServer, folder: Path, choose: Choose) -> None:
    first = hub.add_dataset(ID, folder)
    newer = folder.parent / "newer"
    newer.mkdir()
    pq.write_table(pa.table({"text": ["new"]}), newer / "train.parquet")
    hub.add_dataset(ID, newer)
    app = choose("reader", ID)
    assert list(app.dataframe[0].value.columns) == ["text"]
    app.text_input(key=f"batch-revision-{ID}").set_value(first).run()
    assert not app.error
    assert list(app.dataframe[0].value.columns) == ["id", "review"]
    app.text_input(key=f"batch-revision-{ID}").set_value("nothing").run()
    assert "no revision" in app.error[0].value


def test_a_dataset_of_pictures_is_shown_and_run(
    hub: HubServer, tmp_path: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photos").mkdir()
    names = ["cat.jpg", "coffee.jpg", "coins.jpg"]
    rows = [
        {"image": {"bytes": (PROJECT / "data/photos" / name).read_bytes(), "path": name}, "n": n}
        for n, name in enumerate(names)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "photos" / "train.parquet")
    hub.add_dataset("acme/photos", tmp_path / "photos")
    app = choose("looker", "https://huggingface.co/datasets/acme/photos/viewer")
    assert not app.error
    assert len(app.image) == 3
    assert list(app.dataframe[0].value["image"]) == names
    asked = len(hub.requests)
    app.run()
    assert len(app.image) == 3
    assert len(hub.requests) == asked
    assert started(app, monkeypatch).column == "image"  # type: ignore[attr-defined]


def test_what_the_hub_does_not_give_is_an_error_in_words(
    hub: HubServer, folder: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / "plain").mkdir()
    (folder.parent / "plain" / "a.csv").write_text("a\n1\n", "utf-8")
    hub.add_dataset("acme/gated", folder, gated=True)
    hub.add_dataset("acme/plain", folder.parent / "plain")
    wanted = {
        "acme/nothing": "no dataset acme/nothing",
        "acme/gated": "is gated: accept its terms",
        "acme/plain": "no Parquet files",
        "a b c": "is not the id of a dataset",
    }
    app = choose("reader", "")
    assert any("Type the id" in one.value for one in app.info)
    for name, words in wanted.items():
        app.text_input(key="batch-hub").set_value(name).run()
        assert not app.exception
        assert len(app.error) == 1, name
        assert words in app.error[0].value.replace("\\", "")
        assert button(app, "Run").disabled  # type: ignore[attr-defined]
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    app.text_input(key="batch-hub").set_value("acme/gated").run()
    assert not app.error  # with a token it is another question
    assert len(app.dataframe[0].value) == 6
    hub.behind_a_sign_in_page()
    app.text_input(key="batch-hub").set_value("acme/other").run()
    assert "sign in first" in app.error[0].value
    assert TOKEN not in str(app.main)


def test_what_went_wrong_is_tried_again_only_when_asked(
    hub: HubServer, folder: Path, choose: Choose
) -> None:
    app = choose("reader", ID)
    assert "no dataset" in app.error[0].value
    asked = len(hub.requests)
    hub.add_dataset(ID, folder)
    app.run()
    app.toggle(key="batch-ledger").set_value(False).run()
    assert app.error
    assert len(hub.requests) == asked
    button(app, "Try again").click().run()  # type: ignore[attr-defined]
    assert not app.error
    assert len(app.dataframe[0].value) == 6


def test_an_error_is_not_kept_for_long(hub: HubServer, folder: Path, choose: Choose) -> None:
    app = choose("reader", ID)
    hub.add_dataset(ID, folder)
    opening.tried.clear()  # as time does; what is kept for longer holds no errors
    app.run()
    assert not app.error
    assert opening.ERROR_KEPT_S <= 30


def test_a_hub_that_is_away_is_an_error_in_words(
    hub: HubServer, folder: Path, choose: Choose, setting: Callable[[str, object], None]
) -> None:
    setting("hub_timeout_s", 1)
    hub.add_dataset(ID, folder)
    hub.down()
    app = choose("reader", ID)
    assert "be reached" in app.error[0].value
    hub.up()
    button(app, "Try again").click().run()  # type: ignore[attr-defined]
    assert not app.error


def test_offline_is_said_in_words(
    hub: HubServer, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    app = choose("reader", "")
    assert "HF_HUB_OFFLINE" in app.info[0].value
    assert app.text_input(key="batch-hub").disabled
    assert not app.error
    assert hub.requests == []


@pytest.mark.parametrize(
    "typed",
    ["acme/x", " acme/x/ ", "hub:acme/x", "https://huggingface.co/datasets/acme/x?row=1"],
)
def test_an_id_can_be_typed_in_many_ways(typed: str) -> None:
    assert id_in(typed) == "acme/x"
