"""Asking the Hub for datasets: what a repository holds, pieces of its files, errors in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from golems.errors import HubError
from golems.settings import settings

_TRIES_AGAIN = 3
_SHOWN_CHARS = 300


class NoRevision(HubError):
    """A repository has no such branch, tag or commit."""


@dataclass(frozen=True, slots=True)
class HubRepo:
    """A dataset's repository at one commit.

    Attributes:
        commit: 40 hexadecimal digits.
        sizes: Path of every file -> its bytes.
        configs: What its card says of configs and their files, as written there.
    """

    dataset_id: str
    commit: str
    sizes: dict[str, int]
    configs: list[dict[str, Any]]


def read_repo(dataset_id: str, revision: str | None) -> HubRepo:
    """Ask what a dataset's repository holds.

    Args:
        dataset_id: ``owner/name``.
        revision: A branch, tag or commit; ``main`` when None.

    Raises:
        HubError: Unknown, gated, offline, or the Hub can't be reached; says which and what to do.
    """
    from huggingface_hub import HfApi

    with explained(dataset_id, revision):
        info = HfApi().dataset_info(
            dataset_id,
            revision=revision,
            files_metadata=True,
            timeout=settings().hub_timeout_s,
            token=_token(),
        )
    card = info.card_data.to_dict() if info.card_data else {}
    configs = card.get("configs")
    return HubRepo(
        dataset_id,
        str(info.sha),
        {file.rfilename: int(file.size or 0) for file in info.siblings or []},
        [one for one in configs if isinstance(one, dict)] if isinstance(configs, list) else [],
    )


class HubFile:
    """A file of a dataset, read in the pieces that are asked for.

    Nothing is kept, on a disk or in memory. A request whose connection breaks is sent a few more
    times.
    """

    closed = False

    def __init__(self, repo: HubRepo, path: str) -> None:
        self._repo, self._path = repo, path
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        """Read on from the present place.

        Raises:
            HubError: The Hub refuses, or the connection breaks again and again.
        """
        end = self._repo.sizes[self._path]
        if size >= 0:
            end = min(end, self._place + size)
        if end <= self._place:
            return b""
        data = self._fetch(self._place, end)
        self._place = end
        return data

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place, counted from the start (0), from here (1) or from the end (2)."""
        self._place = place + (0, self._place, self._repo.sizes[self._path])[whence]
        return self._place

    def tell(self) -> int:
        """Return the present place."""
        return self._place

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Do nothing: there is no connection between two pieces."""

    def flush(self) -> None:
        """Do nothing: nothing is written."""

    def _fetch(self, start: int, end: int) -> bytes:
        from huggingface_hub import constants, hf_hub_url
        from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_backoff

        repo = self._repo
        url = hf_hub_url(
            repo.dataset_id,
            self._path,
            repo_type="dataset",
            revision=repo.commit,
            endpoint=constants.ENDPOINT,
        )
        headers = {**build_hf_headers(token=_token()), "Range": f"bytes={start}-{end - 1}"}
        with explained(repo.dataset_id, repo.commit):
            response = http_backoff(
                "GET",
                url,
                max_retries=_TRIES_AGAIN,
                headers=headers,
                timeout=settings().hub_timeout_s,
            )
            hf_raise_for_status(response)
        data = bytes(response.content)
        if len(data) != end - start:
            raise HubError(
                f"The Hub sent {len(data):,} bytes of {self._path} in {repo.dataset_id} where "
                f"{end - start:,} were asked for. Try again later."
            )
        return data


@contextmanager
def explained(dataset_id: str, revision: str | None) -> Iterator[None]:
    """Turn the client's errors into sentences, in which no token appears."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:  # before its parent class RepositoryNotFoundError
        raise HubError(
            f"The dataset {dataset_id} is gated: accept its terms on its page on the Hub, then set "
            "HF_TOKEN to a token of your account."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise HubError(
            f"The Hub has no dataset {dataset_id}, or it is private: check the name; for a private "
            "one set HF_TOKEN."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise NoRevision(
            f"The dataset {dataset_id} has no revision {revision!r} on the Hub."
        ) from error
    except errors.HFValidationError as error:
        raise HubError(
            f"{dataset_id!r} is not the id of a dataset; those look like hub:owner/name."
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise HubError(
            f"The dataset {dataset_id} can't be read: HF_HUB_OFFLINE is set. Unset it to reach the "
            "Hub, or give a file on this machine."
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        if status in (401, 403):
            raise HubError(
                f"The Hub refuses to give the dataset {dataset_id} (status {status}): set HF_TOKEN "
                "to a token that may read it."
            ) from error
        raise HubError(
            f"The Hub answered with an error for the dataset {dataset_id}: {_first_line(error)}"
        ) from error
    except JSONDecodeError as error:
        raise HubError(
            f"What answered for the dataset {dataset_id} is not the Hub: perhaps this network "
            "wants you to sign in first. Open a web page to see, then try again."
        ) from error
    except (httpx2.HTTPError, OSError) as error:
        raise HubError(
            f"Reading the dataset {dataset_id} broke off ({type(error).__name__}): the Hub can't "
            "be reached. Check the connection, then go on."
        ) from error


@dataclass(frozen=True, slots=True)
class HubReach:
    """What an answer of the Hub depends on beside the question.

    Attributes:
        offline: Whether it must not be asked at all.
        token: A number that is another one with another token; tells nothing of it.
    """

    endpoint: str
    offline: bool
    token: int


def hub_reach() -> HubReach:
    """How the Hub would be asked now; asks nothing."""
    from huggingface_hub import constants

    return HubReach(constants.ENDPOINT, constants.is_offline_mode(), hash(_token()))


def _token() -> str | bool:
    """The token of the environment; one saved by a login is never used."""
    return os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") or False


def _first_line(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0][:_SHOWN_CHARS]
    token = _token()
    return line.replace(token, "***") if isinstance(token, str) else line
