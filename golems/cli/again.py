"""What a run that is done again from its manifest has otherwise than the first one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golems.runs import Manifest


def differences(was: Manifest, now: Manifest) -> Iterator[str]:
    """Why a run that was done again may have other results, in plain sentences."""
    prints = was.dataset.fingerprint, now.dataset.fingerprint
    # A folder's fingerprint has the times of its files, which a copy may not have.
    if None not in prints and prints[0] != prints[1]:
        yield f"{now.dataset.name} is not the dataset that it was: results may be others."
    if was.engine is not None and now.engine is not None:
        for name in ("commit", "device", "precision"):
            before, after = getattr(was.engine, name), getattr(now.engine, name)
            if before != after:
                yield f"The {name} was {before} and is {after} now: results may be others."
