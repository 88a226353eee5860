"""Checkpoints of the Hub that were fetched for a golem although they are on no card.

They are remembered as empty files ``fetched/GOLEM/OWNER--MODEL`` in the home folder; ``--`` can't
be part of a Hub id.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from golems.base import Card, Checkpoint, HubSource
from golems.errors import HubError
from golems.loading import locate
from golems.loading.weights import weight_files
from golems.settings import settings


def checkpoints_of(card: Card) -> tuple[Checkpoint, ...]:
    """The checkpoints on a golem's card, and behind them those fetched for it, by name."""
    marks = sorted(folder_of(card).glob("*--*"))
    ids = [mark.name.replace("--", "/", 1) for mark in marks]
    extra = [Checkpoint(id=name, source=HubSource(name)) for name in ids]
    return (*card.checkpoints, *(measured(one) for one in extra if locate(one)))


def remember(card: Card, checkpoint: Checkpoint) -> None:
    """Offer a fetched checkpoint wherever this golem's checkpoints are offered.

    Raises:
        HubError: The home folder can't be written to.
    """
    if checkpoint in card.checkpoints or not isinstance(checkpoint.source, HubSource):
        return
    folder = folder_of(card)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / checkpoint.id.replace("/", "--")).touch()
    except OSError as error:
        raise HubError(
            f"{checkpoint.id} is here, but that can't be noted in {folder}: {error.strerror}. "
            "Free some space, or name another folder in PANTHEON_HOME."
        ) from error


def folder_of(card: Card) -> Path:
    return settings().home / "fetched" / card.name


def measured(checkpoint: Checkpoint) -> Checkpoint:
    """With the size of its weights, which no card tells."""
    found = locate(checkpoint)
    assert found is not None
    bytes_ = sum(path.stat().st_size for path in weight_files(found.path, found.sha256))
    return replace(checkpoint, size_mb=bytes_ / 1e6)
