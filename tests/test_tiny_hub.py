"""The tiny Hub answers the real client as the real one does, and fails on demand."""

import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi, constants, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from tests.hub import HubServer

MODEL = "acme/tiny"
WEIGHTS = "model.safetensors"
N_BYTES = 200_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a model; nothing here looks into the weights."""
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "golem"}')
    (folder / WEIGHTS).write_bytes(bytes(range(250)) * (N_BYTES // 250))
    (folder / "onnx" / "readme.txt").write_text("clay")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A server, for a client that is online whatever the environment of the tests says."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with HubServer() as hub:
        yield hub


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def download(
    hub: HubServer,
    cache: Path,
    model_id: str = MODEL,
    *,
    revision: str | None = None,
    token: str | bool | None = None,
) -> Path:
    folder = snapshot_download(
        model_id, revision=revision, token=token, endpoint=hub.url, cache_dir=cache
    )
    return Path(folder)


def test_a_snapshot_has_the_same_bytes(hub: HubServer, folder: Path, cache: Path) -> None:
    commit = hub.add_model(MODEL, folder)
    snapshot = download(hub, cache)
    assert snapshot.name == commit
    assert contents(snapshot) == contents(folder)


def test_a_fresh_process_finds_the_server(hub: HubServer, folder: Path, cache: Path) -> None:
    hub.add_model(MODEL, folder)
    code = f"import huggingface_hub; print(huggingface_hub.snapshot_download({MODEL!r}))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **hub.environment(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    snapshot = Path(result.stdout.strip())
    assert snapshot.is_relative_to(cache)
    assert contents(snapshot) == contents(folder)


def test_a_cached_commit_asks_the_server_nothing(hub: HubServer, folder: Path, cache: Path) -> None:
    commit = hub.add_model(MODEL, folder)
    download(hub, cache)
    hub.requests.clear()
    download(hub, cache, revision=commit)
    assert hub.requests == []


def test_older_commits_and_other_revisions_stay(hub: HubServer, folder: Path, cache: Path) -> None:
    old = hub.add_model(MODEL, folder)
    hub.add_model(MODEL, folder, revision="v1")
    (folder / "config.json").write_text("{}")
    new = hub.add_model(MODEL, folder)
    assert HfApi(endpoint=hub.url).model_info(MODEL).sha == new
    assert len({old, new}) == 2
    for revision in (old, "v1"):
        snapshot = download(hub, cache, revision=revision)
        assert (snapshot / "config.json").read_text() == '{"model_type": "golem"}'


def test_information_has_task_sizes_and_folders(hub: HubServer, folder: Path) -> None:
    commit = hub.add_model(MODEL, folder, pipeline_tag="text-classification")
    api = HfApi(endpoint=hub.url)
    info = api.model_info(MODEL, files_metadata=True)
    assert (info.sha, info.pipeline_tag) == (commit, "text-classification")
    sizes = {file.rfilename: (file.size, file.lfs is not None) for file in info.siblings or []}
    assert sizes["config.json"] == (23, False)
    assert sizes[WEIGHTS] == (N_BYTES, True)
    assert {entry.path for entry in api.list_repo_tree(MODEL)} == {"config.json", WEIGHTS, "onnx"}
    assert [entry.path for entry in api.get_paths_info(MODEL, ["no", WEIGHTS])] == [WEIGHTS]


def test_what_is_missing_is_named_as_the_hub_does(
    hub: HubServer, folder: Path, cache: Path
) -> None:
    hub.add_model(MODEL, folder)
    with pytest.raises(RepositoryNotFoundError):
        download(hub, cache, "acme/nothing")
    for revision in ("v9", "0" * 40):
        with pytest.raises(RevisionNotFoundError):
            download(hub, cache, revision=revision)
    with pytest.raises(RemoteEntryNotFoundError):
        hf_hub_download(MODEL, "nothing.txt", endpoint=hub.url, cache_dir=cache)
    with pytest.raises(RemoteEntryNotFoundError):
        list(HfApi(endpoint=hub.url).list_repo_tree(MODEL, "nothing"))


def test_a_gated_model_wants_a_token(hub: HubServer, folder: Path, cache: Path) -> None:
    hub.add_model(MODEL, folder, gated=True)
    with pytest.raises(GatedRepoError):
        download(hub, cache, token=False)
    assert contents(download(hub, cache, token="hf_any")) == contents(folder)


def test_ranges_are_honoured(hub: HubServer, folder: Path) -> None:
    hub.add_model(MODEL, folder)
    url = f"{hub.url}/{MODEL}/resolve/main/{WEIGHTS}"
    request = urllib.request.Request(url, headers={"Range": "bytes=10-19"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes 10-19/{N_BYTES}"
        assert answer.read() == bytes(range(10, 20))
    assert hub.requests[-1].range == "bytes=10-19"


def test_a_reset_raises_and_the_next_call_completes(
    hub: HubServer, folder: Path, cache: Path
) -> None:
    hub.add_model(MODEL, folder)
    hub.cut_after(WEIGHTS, 50_000)
    with pytest.raises(httpx2.ReadError):
        download(hub, cache)
    assert contents(download(hub, cache)) == contents(folder)


def test_a_closed_connection_is_resumed_by_the_client(
    hub: HubServer, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client keeps what came in whole chunks only, and its own are larger than this file.
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    hub.add_model(MODEL, folder)
    hub.cut_after(WEIGHTS, 50_000, how="close")
    assert contents(download(hub, cache)) == contents(folder)
    gets = [seen for seen in hub.requests if seen.method == "GET" and seen.path.endswith(WEIGHTS)]
    assert [seen.range for seen in gets] == [None, "bytes=50000-"]


def test_a_throttled_file_arrives_when_it_may(hub: HubServer, folder: Path, cache: Path) -> None:
    hub.add_model(MODEL, folder)
    # Larger than the pieces in which the server reads a file, so as to see that those don't count.
    throttle = hub.slow(WEIGHTS, chunk_bytes=80_000)
    download_thread = threading.Thread(target=download, args=(hub, cache))
    download_thread.start()
    throttle.allow(2)
    throttle.wait_until_sent(160_000)
    assert download_thread.is_alive()
    throttle.release()
    download_thread.join()
    assert contents(download(hub, cache)) == contents(folder)


def test_a_server_that_is_down_refuses_and_comes_back(
    hub: HubServer, folder: Path, cache: Path
) -> None:
    hub.add_model(MODEL, folder)
    hub.down()
    with pytest.raises(LocalEntryNotFoundError) as raised:
        download(hub, cache)
    assert isinstance(raised.value.__cause__, httpx2.ConnectError)
    hub.up()
    assert contents(download(hub, cache)) == contents(folder)


def test_going_down_frees_what_is_held_back(hub: HubServer, folder: Path) -> None:
    hub.add_model(MODEL, folder)
    throttle = hub.slow(WEIGHTS, chunk_bytes=1_000)
    throttle.allow()
    url = f"{hub.url}/{MODEL}/resolve/main/{WEIGHTS}"
    with httpx2.stream("GET", url) as answer:
        throttle.wait_until_sent(1_000)
        hub.down()
        with pytest.raises(httpx2.TransportError):
            answer.read()
