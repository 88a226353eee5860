"""Checkpoints of the Hub: found in its cache without asking anybody, fetched when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from golems.base import HubSource
from golems.errors import BadWeights, HubError
from golems.loading.weights import INDEX, PICKLE, SINGLE, weight_files
from golems.settings import settings

TRIES = 3
SMALL_FILES = (".json", ".txt", ".model", ".jinja", "README.md")  # config, tokenizer, card


def cached(source: HubSource, sha256: Mapping[str, str]) -> tuple[Path, str] | None:
    """Folder and commit of a model that is completely in the Hub's cache, else None."""
    from huggingface_hub import constants

    # The Hub's client takes a while to load; most pages ask only about models that aren't here.
    if not Path(constants.HF_HUB_CACHE, f"models--{source.model_id.replace('/', '--')}").is_dir():
        return None

    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(source.model_id, "config.json", revision=source.revision)
    except HFValidationError:
        return None  # no such id can be; fetching says so
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    try:
        weight_files(folder, sha256)
    except BadWeights:
        return None  # a download that broke off before the weights, which come last
    return folder, folder.name


def download(
    source: HubSource, sha256: Mapping[str, str], progress: Callable[[float], None]
) -> tuple[Path, str]:
    """Fetch what is needed of a model, and only that; goes on where an earlier try broke off.

    Args:
        sha256: File name -> digest of pickled weights that may be fetched.
        progress: Called with the share of bytes that are here, 0 to 1.

    Returns:
        The folder in the Hub's cache, and its commit (40 hexadecimal digits).

    Raises:
        HubError: Unknown, gated, unreachable, or broken off; says which and what to do.
        BadWeights: The model has no weights that are safe to open.
    """
    from huggingface_hub import HfApi

    with explained(source):
        info = HfApi().model_info(
            source.model_id,
            revision=source.revision,
            files_metadata=True,
            timeout=settings().hub_timeout_s,
        )
    commit = str(info.sha)
    sizes = {file.rfilename: int(file.size or 0) for file in info.siblings or []}
    if "config.json" not in sizes:
        raise BadWeights(f"{source.model_id} has no config.json, so it can't be loaded.")
    weights = wanted_weights(source, sizes, sha256)
    # Weights come last: where they are, everything else is.
    names = [name for name in sizes if "/" not in name and name.endswith(SMALL_FILES)]
    names = [name for name in names if name not in weights] + weights
    bar = share_of(sum(sizes[name] for name in names), progress)
    path = ""
    with explained(source):
        for name in names:
            path = download_file(source.model_id, name, commit, bar)
            bar.file_done(sizes[name])
        # Names the branch in the cache, so that it's found later without the server.
        HfApi().resolve_revision(source.model_id, revision=source.revision)
    folder = Path(path).parent
    weight_files(folder, sha256)
    return folder, commit


def download_file(model_id: str, name: str, commit: str, bar: Any) -> str:
    """Path of one file in the cache; a connection that is reset in mid-file is tried again.

    huggingface_hub retries a connection that is closed or times out, but not one that is reset.
    """
    import httpx2
    from huggingface_hub import hf_hub_download

    for tries_left in reversed(range(TRIES)):
        try:
            return str(hf_hub_download(model_id, name, revision=commit, tqdm_class=bar))
        except httpx2.ReadError:
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def wanted_weights(
    source: HubSource, sizes: Mapping[str, int], sha256: Mapping[str, str]
) -> list[str]:
    """The weight files to fetch: safetensors, else a pickle that the card knows."""
    if SINGLE in sizes:
        return [SINGLE]
    if INDEX in sizes:
        return [*sorted(name for name in sizes if is_shard(name)), INDEX]
    if PICKLE in sizes and PICKLE in sha256:
        return [PICKLE]
    if PICKLE in sizes:
        raise BadWeights(
            f"{source.model_id} has only pickled weights ({PICKLE}), which can run code when "
            "opened. Choose a revision with model.safetensors, or list its sha256 on the card."
        )
    raise BadWeights(f"{source.model_id} has no weights in safetensors format.")


def is_shard(name: str) -> bool:
    return name.startswith("model-") and name.endswith(".safetensors")


def share_of(total: int, progress: Callable[[float], None]) -> Any:
    """A progress-bar class for huggingface_hub that reports one share over several files."""
    from tqdm import tqdm

    class Share(tqdm):  # type: ignore[misc]
        finished = 0
        current = 0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            self.is_bytes = kwargs.get("unit") == "B"
            kwargs["disable"] = True
            super().__init__(*args, **kwargs)
            # A disabled bar forgets what was there before; a resumed file starts with it.
            self.seen = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> None:
            if self.is_bytes:
                self.seen += int(n or 0)
                Share.current = max(Share.current, self.seen)
                progress(min(1.0, (Share.finished + Share.current) / max(total, 1)))

        @classmethod
        def file_done(cls, size: int) -> None:
            cls.finished += size
            cls.current = 0
            progress(min(1.0, cls.finished / max(total, 1)))

    return Share


@contextmanager
def explained(source: HubSource) -> Iterator[None]:
    """Turn the client's errors into sentences."""
    import httpx2
    from huggingface_hub import errors

    name = source.model_id
    try:
        yield
    except errors.GatedRepoError as error:  # before its parent class RepositoryNotFoundError
        raise HubError(
            f"{name} is gated: accept its terms on its page on the Hub, then set HF_TOKEN to a "
            "token of your account and fetch again."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise HubError(
            f"The Hub has no model {name}, or it is private: check the name; for a private one "
            "set HF_TOKEN."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise HubError(f"{name} has no revision '{source.revision}' on the Hub.") from error
    except errors.RemoteEntryNotFoundError as error:
        raise HubError(f"A file of {name} is missing on the Hub: {first_line(error)}") from error
    except errors.HFValidationError as error:
        raise HubError(f"'{name}' is not a model id; those look like owner/name.") from error
    except errors.OfflineModeIsEnabled as error:
        raise HubError(
            f"{name} can't be fetched: HF_HUB_OFFLINE is set. Unset it to reach the Hub."
        ) from error
    except errors.HfHubHTTPError as error:
        raise HubError(f"The Hub answered with an error for {name}: {first_line(error)}") from error
    except (httpx2.HTTPError, OSError) as error:
        raise HubError(
            f"Fetching {name} broke off ({type(error).__name__}): the Hub can't be reached, or "
            "the disk is full. Files that came whole are kept; fetch again to go on."
        ) from error
    except ValueError as error:
        raise HubError(
            f"{name} can't be fetched: what answered is not the Hub. A sign-in page of the network "
            "may be in between; open one in a browser, then fetch again."
        ) from error


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
