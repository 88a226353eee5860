"""Datasets of the Hub, streamed from a server on localhost by the real client."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golems.base import Row
from golems.datasets import hub_splits, open_dataset
from golems.errors import BadInput, HubError
from tests.datasets.conftest import picture_bytes
from tests.hub import HubServer

ID = "acme/reviews"
TEXTS = [f"review number {n}, and {'on ' * (n % 40)}" for n in range(6000)]
TOKEN = "hf_secret123"


def parquet(path: Path, texts: list[str], *, group: int = 500) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({"id": list(range(len(texts))), "text": texts})
    pq.write_table(table, path, row_group_size=group, compression="none", use_dictionary=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of train, one of test."""
    folder = tmp_path / "repo"
    parquet(folder / "data/train-00000-of-00002.parquet", TEXTS[:4000])
    parquet(folder / "data/train-00001-of-00002.parquet", TEXTS[4000:])
    parquet(folder / "data/test-00000-of-00001.parquet", ["a test"])
    return folder


def test_all_rows_come_in_order(hub: HubServer, folder: Path) -> None:
    commit = hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text")
    rows = list(dataset.rows())
    assert [row.content for row in rows] == TEXTS
    assert [row.index for row in rows] == list(range(6000))
    assert rows[4001].fields == {"id": "1", "text": TEXTS[4001]}
    assert (dataset.kind, dataset.name, dataset.count()) == ("hub", ID, 6000)
    assert dataset.notes[0] == (
        f"Read from the Hub: split 'train' of {ID} at {commit[:8]}; other splits: test."
    )
    assert hub_splits(f"hub:{ID}") == {"default": ("test", "train")}


def test_a_limit_fetches_no_more_than_it_needs(hub: HubServer, folder: Path) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(Path(f"hub:{ID}"), task_kind="text", split="train", limit=10)
    assert [row.content for row in dataset.rows()] == TEXTS[:10]
    assert dataset.count() == 10
    assert not any("00001-of-00002" in seen.path for seen in hub.requests)
    assert all(seen.range for seen in hub.requests if seen.path.endswith(".parquet"))


def test_a_sample_fetches_only_where_its_rows_are(hub: HubServer, folder: Path) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text", column="text", sample=2, seed=5)
    contents = [row.content for row in dataset.rows()]
    assert len(contents) == 2
    assert sorted(map(str, contents), key=TEXTS.index) == contents
    got = sum(_bytes(seen.range) for seen in hub.requests if seen.range)
    assert got < sum(path.stat().st_size for path in folder.rglob("train*")) * 0.7


def _bytes(asked: str) -> int:
    start, end = asked.removeprefix("bytes=").split("-")
    return int(end) - int(start) + 1


def test_a_spec_reads_the_same_commit_again(hub: HubServer, folder: Path) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text", split="test", limit=5)
    rows = list(dataset.rows())
    parquet(folder / "data/test-00000-of-00001.parquet", ["changed", "since"])
    hub.add_dataset(ID, folder)
    again = open_dataset(task_kind="text", **json.loads(json.dumps(dataset.spec())))
    assert list(again.rows()) == rows
    assert again.spec() == dataset.spec()
    fresh = open_dataset(f"hub:{ID}", task_kind="text", split="test")
    assert [row.content for row in fresh.rows()] == ["changed", "since"]


def test_pictures_come_as_their_bytes(hub: HubServer, tmp_path: Path) -> None:
    import datasets as hf_datasets

    pictures = [picture_bytes(), b"no picture at all", picture_bytes(kind="JPEG")]
    features = hf_datasets.Features({"image": hf_datasets.Image(), "n": hf_datasets.Value("int8")})
    made = hf_datasets.Dataset.from_dict(
        {"image": [{"bytes": data, "path": None} for data in pictures], "n": [1, 2, 3]},
        features=features,
    )
    (tmp_path / "repo").mkdir()
    made.to_parquet(tmp_path / "repo" / "train.parquet")
    hub.add_dataset("acme/photos", tmp_path / "repo")
    dataset = open_dataset("hub:acme/photos", task_kind="image", limit=2)
    assert [row.content for row in dataset.rows()] == pictures[:2]
    assert (dataset.column, dataset.count()) == ("image", 2)
    assert dataset.preview(1)[0].fields["n"] == "1"


def test_a_connection_that_breaks_once_is_not_noticed(hub: HubServer, folder: Path) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text")
    hub.cut_after("train-00001-of-00002.parquet", 1000, times=2)
    assert [row.content for row in dataset.rows()] == TEXTS


def test_a_connection_that_stays_broken_is_said_and_reading_can_start_again(
    hub: HubServer, folder: Path
) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text")
    hub.cut_after("train-00001-of-00002.parquet", 1000, times=4)
    seen: list[object] = []
    with pytest.raises(HubError, match=rf"Reading the dataset {ID} broke off"):
        take(dataset.rows(), seen)
    assert seen == TEXTS[:4000]
    assert [row.content for row in dataset.rows()] == TEXTS


def take(rows: Iterator[Row], seen: list[object]) -> None:
    for row in rows:
        seen.append(row.content)


def test_a_server_that_goes_down_is_said(hub: HubServer, folder: Path) -> None:
    hub.add_dataset(ID, folder)
    dataset = open_dataset(f"hub:{ID}", task_kind="text")
    rows = dataset.rows()
    next(rows)
    hub.down()
    with pytest.raises(HubError, match="can't be reached"):
        list(rows)
    with pytest.raises(HubError, match="can't be reached"):
        open_dataset(f"hub:{ID}", task_kind="text")


def test_what_the_hub_does_not_give_is_said_in_words(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_dataset(ID, folder)
    hub.add_dataset("acme/gated", folder, gated=True)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    for address, options, words in (
        ("hub:acme/nothing", {}, "The Hub has no dataset acme/nothing"),
        (f"hub:{ID}", {"revision": "v9"}, f"{ID} has no revision 'v9'"),
        ("hub:acme/gated", {}, "acme/gated is gated: accept its terms"),
        ("hub:a b/c//d", {}, "is not the id of a dataset"),
    ):
        with pytest.raises(HubError, match=words):
            open_dataset(address, task_kind="text", **options)
    for address, options, words in (
        (f"hub:{ID}", {"split": "dev"}, f"{ID} has no split 'dev'; it has: test, train"),
        (f"hub:{ID}", {"config": "en"}, f"{ID} has no config 'en'; it has: default"),
        (f"hub:{ID}", {"column": "txt"}, "Did you mean 'text'"),
        ("hub:", {}, "names no dataset"),
        (f"hub:{ID}", {"sheet": "1"}, "has no sheet"),
    ):
        with pytest.raises(BadInput, match=words):
            open_dataset(address, task_kind="text", **options)


def test_a_token_of_the_environment_opens_and_is_never_shown(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_dataset("acme/gated", folder, gated=True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    dataset = open_dataset("hub:acme/gated", task_kind="text")
    assert dataset.preview(1)[0].content == TEXTS[0]
    assert TOKEN not in json.dumps(dataset.spec()) + " ".join(dataset.notes)
    for broken in ("hub:acme/nothing", f"hub:acme/{TOKEN * 9}"):
        with pytest.raises(HubError) as raised:
            open_dataset(broken.replace(TOKEN * 9, "missing"), task_kind="text")
        assert TOKEN not in str(raised.value)


def test_offline_is_said_at_once(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        open_dataset(f"hub:{ID}", task_kind="text")
    assert hub.requests == []


CARD = """---
configs:
- config_name: en
  data_files:
  - split: train
    path: "english/part-*"
  - split: test
    path: ["english/held_out.parquet"]
- config_name: fr
  data_files: "french/*.parquet"
---
# Reviews
"""
LAYOUTS: dict[str, tuple[dict[str, str], dict[str, tuple[str, ...]]]] = {
    "card": (
        {"english/part-1.parquet": "a", "english/part-2.parquet": "b", "french/x.parquet": "c",
         "english/held_out.parquet": "d", "README.md": CARD},
        {"en": ("train", "test"), "fr": ("train",)},
    ),
    "files": (
        {"train.parquet": "a", "my-validation.parquet": "b"},
        {"default": ("validation", "train")},
    ),
    "folders": ({"test/x.parquet": "a", "train/y.parquet": "b"}, {"default": ("test", "train")}),
    "neither": ({"x.parquet": "a", "deep/y.parquet": "b"}, {"default": ("train",)}),
    "sharded": ({"data/odd-00000-of-00001.parquet": "a"}, {"default": ("odd",)}),
}  # fmt: skip
LOAD = """
import sys, json, datasets
found = {}
for name, configs in json.loads(sys.argv[1]).items():
    for config in configs:
        for split in datasets.load_dataset_builder(name, config).config.data_files:
            rows = datasets.load_dataset(name, config, split=str(split), streaming=True)
            found[f"{name}/{config}/{split}"] = [row["text"] for row in rows]
print(json.dumps(found))
"""


def test_configs_and_splits_are_those_of_the_datasets_library(
    hub: HubServer, tmp_path: Path
) -> None:
    for name, (files, _) in LAYOUTS.items():
        folder = tmp_path / name
        for path, content in files.items():
            if path.endswith(".parquet"):
                parquet(folder / path, [content])
            else:
                (folder / path).write_text(content)
        hub.add_dataset(f"acme/{name}", folder)
    found = {f"acme/{name}": hub_splits(f"hub:acme/{name}") for name in LAYOUTS}
    assert found == {f"acme/{name}": expected for name, (_, expected) in LAYOUTS.items()}
    ours = {
        f"{name}/{config}/{split}": contents(name, config=config, split=split)
        for name, configs in found.items()
        for config, splits in configs.items()
        for split in splits
    }
    asked = json.dumps({name: list(configs) for name, configs in found.items()})
    theirs = subprocess.run(
        [sys.executable, "-c", LOAD, asked],
        env={**os.environ, **hub.environment(tmp_path / "hf")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ours == json.loads(theirs.stdout.splitlines()[-1])


def contents(name: str, **options: Any) -> list[object]:
    dataset = open_dataset(f"hub:{name}", task_kind="text", **options)
    return [row.content for row in dataset.rows()]


def test_several_configs_have_to_be_chosen_from(hub: HubServer, tmp_path: Path) -> None:
    for config in ("en", "fr"):
        parquet(tmp_path / "repo" / config / "train" / "0000.parquet", [config])
    hub.add_dataset(ID, tmp_path / "repo")
    with pytest.raises(BadInput, match="has several configs; choose one: en, fr"):
        open_dataset(f"hub:{ID}", task_kind="text")
    dataset = open_dataset(f"hub:{ID}", task_kind="text", config="fr")
    assert dataset.preview(1)[0].content == "fr"


def test_other_formats_are_read_as_the_hub_converted_them(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "train.csv").write_text("text\nhello\n")
    hub.add_dataset(ID, tmp_path / "repo")
    with pytest.raises(BadInput, match="has no Parquet files on the Hub"):
        open_dataset(f"hub:{ID}", task_kind="text")
    parquet(tmp_path / "converted" / "default" / "train" / "0000.parquet", ["hello"])
    hub.add_dataset(ID, tmp_path / "converted", revision="refs/convert/parquet")
    dataset = open_dataset(f"hub:{ID}", task_kind="text")
    assert [row.content for row in dataset.rows()] == ["hello"]
    again = open_dataset(task_kind="text", **dataset.spec())
    assert list(again.rows()) == list(dataset.rows())


def test_files_with_other_columns_keep_the_first_ones(hub: HubServer, tmp_path: Path) -> None:
    parquet(tmp_path / "repo" / "a.parquet", ["one"])
    table = pa.table({"text": ["two", None], "more": ["x", "y"]})
    pq.write_table(table, tmp_path / "repo" / "b.parquet")
    hub.add_dataset(ID, tmp_path / "repo")
    rows = list(open_dataset(f"hub:{ID}", task_kind="text").rows())
    assert [row.fields for row in rows] == [
        {"id": "0", "text": "one"}, {"id": None, "text": "two"}, {"id": None, "text": None},
    ]  # fmt: skip
    assert [row.error for row in rows] == [None, None, "Row 3 has nothing in column 'text'."]
