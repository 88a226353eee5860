"""Runs over datasets of the Hub: fixed to a commit, and going on once the Hub is there again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golems.cli import main
from golems.datasets import open_dataset
from golems.errors import HubError, RunFailed
from golems.registry import card_named, choose_checkpoint
from golems.runs import Run, create_run, repeat_run
from golems.runs.engine import execute
from golems.runs.fingerprint import taken
from golems.runs.state import Progress
from tests.hub import HubServer

ID = "acme/reviews"
TEXTS = [f"The soup was hot, said guest {number}." for number in range(12)]


@pytest.fixture
def make_hub_run(text_model: Path, hub: HubServer, tmp_path: Path) -> Callable[[], Run]:
    """A run over two files of the Hub, in windows of four rows."""
    folder = tmp_path / "repo"
    folder.mkdir()
    for number in (0, 1):
        part = pa.table({"text": TEXTS[6 * number : 6 * number + 6]})
        pq.write_table(part, folder / f"train-{number:05}-of-00002.parquet")
    hub.add_dataset(ID, folder)

    def make() -> Run:
        card = card_named(str(text_model), "text-classification")
        dataset = open_dataset(f"hub:{ID}", task_kind="text")
        run = create_run(card, choose_checkpoint(card), dataset, device="cpu", precision="fp32")
        run.write_manifest(run.manifest().model_copy(update={"window": 4}))
        return run

    return make


def texts_of(run: Run) -> list[str]:
    return [text for part in run.parts() for text in pq.read_table(part).column(1).to_pylist()]


def test_the_commit_is_the_fingerprint(make_hub_run: Callable[[], Run], hub: HubServer) -> None:
    spec = make_hub_run().manifest().dataset
    hub.down()
    found = taken(spec)
    assert found.fingerprint == f"commit:{spec.options['revision']}"
    assert found.modified_ns is None
    assert taken(found) == found
    other = found.model_copy(update={"options": {**spec.options, "revision": "0" * 40}})
    with pytest.raises(RunFailed, match="has changed"):
        taken(other)


def test_a_run_goes_on_after_the_hub_was_away(
    make_hub_run: Callable[[], Run], hub: HubServer
) -> None:
    run = make_hub_run()

    def cut(progress: Progress) -> None:
        # Windows are read ahead, so that it has to be away before the first one is.
        if progress.stage == "Predicting" and not progress.done:
            hub.down()

    with pytest.raises(HubError):
        execute(run, cut)
    end = run.end()
    assert end is not None
    assert run.state() == end.state == "interrupted"
    assert end.reason is not None
    assert f"Reading the dataset {ID} broke off" in end.reason
    hub.up()
    run.resume()
    assert execute(run).done == len(TEXTS)
    assert run.state() == "done"
    assert texts_of(run) == TEXTS


def test_a_manifest_reads_the_same_commit_again(
    make_hub_run: Callable[[], Run], hub: HubServer, tmp_path: Path
) -> None:
    first = make_hub_run()
    newer = tmp_path / "newer"
    newer.mkdir()
    pq.write_table(pa.table({"text": ["new"]}), newer / "train-00000-of-00002.parquet")
    hub.add_dataset(ID, newer)
    again = repeat_run(first.manifest())
    execute(again)
    assert texts_of(again) == TEXTS
    assert again.manifest().dataset.options == first.manifest().dataset.options


def test_a_sample_of_a_manifest_is_drawn_again(
    text_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"text": "{text}"}}\n' for text in TEXTS), "utf-8")
    options = ["--task", "text-classification", "--sample-rows", "3", "--sample-seed", "5"]
    assert main(["run", str(text_model), str(path), *options, "--device", "cpu"]) == 0
    first = Run(Path(capsys.readouterr().out.strip()))
    assert main(["run", str(first.folder / "manifest.json")]) == 0
    again = Run(Path(capsys.readouterr().out.strip()))
    assert again.folder != first.folder
    assert len(texts_of(first)) == 3
    assert texts_of(again) == texts_of(first)
