"""Results on the Hub: what is uploaded, what is refused, and that all rows come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from huggingface_hub import HfApi, constants

from golems.errors import HubError, RunFailed
from golems.reports import hub_push, write_parquet
from golems.reports.hub_push import push
from golems.runs import Run
from tests.hub import UPLOAD_WARNS, HubServer
from tests.reports.conftest import WriteRun, failed, predicted

pytestmark = pytest.mark.filterwarnings(UPLOAD_WARNS)

REPO, TOKEN = "acme/results", "hf_secret"
LOAD = """
import json, sys
from datasets import load_dataset
found = load_dataset(sys.argv[1], token="hf_any")
print(json.dumps({split: [list(row.items()) for row in found[split]] for split in found}))
"""


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    cells = ["plain", "=1+1", "two\nlines", "🙂 שלום", "", "<b>", "007", "a,b", '"', "x" * 40_000]
    outcomes = [failed() if n % 4 == 1 else predicted("A", n / 100) for n in range(10)]
    return write_run(
        ["Text", "text", "error"], [[cell, cell[::-1], "é"] for cell in cells], outcomes
    )


@pytest.mark.parametrize("shard_rows", [500_000, 4])
def test_all_rows_come_back_from_the_hub(
    run: Run, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shard_rows: int
) -> None:
    monkeypatch.setattr(hub_push, "SHARD_ROWS", shard_rows)
    shares: list[float] = []
    pushed = push(run, REPO, token=TOKEN, progress=shares.append)
    assert pushed.address == f"{hub.url}/datasets/{REPO}"
    assert pushed.private
    assert hub.is_private(REPO)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    files = hub.dataset_files(REPO)
    shards = 1 if shard_rows == 500_000 else 3
    names = [f"data/results-{n:05d}-of-{shards:05d}.parquet" for n in range(shards)]
    assert sorted(files) == sorted([".gitattributes", "README.md", "manifest.json", *names])
    assert json.loads(files["manifest.json"])["id"] == run.id
    info = HfApi(endpoint=hub.url).dataset_info(REPO, token=TOKEN)
    assert info.sha == pushed.commit

    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, REPO],
        env={**os.environ, **hub.environment(tmp_path / "hf")},
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    write_parquet(run, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    wanted = [[list(item) for item in row.items()] for row in table.to_pylist()]
    assert json.loads(loaded.stdout) == {"train": wanted}


def test_a_second_push_takes_the_place_of_the_first(
    run: Run, write_run: WriteRun, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_push, "SHARD_ROWS", 4)
    push(run, REPO, token=TOKEN)
    other = write_run(["text"], [["x"]] * 5, [predicted("A", 0.5)] * 5)
    push(other, REPO, token=TOKEN)
    files = hub.dataset_files(REPO)
    assert [name for name in sorted(files) if name.startswith("data/")] == [
        "data/results-00000-of-00002.parquet", "data/results-00001-of-00002.parquet",
    ]  # fmt: skip
    assert json.loads(files["manifest.json"])["id"] == other.id


def test_pushing_the_same_twice_is_fine(run: Run, hub: HubServer) -> None:
    first = push(run, REPO, token=TOKEN)
    assert push(run, REPO, token=TOKEN).commit == first.commit


def test_all_comes_in_one_commit_or_not_at_all(run: Run, hub: HubServer) -> None:
    hub.writing.commit_status = 500
    with pytest.raises(HubError, match="answered with an error for acme/results"):
        push(run, REPO, token=TOKEN)
    assert sorted(hub.dataset_files(REPO)) == [".gitattributes"]
    hub.writing.commit_status = None
    push(run, REPO, token=TOKEN)
    commits = [one for one in hub.requests if "/commit/" in one.path]
    assert len(commits) == 2


def test_public_only_when_asked_for(run: Run, hub: HubServer) -> None:
    assert not push(run, REPO, token=TOKEN, private=False).private
    assert not hub.is_private(REPO)
    with pytest.raises(HubError, match="is public already: everybody could read the rows"):
        push(run, REPO, token=TOKEN)


def test_other_peoples_datasets_are_left_alone(run: Run, hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "README.md").write_text("---\nlicense: mit\n---\nMine.\n", "utf-8")
    hub.add_dataset(REPO, tmp_path / "theirs")
    with pytest.raises(HubError, match=r"holds something else already \(README\.md\)"):
        push(run, REPO, token=TOKEN, private=False)
    assert hub.dataset_files(REPO)["README.md"].endswith(b"Mine.\n")


@pytest.mark.parametrize(
    ("status", "words"), [(401, "doesn't know the token"), (403, "may not write to acme/results")]
)
def test_a_refused_token_is_said_in_words(
    run: Run, hub: HubServer, status: int, words: str
) -> None:
    hub.writing.refused[TOKEN] = status
    with pytest.raises(HubError, match=words) as error:
        push(run, REPO, token=TOKEN)
    assert TOKEN not in str(error.value)
    push(run, REPO, token="hf_other")
    with pytest.raises(HubError, match=words):  # where the dataset is there already
        push(run, REPO, token=TOKEN)


@pytest.mark.parametrize("status", [404, 409, 412, 500, 503])
def test_what_a_commit_is_answered_is_said_in_words(run: Run, hub: HubServer, status: int) -> None:
    hub.writing.commit_status = status
    words = {404: "has no dataset", 409: "changed", 412: "changed"}.get(status, "with an error")
    with pytest.raises(HubError, match=words) as error:
        push(run, REPO, token=TOKEN)
    assert TOKEN not in str(error.value)


def test_a_change_meanwhile_is_not_overwritten(
    run: Run, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(run, REPO, token=TOKEN)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "README.md").write_text("New.", "utf-8")

    def change(share: float) -> None:
        if share < 0.5:
            hub.add_dataset(REPO, tmp_path / "new")

    with pytest.raises(HubError, match="Somebody else has changed acme/results meanwhile"):
        push(run, REPO, token=TOKEN, progress=change)
    assert hub.dataset_files(REPO) == {"README.md": b"New."}


def test_without_a_token_nothing_is_asked(run: Run, hub: HubServer) -> None:
    with pytest.raises(HubError, match="without a token: set HF_TOKEN"):
        push(run, REPO)
    assert hub.requests == []


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
def test_the_token_of_the_environment_is_used(
    run: Run, hub: HubServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, TOKEN)
    hub.writing.refused[TOKEN] = 403
    with pytest.raises(HubError, match="may not write"):
        push(run, REPO)


def test_offline_nothing_is_asked(
    run: Run, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="HF_HUB_OFFLINE is set"):
        push(run, REPO, token=TOKEN)
    assert hub.requests == []


@pytest.mark.parametrize("name", ["results", "", "a/b/c", "a b/c", "../x", "-a/b", "a/b.git", "/"])
def test_what_is_no_id_is_refused(run: Run, hub: HubServer, name: str) -> None:
    with pytest.raises(HubError, match="is not the id of a dataset"):
        push(run, name, token=TOKEN)
    assert [one for one in hub.requests if "datasets" in one.path] == []


def test_a_hub_that_is_not_there(run: Run, hub: HubServer) -> None:
    hub.down()
    with pytest.raises(HubError, match="broke off .* the Hub can't be reached"):
        push(run, REPO, token=TOKEN)


def test_a_sign_in_page_is_not_the_hub(run: Run, hub: HubServer) -> None:
    hub.behind_a_sign_in_page()
    with pytest.raises(HubError, match="failed|with an error"):
        push(run, REPO, token=TOKEN)


def test_a_run_that_goes_on_is_not_pushed(run: Run, hub: HubServer) -> None:
    (run.folder / "end.json").unlink()
    with pytest.raises(RunFailed, match="is queued"):
        push(run, REPO, token=TOKEN)
    assert hub.requests == []


def test_a_damaged_run_leaves_nothing_to_see(run: Run, hub: HubServer) -> None:
    part = run.folder / "parts" / "00001.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(RunFailed, match="damaged"):
        push(run, REPO, token=TOKEN)
    assert hub.requests == []


def test_a_run_without_rows_can_be_pushed(write_run: WriteRun, hub: HubServer) -> None:
    push(write_run(["text"], [], []), REPO, token=TOKEN)
    assert "data/results-00000-of-00001.parquet" in hub.dataset_files(REPO)
