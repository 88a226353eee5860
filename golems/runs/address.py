"""Where the weights of a run are to be found, without loading them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from golems import models
from golems.base import HubSource, PackageSource
from golems.loading.sources import assembled_folder
from golems.registry import card_named, choose_checkpoint
from golems.runs.manifest import Manifest


@dataclass(frozen=True)
class Address:
    """What ``from_pretrained`` takes to open a run's checkpoint.

    Attributes:
        name: A Hub id or the path of a folder.
        revision: The Hub's commit; None for a folder.
        is_here: Whether it is a folder that is there; a Hub id is fetched when it is opened.
        is_ours: Whether its architecture is one that this library adds to transformers.
    """

    name: str
    revision: str | None = None
    is_here: bool = True
    is_ours: bool = False


def address_of(manifest: Manifest) -> Address:
    """Where a run's checkpoint is.

    Raises:
        UnknownName: The run's golem or checkpoint is gone.
    """
    card = card_named(manifest.golem, manifest.task)
    source = choose_checkpoint(card, manifest.checkpoint).source
    if isinstance(source, HubSource):
        commit = manifest.engine.commit if manifest.engine else source.revision
        return Address(source.model_id, commit)
    folder = assembled_folder(source) if isinstance(source, PackageSource) else source.path
    return Address(str(folder), None, (folder / "config.json").is_file(), is_ours(folder))


def is_ours(folder: Path) -> bool:
    """Whether the architecture of a model folder is one of ``golems.models``."""
    try:
        kind = json.loads((folder / "config.json").read_text("utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return False
    return isinstance(kind, str) and any(
        Path(place, f"{kind.replace('-', '_')}.py").is_file() for place in models.__path__
    )
