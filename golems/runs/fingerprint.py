"""Whether a dataset is still the one a run was made for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from golems.errors import BadInput, RunFailed
from golems.loading.weights import sha256_of
from golems.runs.manifest import DatasetSpec


def taken(spec: DatasetSpec) -> DatasetSpec:
    """The dataset with its fingerprint; nothing is read where the file's time is the same.

    Of a dataset of the Hub nothing is ever read: it was fixed to a commit when the run was made.

    Raises:
        BadInput: It isn't there any more, or can't be read.
        RunFailed: It is another one now.
    """
    modified_ns = None
    if spec.kind == "hub":
        fingerprint = f"commit:{spec.options.get('revision', '')}"
    else:
        path = Path(spec.path)
        try:
            modified_ns = path.stat().st_mtime_ns
            if path.is_dir():
                found = folder_digest(path)
            elif spec.fingerprint and spec.modified_ns == modified_ns:
                return spec
            else:
                found = sha256_of(path)
        except OSError as error:
            raise BadInput(f"{path} can't be read: {error.strerror}.") from error
        fingerprint = f"sha256:{found}"
    if spec.fingerprint not in (None, fingerprint):
        raise RunFailed(
            f"{spec.name} has changed since the run was made. Start a new run: rows that are the "
            "same as before are taken from the ledger."
        )
    return spec.model_copy(update={"fingerprint": fingerprint, "modified_ns": modified_ns})


def folder_digest(folder: Path) -> str:
    """A digest of a folder's files: where each is, its size, and when it was changed.

    Raises:
        OSError: The folder can't be read.
    """
    digest = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            stat = path.lstat()
            entry = f"{path.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
            digest.update(entry.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
