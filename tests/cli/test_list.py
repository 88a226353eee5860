import json
from pathlib import Path

import pytest

from tests.cli.conftest import Golems
from tests.conftest import folder_card


def test_list_has_a_line_for_each_checkpoint(golems: Golems) -> None:
    said = golems("list")
    assert said.code == 0
    assert said.err == ""
    lines = said.out.splitlines()
    for name in ("analyst", "visionary", "storyteller"):
        own = [line for line in lines if line.startswith(f"{name} ")]
        assert own
        assert sum(line.endswith("in use") for line in own) == 1


def test_list_lives_with_a_folder_that_is_gone(
    golems: Golems, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ghost = folder_card(tmp_path / "gone", "text-classification")
    monkeypatch.setattr("golems.cli.roster.cards", lambda: {"ghost": ghost})
    said = golems("list")
    assert said.code == 0
    assert said.out.rstrip().endswith("not here")
    row = json.loads(golems("list", "--json").out)[0]
    assert (row["here"], row["in_use"], row["commit"]) == (False, False, None)


def test_list_as_json_has_what_the_line_has_and_the_commit(golems: Golems) -> None:
    rows = json.loads(golems("list", "--json").out)
    assert {"analyst", "visionary", "storyteller"} <= {row["golem"] for row in rows}
    assert set(rows[0]) == {
        "golem", "task", "checkpoint", "commit", "here", "in_use", "size_mb", "license",
    }  # fmt: skip
    hub = next(row for row in rows if row["checkpoint"] == "openai-community/gpt2")
    assert (hub["here"], hub["commit"]) == (False, None)
