"""Checkpoints of the Hub, through the real client: fetched when asked for, never else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, constants

import golems
from golems.base import Checkpoint, HubSource, ModelFolder
from golems.cli import main
from golems.errors import BadWeights, HubError, NotOnThisMachine
from golems.loading import fetch, is_here, locate, ready
from tests import tiny
from tests.hub import HubServer
from tests.tasks.pictures import as_file, picture

PROJECT = Path(golems.__file__).parents[1]
ID = "acme/tiny"
WEIGHTS = "model.safetensors"
DISTILBERT = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
VIT = "google/vit-base-patch16-224"
GPT2 = "openai-community/gpt2"


def of_hub(model_id: str = ID, revision: str = "main") -> Checkpoint:
    return Checkpoint(model_id, HubSource(model_id, revision))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model with files that nobody needs here."""
    folder = tiny.distilbert(tmp_path / "model")
    (folder / "onnx").mkdir()
    for name in ("pytorch_model.bin", "onnx/model.onnx", "tf_model.h5", "pic.png"):
        (folder / name).write_bytes(b"unneeded")
    return folder


def files_asked_for(hub: HubServer) -> set[str]:
    """Paths of files whose bytes the server was asked for."""
    return {
        seen.path.split("/resolve/")[1].partition("/")[2]
        for seen in hub.requests
        if seen.method == "GET" and "/resolve/" in seen.path
    }


def needed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix in {".json", ".safetensors"}}


def same_bytes(found: ModelFolder, folder: Path) -> bool:
    return {path.name: path.read_bytes() for path in found.path.iterdir()} == {
        name: (folder / name).read_bytes() for name in needed(folder)
    }


def test_a_model_is_fetched_with_progress_and_only_what_is_needed(
    hub: HubServer, folder: Path
) -> None:
    commit = hub.add_model(ID, folder)
    assert not is_here(of_hub())
    shares: list[float] = []
    found = fetch(of_hub(), shares.append)
    assert found.commit == commit
    assert same_bytes(found, folder)
    assert files_asked_for(hub) == needed(folder)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(0 <= share <= 1 for share in shares)
    assert len(set(shares)) > 3
    assert locate(of_hub()) == ready(of_hub()) == found
    assert is_here(of_hub())


def test_progress_is_told_while_a_file_is_on_its_way(hub: HubServer, tmp_path: Path) -> None:
    # Larger than the pieces in which the client reads; its first piece must be heard of.
    folder = tiny.bert(tmp_path / "model")
    size = 25_000_000
    (folder / WEIGHTS).write_bytes(bytes(size))
    hub.add_model(ID, folder)
    throttle = hub.slow(WEIGHTS, chunk_bytes=size - 1_000_000)
    heard, shares = threading.Event(), []

    def progress(share: float) -> None:
        shares.append(share)
        if 0.3 < share < 0.99:
            heard.set()

    def work() -> None:
        with suppress(BadWeights):  # as zeros are no weights
            fetch(of_hub(), progress)

    thread = threading.Thread(target=work)
    thread.start()
    throttle.allow()
    assert heard.wait(30)
    throttle.release()
    thread.join(30)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_sharded_weights_come_whole(hub: HubServer, tmp_path: Path) -> None:
    folder = tiny.with_sharded_weights(tiny.bert(tmp_path / "model"))
    hub.add_model(ID, folder)
    assert same_bytes(fetch(of_hub()), folder)


def test_what_is_cached_is_never_asked_about(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_model(ID, folder)
    found = fetch(of_hub())
    hub.requests.clear()
    assert ready(of_hub()) == locate(of_hub()) == found
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert ready(of_hub()) == found
    assert is_here(of_hub())
    assert hub.requests == []


def test_what_is_not_cached_is_never_downloaded_unasked(hub: HubServer, folder: Path) -> None:
    hub.add_model(ID, folder)
    with pytest.raises(NotOnThisMachine, match=f"python -m golems fetch {ID}"):
        ready(of_hub())
    assert locate(of_hub()) is None
    assert hub.requests == []


def test_fetching_again_downloads_nothing(hub: HubServer, folder: Path) -> None:
    hub.add_model(ID, folder)
    fetch(of_hub())
    hub.requests.clear()
    shares: list[float] = []
    fetch(of_hub(), shares.append)
    assert files_asked_for(hub) == set()
    assert shares[-1] == 1


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_connection_that_breaks_once_is_survived(hub: HubServer, folder: Path, how: Any) -> None:
    hub.add_model(ID, folder)
    hub.cut_after(WEIGHTS, 50_000, how=how)
    shares: list[float] = []
    assert same_bytes(fetch(of_hub(), shares.append), folder)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_connection_that_keeps_breaking_is_told_and_the_next_fetch_goes_on(
    hub: HubServer, folder: Path
) -> None:
    hub.add_model(ID, folder)
    hub.cut_after(WEIGHTS, 50_000, times=3)
    with pytest.raises(HubError, match=f"Fetching {ID} broke off .*; fetch again to go on."):
        fetch(of_hub())
    assert not is_here(of_hub())
    with pytest.raises(NotOnThisMachine):
        ready(of_hub())
    hub.requests.clear()
    assert same_bytes(fetch(of_hub()), folder)
    assert files_asked_for(hub) == {WEIGHTS}  # the others are kept


def test_an_older_snapshot_stays_usable_when_a_newer_one_breaks_off(
    hub: HubServer, folder: Path
) -> None:
    old = hub.add_model(ID, folder)
    found = fetch(of_hub())
    new = hub.add_model(ID, tiny.distilbert(folder, seed=3, labels=["new", "labels"]))
    hub.cut_after(WEIGHTS, 50_000, times=3)
    with pytest.raises(HubError):
        fetch(of_hub())
    assert locate(of_hub()) == found
    assert found.commit == old
    assert fetch(of_hub()).commit == new
    assert ready(of_hub()).commit == new


def test_revisions_are_apart(hub: HubServer, folder: Path) -> None:
    first = hub.add_model(ID, folder)
    fetch(of_hub())
    second = hub.add_model(ID, tiny.distilbert(folder, seed=3), revision="v2")
    assert not is_here(of_hub(revision="v2"))
    assert fetch(of_hub(revision="v2")).commit == second
    assert fetch(of_hub(revision=first)).commit == first
    assert locate(of_hub()).commit == first  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("checkpoint", "words"),
    [
        (of_hub("acme/nothing"), "The Hub has no model acme/nothing, or it is private"),
        (of_hub("acme/gated"), "acme/gated is gated: accept its terms .* HF_TOKEN"),
        (of_hub(revision="v9"), f"{ID} has no revision 'v9'"),
        (of_hub(revision="0" * 40), f"{ID} has no revision"),
        (of_hub("acme/-bad--name-"), "is not a model id; those look like owner/name"),
    ],
)
def test_refusals_are_told_in_words(
    hub: HubServer, folder: Path, checkpoint: Checkpoint, words: str
) -> None:
    hub.add_model(ID, folder)
    hub.add_model("acme/gated", folder, gated=True)
    with pytest.raises(HubError, match=words) as raised:
        fetch(checkpoint)
    assert "\n" not in str(raised.value)
    assert not is_here(checkpoint)


def test_a_server_that_is_down_is_told_at_once(hub: HubServer, folder: Path) -> None:
    hub.add_model(ID, folder)
    hub.down()
    with pytest.raises(HubError, match="the Hub can't be reached"):
        fetch(of_hub())
    hub.up()
    assert same_bytes(fetch(of_hub()), folder)


def test_what_may_have_been_meant_as_a_path_is_told_to_be_none() -> None:
    with pytest.raises(NotOnThisMachine, match="models/typo is not .* no folder of that name"):
        ready(of_hub("models/typo"))


def test_a_network_that_asks_to_sign_in_is_told(hub: HubServer, folder: Path) -> None:
    hub.add_model(ID, folder)
    hub.behind_a_sign_in_page()
    with pytest.raises(HubError, match="what answered is not the Hub.* sign-in page") as raised:
        fetch(of_hub())
    assert "\n" not in str(raised.value)


def test_a_network_that_asks_to_sign_in_between_two_files_is_told(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_model(ID, folder)
    model_info = HfApi.model_info

    def and_away(self: HfApi, *args: Any, **kwargs: Any) -> Any:
        info = model_info(self, *args, **kwargs)
        hub.behind_a_sign_in_page()
        return info

    monkeypatch.setattr(HfApi, "model_info", and_away)
    with pytest.raises(HubError):
        fetch(of_hub())
    assert not is_here(of_hub())


def test_a_server_that_goes_down_between_two_files_is_told(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_model(ID, folder)
    model_info = HfApi.model_info

    def and_down(self: HfApi, *args: Any, **kwargs: Any) -> Any:
        info = model_info(self, *args, **kwargs)
        hub.down()
        return info

    monkeypatch.setattr(HfApi, "model_info", and_down)
    with pytest.raises(HubError, match="broke off .* the Hub can't be reached") as raised:
        fetch(of_hub())
    assert "\n" not in str(raised.value)


def test_offline_is_told_without_asking(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_model(ID, folder)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        fetch(of_hub())
    assert hub.requests == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (tiny.with_pickled_weights, r"only pickled weights \(pytorch_model.bin\)"),
        (tiny.without_weights, "no weights in safetensors format"),
    ],
)
def test_a_model_without_safe_weights_is_refused_before_its_download(
    hub: HubServer, tmp_path: Path, change: Callable[[Path], Path], words: str
) -> None:
    hub.add_model(ID, change(tiny.bert(tmp_path / "model")))
    with pytest.raises(BadWeights, match=words):
        fetch(of_hub())
    assert files_asked_for(hub) == set()


def test_a_model_without_config_is_refused_before_its_download(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.add_model(ID, tiny.without_config(tiny.bert(tmp_path / "model")))
    with pytest.raises(BadWeights, match="has no config.json"):
        fetch(of_hub())
    assert files_asked_for(hub) == set()


class Cli:
    """The command line in processes of its own that talk to a Hub on localhost."""

    def __init__(self, hub: HubServer, tmp_path: Path, home: Path) -> None:
        self.hub = hub
        self.environment = os.environ | hub.environment(tmp_path / "hf") | {
            "PANTHEON_HOME": str(home), "HF_HUB_CACHE": str(constants.HF_HUB_CACHE),
        }  # fmt: skip
        self.stderr = ""

    def __call__(self, *arguments: str, code: int = 0, offline: bool = False) -> str:
        """Run a command that must end with this exit code.

        Returns:
            What it printed; of a failed one its error, which must be a single sentence.
        """
        result = subprocess.run(
            [sys.executable, "-m", "golems", *arguments],
            cwd=PROJECT,
            env=self.environment | {"HF_HUB_OFFLINE": "1" if offline else "0"},
            capture_output=True,
            text=True,
        )
        self.stderr = result.stderr
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr
        if code != 2:
            return result.stdout
        assert result.stdout == ""
        errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        assert result.stderr.splitlines()[-1:] == errors
        return errors[0]


@pytest.fixture
def cli(hub: HubServer, tmp_path: Path, home: Path) -> Cli:
    return Cli(hub, tmp_path, home)


@pytest.fixture
def roster_models(hub: HubServer, tmp_path: Path) -> dict[str, str]:
    """Tiny models under the ids of the roster's cards; id -> commit."""
    return {
        DISTILBERT: hub.add_model(
            DISTILBERT, tiny.distilbert(tmp_path / "a", labels=["NEGATIVE", "POSITIVE"])
        ),
        VIT: hub.add_model(VIT, tiny.vit(tmp_path / "b", num_labels=7)),
        GPT2: hub.add_model(GPT2, tiny.gpt2(tmp_path / "c")),
    }


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The same in this process, which is faster."""
    capsys.readouterr()
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_the_rosters_hub_checkpoints_are_fetched_and_used_offline(
    cli: Cli,
    roster_models: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def listed() -> dict[str, Any]:
        rows = json.loads(printed(capsys, "list", "--json"))
        return {row["checkpoint"]: row for row in rows}

    assert [listed()[one]["here"] for one in roster_models] == [False] * 3
    assert roster_models[DISTILBERT] in cli("fetch", "analyst")
    assert f"Fetching {DISTILBERT}: 100%" in cli.stderr
    assert roster_models[VIT] in printed(capsys, "fetch", "visionary")
    assert roster_models[GPT2] in printed(capsys, "fetch", "storyteller")
    cli.hub.down()
    rows = listed()
    assert {one: rows[one]["commit"] for one in roster_models} == roster_models
    assert [rows[one]["here"] for one in roster_models] == [True] * 3

    # Nothing is asked of the server, whether HF_HUB_OFFLINE is set or not.
    options = ("predict", "analyst", "A warm film.", "--checkpoint", DISTILBERT, "--json")
    scores = json.loads(cli(*options, offline=True))
    assert {entry["label"] for entry in scores} == {"NEGATIVE", "POSITIVE"}
    assert json.loads(printed(capsys, *options)) == scores
    photo = tmp_path / "photo.png"
    photo.write_bytes(as_file(picture((50, 40))))
    options = ("predict", "visionary", "--file", str(photo), "--checkpoint", VIT, "--json")
    assert len(json.loads(printed(capsys, *options))) == 5
    told = printed(capsys, "predict", GPT2, "Once upon", "--json", "--max-new-tokens", "5")
    assert json.loads(told)[0]["generated_text"].startswith("Once upon")


def test_a_run_says_the_commit_of_its_checkpoint(
    cli: Cli,
    roster_models: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed(capsys, "fetch", "analyst", "--checkpoint", DISTILBERT)
    table, out = tmp_path / "reviews.csv", tmp_path / "out"
    table.write_text("review\nA warm film.\nNobody laughed.\n")
    result = cli(
        "run", "analyst", str(table), "--checkpoint", DISTILBERT, "--out", str(out), offline=True
    )
    assert result.splitlines()[-1] == str(out)
    summary = json.loads(printed(capsys, "report", str(out), "--json"))
    assert summary["checkpoint"] == DISTILBERT
    assert summary["commit"] == roster_models[DISTILBERT]
    assert (summary["rows"], summary["failed"]) == (2, 0)


def test_the_command_line_tells_every_refusal_in_one_sentence(
    cli: Cli, hub: HubServer, folder: Path, tmp_path: Path
) -> None:
    hub.add_model("acme/gated", folder, gated=True)
    hub.add_model("acme/pickled", tiny.with_pickled_weights(tiny.bert(tmp_path / "pickled")))
    hub.add_model("acme/broken", folder)
    hub.cut_after(WEIGHTS, 50_000, times=3)
    assert "The Hub has no model acme/nothing" in cli("fetch", "acme/nothing", code=2)
    assert "acme/gated is gated" in cli("fetch", "acme/gated", code=2)
    assert "only pickled weights" in cli("fetch", "acme/pickled", code=2)
    assert "broke off (ReadError)" in cli("fetch", "acme/broken", code=2)
    assert "HF_HUB_OFFLINE is set" in cli("fetch", "acme/broken", code=2, offline=True)
    hub.down()
    assert "can't be reached" in cli("fetch", "acme/broken", code=2)
    error = cli("predict", "analyst", "Hello.", "--checkpoint", DISTILBERT, code=2)
    assert f"python -m golems fetch {DISTILBERT}" in error
