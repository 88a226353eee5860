"""A dataset's card: what ran on what, to the letter, and nothing of this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from huggingface_hub import DatasetCard

from golems.reports.hub_card import dataset_card, manifest_for_others, words
from golems.runs import EngineFacts, Run
from golems.runs.manifest import Parity
from golems.runs.name import rename
from tests.reports.conftest import WriteRun, failed, predicted
from tests.reports.test_tables import HOSTILE

ENGINE = EngineFacts(
    commit="0123456789" * 4, device="cpu", precision="bf16", machine="Linux", versions={},
    parity=Parity(
        precision="bf16", rows=20, choices=20, same=19, largest_difference=0.01, taken=True
    ),
)  # fmt: skip


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    outcomes = [predicted("A", 0.75, tokens_dropped=2), predicted("B", 0.5), failed(), failed()]
    run = write_run(["id", "text"], [[str(n), "x"] for n in range(4)], outcomes)
    update = {"checkpoint": "acme/model", "engine": ENGINE, "golem": "test"}
    run.write_manifest(run.manifest().model_copy(update=update))
    return run


def test_the_head_is_for_the_hub(run: Run) -> None:
    card = DatasetCard(dataset_card(run))
    assert card.data.license == "unknown"
    assert card.data.pretty_name == "Test on listed.csv"
    assert card.data.task_categories == ["text-classification"]
    assert "pantheon-of-golems" in card.data.tags
    assert card.data.to_dict()["configs"][0]["data_files"] == [
        {"split": "train", "path": "data/results-*.parquet"}
    ]


def test_the_card_says_what_ran_on_what_and_what_came_of_it(run: Run) -> None:
    text = DatasetCard(dataset_card(run)).text
    for line in (
        "| Rows | 4 |", "| Predicted | 2 |", "| Failed | 2 |",
        "| Cut off, so not read to their end | 1 |", "| A | 1 | 50.0% |", "| B | 1 | 50.0% |",
        r"| Checkpoint | acme\/model |", f"| Commit | {ENGINE.commit} |",
        "| id | string | as in the dataset |", r"| predicted\_score | double | its score |",
        "python -m golems run manifest.json",
    ):  # fmt: skip
        assert line in text
    assert "bf16 on cpu" in text
    assert "19 of 20 labels" in text


@pytest.mark.parametrize("columns", HOSTILE)
def test_columns_of_any_name(write_run: WriteRun, columns: list[str]) -> None:
    run = write_run(columns, [["x"] * len(columns)], [predicted("A", 0.5)])
    text = DatasetCard(dataset_card(run)).text
    for name in columns:
        assert f"| {words(name)} | string | as in the dataset |" in text


def test_peoples_words_are_neither_yaml_nor_markdown_nor_html(
    run: Run, write_run: WriteRun
) -> None:
    rename(run, 'a: "b" # <img src=x onerror=alert(1)> | [x](javascript:y) **c**')
    card = dataset_card(run)
    head, _, text = card.removeprefix("---\n").partition("\n---\n")
    assert yaml.safe_load(head)["pretty_name"].startswith('a: "b" # <img src=x')
    assert "<img" not in text
    assert "](javascript" not in text
    label = "<script>alert(1)</script>|`x`"
    text = dataset_card(write_run(["text"], [["x"]], [predicted(label, 0.5)])).split("\n---\n")[1]
    assert "<script" not in text
    assert r"&lt;script&gt;alert\(1\)&lt;\/script&gt;\|\`x\`" in text


def test_many_labels_are_counted_and_the_first_shown(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]] * 30, [predicted(f"label {n}", 0.5) for n in range(30)])
    text = dataset_card(run)
    assert sum(f"| label {n} | 1 | 3.3% |" in text for n in range(30)) == 20
    assert "10 rarer labels are left out here." in text


def test_a_run_that_never_began_has_a_card(write_run: WriteRun) -> None:
    assert "| Rows | 0 |" in dataset_card(write_run(["text"], [], []))


def test_others_get_a_manifest_without_this_machine(run: Run) -> None:
    manifest = run.manifest()
    dataset = manifest.dataset.model_copy(update={"path": "/home/alice/secret/a.csv"})
    local = manifest.model_copy(
        update={
            "dataset": dataset, "golem": "/home/alice/model", "asked_by": "alice, on the command "
            "line", "checkpoint": "/home/alice/model",
        }
    )  # fmt: skip
    said = manifest_for_others(local)
    assert (said.dataset.path, said.golem, said.checkpoint) == ("a.csv", "model", "model")
    assert "alice" not in said.model_dump_json()
    run.write_manifest(local)
    assert "alice" not in dataset_card(run)
    assert "`golem` and `checkpoint` there" in dataset_card(run)
    hub = manifest.model_copy(update={"dataset": dataset.model_copy(update={"path": "hub:a/b"})})
    assert manifest_for_others(hub).dataset.path == "hub:a/b"


def test_the_manifest_for_others_does_the_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golems.cli import main
    from golems.runs import open_run
    from tests import tiny

    model = tiny.distilbert(tmp_path / "model", labels=["BAD", "GOOD"])
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "a.csv").write_text("id,text\n1,The soup.\n2,It rained.\n", "utf-8")
    given = ["run", str(model), str(tmp_path / "first" / "a.csv"), "--task", "text-classification"]
    assert main([*given, "--limit", "1", "--out", str(tmp_path / "run")]) == 0
    manifest = manifest_for_others(open_run(tmp_path / "run").manifest())

    there = tmp_path / "there"
    there.mkdir()
    (there / "a.csv").write_bytes((tmp_path / "first" / "a.csv").read_bytes())
    said = {**json.loads(manifest.model_dump_json()), "golem": str(model), "checkpoint": str(model)}
    (there / "manifest.json").write_text(json.dumps(said), "utf-8")
    monkeypatch.chdir(there)
    assert main(["run", "manifest.json", "--out", str(tmp_path / "again")]) == 0
    one, other = (open_run(tmp_path / name) for name in ("run", "again"))
    assert other.counts().rows == 1
    assert other.manifest().parameters == one.manifest().parameters
