"""A run's results on the Hub: a dataset with a card, in one commit, only when asked."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golems.errors import HubError
from golems.reports.hub_card import TAG, dataset_card, manifest_for_others
from golems.reports.parquet import parquet_writer, row_groups
from golems.reports.typed import Typed, typed
from golems.runs import Run

if TYPE_CHECKING:
    from huggingface_hub import HfApi

SHARD_ROWS = 500_000
SHARD = re.compile(r"data/results-\d{5}-of-\d{5}\.parquet")
OF_THE_HUB = {".gitattributes"}  # in a dataset of which nobody has uploaded anything
SHOWN_CHARS = 300
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Pushed:
    """Results on the Hub.

    Attributes:
        address: Of the dataset's page.
        commit: 40 hexadecimal digits.
        private: Whether only its owner sees it.
    """

    address: str
    commit: str
    private: bool


def push(
    run: Run,
    repo_id: str,
    *,
    token: str | None = None,
    private: bool = True,
    progress: Progress | None = None,
) -> Pushed:
    """Upload the results of a run that has ended as a dataset of the Hub.

    ``data/results-00000-of-0000N.parquet`` with at most 500,000 rows each, ``README.md`` and
    ``manifest.json`` come in one commit, in place of what an earlier push has left there.

    Args:
        repo_id: ``owner/name``; made where it isn't there yet.
        token: Of an account that may write to it; else that of the environment (``HF_TOKEN``).
        private: Only its owner may see it. A public one is never written to as if it were private.
        progress: Called with the share that is done, 0 to 1.

    Raises:
        RunFailed: The run hasn't ended, or its parts are damaged.
        HubError: No token, refused, offline, other people's files there, or the Hub can't be
            reached; says which and what to do. Nothing is visible there then.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants

    run.refuse_unended()
    token = token or token_of_environment()
    if token is None:
        raise HubError(
            f"Results can't be uploaded to {repo_id} without a token: set HF_TOKEN to one of your "
            "account that may write, from the Hub's settings."
        )
    if repo_id.count("/") != 1:
        raise HubError(f"'{repo_id}' is not the id of a dataset; those look like owner/name.")
    share = progress or (lambda _: None)
    manifest = run.manifest()
    # All that can go wrong here goes wrong before anything is there.
    shards = max(1, -(-run.counts().rows // SHARD_ROWS))
    results = typed(run, manifest)
    card, said = dataset_card(run), manifest_for_others(manifest).model_dump_json(indent=2)
    with explained(repo_id, token), tempfile.TemporaryDirectory(prefix="pantheon-push-") as folder:
        if constants.is_offline_mode():
            raise HubError(
                "Nothing can be uploaded: HF_HUB_OFFLINE is set. Unset it to reach the Hub."
            )
        api = HfApi(endpoint=constants.ENDPOINT, token=token)
        info = place_for(api, repo_id, private=private)
        whole = []
        for number, path in enumerate(shard_files(results, Path(folder), shards)):
            share((number + 0.3) / (shards + 0.1))
            add = CommitOperationAdd(f"data/{path.name}", str(path))
            api.preupload_lfs_files(repo_id, [add], repo_type="dataset", free_memory=False)
            whole.append(add)
            share((number + 1) / (shards + 0.1))
        names = {add.path_in_repo for add in whole}
        before = [file.rfilename for file in info.siblings or []]
        gone = [name for name in before if SHARD.fullmatch(name) and name not in names]
        commit = api.create_commit(
            repo_id,
            [
                *whole,
                *(CommitOperationDelete(name, is_folder=False) for name in gone),
                CommitOperationAdd("README.md", card.encode()),
                CommitOperationAdd("manifest.json", said.encode()),
            ],
            commit_message=f"Add the results of run {run.id}",
            repo_type="dataset",
            parent_commit=info.sha,
        )
        share(1.0)
    return Pushed(address_of(repo_id), str(commit.oid), bool(info.private))


def token_of_environment() -> str | None:
    """The token of the environment; one saved by a login is never used."""
    return os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") or None


def address_of(repo_id: str) -> str:
    """Of a dataset's page, on the Hub that is asked."""
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/datasets/{repo_id}"


def place_for(api: HfApi, repo_id: str, *, private: bool) -> Any:
    """What the Hub says of the dataset that results go to; a new one, where there was none.

    Raises:
        HubError: It is public and shouldn't be, or holds something else.
    """
    from huggingface_hub.errors import RepositoryNotFoundError

    with suppress(RepositoryNotFoundError):
        info = api.dataset_info(repo_id)
        if private and not info.private:
            raise HubError(
                f"The dataset {repo_id} is public already: everybody could read the rows. Upload "
                "as public, or choose another name."
            )
        there = {file.rfilename for file in info.siblings or []} - OF_THE_HUB
        card = info.card_data.to_dict() if info.card_data else {}
        if there and TAG not in (card.get("tags") or ()):
            raise HubError(
                f"The dataset {repo_id} holds something else already ({sorted(there)[0]}). Choose "
                "a name that isn't taken."
            )
        return info
    api.create_repo(repo_id, repo_type="dataset", private=private)
    return api.dataset_info(repo_id)


def shard_files(results: Typed, folder: Path, shards: int) -> Iterator[Path]:
    """Write the results into Parquet files of at most 500,000 rows; gives each when it is whole."""
    groups = row_groups(results)
    group = next(groups, None)
    for number in range(shards):
        path = folder / f"results-{number:05d}-of-{shards:05d}.parquet"
        with parquet_writer(path, results.schema) as writer:
            room = SHARD_ROWS
            while group is not None and room:
                taken = group.slice(0, room)
                writer.write_table(taken)
                room -= taken.num_rows
                group = group.slice(taken.num_rows)
                if not group.num_rows:
                    group = next(groups, None)
        yield path


@contextmanager
def explained(repo_id: str, token: str) -> Iterator[None]:
    """Turn the client's errors into sentences, in which no token appears."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.HFValidationError as error:
        raise HubError(
            f"'{repo_id}' is not the id of a dataset; those look like owner/name."
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise HubError(
            "Nothing can be uploaded: HF_HUB_OFFLINE is set. Unset it to reach the Hub."
        ) from error
    except (httpx2.HTTPError, OSError, RuntimeError, ValueError) as error:
        # What went wrong with one file of several is the cause of another error.
        cause = error.__cause__ if type(error) is RuntimeError and error.__cause__ else error
        if isinstance(cause, errors.HfHubHTTPError):
            raise HubError(refusal(cause, repo_id, token)) from error
        if isinstance(cause, httpx2.HTTPError | OSError):
            raise HubError(
                f"Uploading to {repo_id} broke off ({type(cause).__name__}): the Hub can't be "
                "reached, or the disk is full. Nothing was added; upload again."
            ) from error
        raise HubError(
            f"Uploading to {repo_id} failed: {first_line(cause, token)} Nothing was added."
        ) from error


def refusal(error: Any, repo_id: str, token: str) -> str:
    """What the Hub's answer means, and what to do."""
    status = error.response.status_code if error.response is not None else None
    if status == 401:
        return (
            "The Hub doesn't know the token: set HF_TOKEN to one of your account that may write, "
            "from the Hub's settings."
        )
    if status == 403:
        return (
            f"The token may not write to {repo_id}: it must be one with the right to write, of an "
            f"account that may add datasets to {repo_id.partition('/')[0]}."
        )
    if status == 404:
        return f"The Hub has no dataset {repo_id}, or it was deleted meanwhile; upload again."
    if status in (409, 412):
        return (
            f"Somebody else has changed {repo_id} meanwhile; nothing was added. Look at what is "
            "there, then upload again."
        )
    return f"The Hub answered with an error for {repo_id}: {first_line(error, token)}"


def first_line(error: BaseException, token: str) -> str:
    """An error's first line, without the token."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0][:SHOWN_CHARS]
    return line.replace(token, "***")
