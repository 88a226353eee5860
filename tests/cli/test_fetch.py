"""``fetch`` of a checkpoint that is on no card: it is offered with the golem from then on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import tiny
from tests.cli.conftest import Golems
from tests.hub import HubServer


def listed(golems: Golems) -> dict[str, dict[str, Any]]:
    return {row["checkpoint"]: row for row in json.loads(golems("list", "--json").out)}


def test_a_fetched_checkpoint_stays_with_its_golem(
    golems: Golems, hub: HubServer, tmp_path: Path
) -> None:
    commit = hub.add_model("acme/tiny", tiny.bert(tmp_path / "bert"))
    assert "acme/tiny" not in listed(golems)
    said = golems("fetch", "analyst", "--checkpoint", "acme/tiny")
    assert said.code == 0
    assert commit in said.out
    row = listed(golems)["acme/tiny"]
    assert (row["golem"], row["commit"], row["here"]) == ("analyst", commit, True)
    assert row["size_mb"] > 0
    assert row["in_use"] is False


def test_a_checkpoint_fetched_for_no_golem_is_listed_with_none(
    golems: Golems, hub: HubServer, tmp_path: Path
) -> None:
    hub.add_model("acme/tiny", tiny.bert(tmp_path / "bert"))
    assert golems("fetch", "acme/tiny").code == 0
    assert "acme/tiny" not in listed(golems)


def test_a_name_that_can_be_no_checkpoint_is_said_in_words(golems: Golems, hub: HubServer) -> None:
    assert "'a/b/c'" in golems("fetch", "a/b/c").error
    assert (
        "Analyst has no checkpoint '../x'"
        in golems("fetch", "analyst", "--checkpoint", "../x").error
    )
    assert hub.requests == []
