"""``runs``, ``resume``, ``stop``, ``delete``, ``ledger``, and a run again from its manifest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from golems.datasets import open_dataset
from golems.registry import card_named
from golems.runs import create_run, open_run
from tests.cli.conftest import TEXT, Golems


def test_runs_are_listed_newest_first(golems: Golems, text_model: Path, reviews: Path) -> None:
    ids = [Path(golems("run", text_model, reviews, *TEXT).out.strip()).name for _ in range(2)]
    rows = json.loads(golems("runs", "--json").out)
    assert {row["run"] for row in rows} == set(ids)
    assert [row["state"] for row in rows] == ["done", "done"]
    assert [(row["rows"], row["failed"]) for row in rows] == [(4, 1), (4, 1)]
    assert sorted(row["known"] for row in rows) == [0, 3]
    lines = golems("runs").out.splitlines()
    assert len(lines) == 2
    assert all("4 rows, 1 failed" in line for line in lines)


def test_one_row_is_called_a_row(golems: Golems, text_model: Path, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text\nhello\n")
    dry = golems("run", text_model, tmp_path / "one.csv", "--dry-run", *TEXT)
    run = golems("run", text_model, tmp_path / "one.csv", *TEXT)
    id_ = Path(run.out.strip()).name
    said = [dry.out, run.err, golems("runs").out, golems("report", id_).out]
    assert all(re.search(r"(?<![\d.])1 row\b(?!s)", one) for one in said), said
    assert not any(re.search(r"(?<![\d.])1 rows", one) for one in said), said


def test_a_run_is_stopped_before_it_starts_resumed_and_deleted(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    card = card_named(str(text_model), TEXT[1])
    run = create_run(card, card.checkpoints[0], open_dataset(reviews, task_kind="text"))
    assert golems("stop", run.id).out == f"{run.id} is stopped.\n"
    assert "can't be stopped: it is stopped" in golems("stop", run.id).error
    said = golems("resume", run.id)
    assert said.code == 1
    assert open_run(run.id).state() == "done"
    assert "can't be resumed: it is done" in golems("run", "--resume", run.folder).error
    assert "needs --yes" in golems("delete", run.id).error
    assert golems("delete", run.id, "--yes").code == 0
    assert not run.folder.exists()
    assert "There is no run" in golems("delete", run.id, "--yes").error


def test_a_run_again_from_its_manifest_is_the_same(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "one", "--top-k", "1")
    assert golems("run", tmp_path / "one" / "manifest.json", "--out", tmp_path / "two").code == 1
    for name in ("one", "two"):
        golems("report", tmp_path / name, "--csv", tmp_path / f"{name}.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize("content", ["", "a: [", "version: 99", "[1, 2]"])
def test_what_is_no_manifest_is_said_in_words(golems: Golems, tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(content)
    assert "is no manifest of a run" in golems("run", path).error


def test_bad_usage_of_run_is_one_sentence(golems: Golems, text_model: Path) -> None:
    assert "Say what to run" in golems("run").error
    assert "Give an INPUT" in golems("run", text_model).error
    assert "Give either --resume" in golems("run", "analyst", "--resume", "x").error


def test_a_share_is_a_percentage(golems: Golems, text_model: Path, reviews: Path) -> None:
    said = golems("run", text_model, reviews, *TEXT, "--stop-when-failed", "101")
    assert "must be a percentage" in said.error


def test_the_ledger_tells_its_size_and_is_emptied(
    golems: Golems, text_model: Path, reviews: Path, home: Path
) -> None:
    golems("run", text_model, reviews, *TEXT)
    assert golems("ledger").out.startswith("3 results, ")
    assert golems("ledger", "--empty").out == "The ledger is empty.\n"
    assert golems("ledger").out.startswith("0 results, ")
    (home / "ledger" / "ledger.sqlite").write_bytes(b"damaged" * 1000)
    assert "can't be used" in golems("ledger").error
    assert golems("ledger", "--empty").code == 0
    assert golems("ledger").out.startswith("0 results, ")


def test_without_the_ledger_nothing_is_known(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    for _ in range(2):
        assert "known" not in golems("run", text_model, reviews, *TEXT, "--no-ledger").err


@pytest.mark.parametrize("name", ["alice", None])
def test_who_asked_is_kept_and_told(
    golems: Golems,
    text_model: Path,
    reviews: Path,
    name: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def user() -> str:
        if name is None:
            raise OSError("No username set in the environment")
        return name

    monkeypatch.setattr("getpass.getuser", user)
    first = golems("run", text_model, reviews, *TEXT).out.strip()
    again = golems("run", f"{first}/manifest.json").out.strip()
    wanted = "alice, on the command line" if name else "on the command line"
    for folder in (first, again):
        assert json.loads(golems("report", folder, "--json").out)["asked_by"] == wanted


def test_a_damaged_run_is_listed_as_such_and_can_be_deleted(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    good, bad = (Path(golems("run", text_model, reviews, *TEXT).out.strip()) for _ in range(2))
    (bad / "manifest.json").write_text("{")
    (bad / "end.json").write_text("{")
    said = golems("runs")
    assert said.code == 0
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    assert "4 rows, 1 failed" in lines[good.name]
    assert "damaged" in lines[bad.name]
    rows = {row["run"]: row for row in json.loads(golems("runs", "--json").out)}
    assert rows[bad.name]["state"] == "damaged"
    assert "manifest.json is damaged" in rows[bad.name]["error"]
    assert rows[good.name]["state"] == "done"
    assert "is damaged" in golems("report", bad).error
    assert golems("delete", bad.name, "--yes").code == 0
    assert not bad.exists()
    assert good.name in golems("runs").out


def test_a_run_gets_a_name_and_loses_it(golems: Golems, text_model: Path, reviews: Path) -> None:
    run = Path(golems("run", text_model, reviews, *TEXT).out.strip())
    said = golems("rename", run.name, "  The first\nfilms \u202e")
    assert said.out == f"{run.name} is called The first films.\n"
    assert golems("runs").out.strip().endswith("1 failed  The first films")
    assert json.loads(golems("runs", "--json").out)[0]["name"] == "The first films"
    assert "may have 80 characters" in golems("rename", run, "x" * 81).error
    assert golems("rename", run, "x" * 80).code == 0
    assert golems("rename", run, " ").out == f"{run.name} has no name now.\n"
    assert not (run / "name.txt").exists()
    assert json.loads(golems("runs", "--json").out)[0]["name"] == ""
    assert "There is no run" in golems("rename", "20260101-000000-none", "x").error


def test_a_run_done_again_keeps_its_own_options(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    run = golems("run", text_model, reviews, *TEXT).out.strip()
    said = golems("run", f"{run}/manifest.json", "--limit", "3", "--no-ledger")
    assert said.code == 2
    assert said.error.startswith("--limit: a run that goes on, or is done again")
    said = golems("run", "--resume", run, "--no-ledger")
    assert said.error.startswith("--no-ledger: a run that goes on")
    assert "--top-k: a run that goes on" in golems("run", "--resume", run, "--top-k", "1").error
    assert "There is no manifest" in golems("run", f"{run}/no/manifest.json").error
    again = golems("run", f"{run}/manifest.json")
    assert again.code == 1
    assert "known" in again.err
    again = golems("run", f"{run}/manifest.json", "--no-ledger")
    assert again.code == 1
    assert "known" not in again.err
