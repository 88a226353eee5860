"""What a result is kept under: digests of a row's content and of all that decides the result."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

FORMAT = 1  # counted up when a task's results mean something else than before
KEY_BYTES = 20
DIGEST = ">q12x"  # the first 8 bytes of a key, as SQLite has numbers; the others are compared


def scope(
    task: str,
    commit: str,
    parameters: Mapping[str, Any],
    precision: str,
    handler: str = "",
    languages: Sequence[str] = (),
) -> bytes:
    """What all rows of a run have in common, as a digest of 32 bytes.

    Args:
        commit: The Hub's commit of the weights, or their digest.
        handler: Digest of a person's own code around the model; empty where there is none.
        languages: Those that the model reads, which the notes on rows are about.
    """
    said = json.dumps(
        [FORMAT, task, commit, dict(parameters), precision, handler, *languages], sort_keys=True
    )
    return hashlib.sha256(said.encode()).digest()


def key_of(common: bytes, content: str | bytes) -> bytes:
    """The key of one row's result, 20 bytes: a clash among 10**12 rows has odds of 10**-24."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    hasher = _begun(common).copy()
    hasher.update(data)
    return hasher.digest()


@lru_cache(maxsize=64)
def _begun(common: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=KEY_BYTES, key=common)


def digests_of(keys: Iterable[bytes]) -> list[int]:
    """Keys as the index has them. A second key with the digest of another one is never kept."""
    return [digest for (digest,) in struct.iter_unpack(DIGEST, b"".join(keys))]
