"""A run keeps to the Hub's commit that it began with, also when it is done again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from golems.runs import Run
from tests import tiny
from tests.cli.conftest import Golems
from tests.hub import HubServer

TASK = ("--task", "text-classification", "--device", "cpu", "--no-ledger")
ID = "acme/tiny"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    path.write_text("text\n" + "".join(f"word {n} good\n" for n in range(7)))
    return path


def table(golems: Golems, run: str | Path, out: Path) -> str:
    assert golems("report", run, "--csv", out).code == 0
    return out.read_text("utf-8")


def test_a_manifest_names_the_commit_that_it_is_done_again_with(
    golems: Golems, hub: HubServer, texts: Path, tmp_path: Path
) -> None:
    first = hub.add_model(ID, tiny.bert(tmp_path / "first", seed=2))
    assert golems("fetch", ID).code == 0
    run = golems("run", ID, texts, *TASK).out.strip()
    wanted = table(golems, run, tmp_path / "first.csv")
    manifest = tmp_path / "manifest.json"
    shutil.copyfile(f"{run}/manifest.json", manifest)

    second = hub.add_model(ID, tiny.bert(tmp_path / "second", seed=3))
    assert golems("fetch", ID).code == 0
    newest = golems("run", ID, texts, *TASK).out.strip()
    assert Run(Path(newest)).manifest().engine.commit == second  # type: ignore[union-attr]
    assert table(golems, newest, tmp_path / "newest.csv") != wanted

    said = golems("run", manifest)
    assert said.code == 0
    assert "results may be others" not in said.err
    assert table(golems, said.out.strip(), tmp_path / "again.csv") == wanted

    # Elsewhere only the newest commit has been fetched.
    shutil.rmtree(tmp_path / "hub-cache" / f"models--{ID.replace('/', '--')}")
    assert golems("fetch", ID).code == 0
    why = golems("run", manifest).error
    assert f"{ID} is not on this machine as it was at {first}" in why
    assert golems(*why.rpartition("python -m golems ")[2].split()).code == 0
    third = golems("run", manifest).out.strip()
    assert table(golems, third, tmp_path / "third.csv") == wanted
    # And what was asked for is kept for whoever does that one again.
    assert json.loads(Path(third, "manifest.json").read_text())["commit"] == first


def test_what_is_not_of_the_hub_has_no_revision(
    golems: Golems, text_model: Path, hub: HubServer
) -> None:
    assert "has no revision 'v1'" in golems("fetch", text_model, "--revision", "v1").error
    hub.add_model(ID, text_model)
    assert "has no revision 'v1'" in golems("fetch", ID, "--revision", "v1").error
