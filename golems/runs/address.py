"""Where the weights of a run are to be found, without loading them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from golems import models
from golems.base import Checkpoint, HubSource, PackageSource
from golems.loading.sources import assembled_folder
from golems.registry import at_revision, card_named, choose_checkpoint
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
    source = checkpoint_of(manifest).source
    if isinstance(source, HubSource):
        return Address(source.model_id, source.revision)
    folder = assembled_folder(source) if isinstance(source, PackageSource) else source.path
    return Address(str(folder), None, (folder / "config.json").is_file(), is_ours(folder))


def checkpoint_of(manifest: Manifest) -> Checkpoint:
    """The checkpoint of a run: one of the Hub at the commit that the run began with, or asks for.

    Raises:
        UnknownName: The run's golem or checkpoint is gone.
    """
    found = choose_checkpoint(card_named(manifest.golem, manifest.task), manifest.checkpoint)
    commit = hub_commit(manifest)
    if commit is None or not isinstance(found.source, HubSource):
        return found
    return at_revision(found, commit)


def hub_commit(manifest: Manifest) -> str | None:
    """The Hub's commit that a run ran on, or else asks for; None where it is no matter."""
    commit = manifest.engine.commit if manifest.engine else manifest.commit
    return None if commit is None or commit.startswith("sha256:") else commit


def is_ours(folder: Path) -> bool:
    """Whether the architecture of a model folder is one of ``golems.models``."""
    try:
        kind = json.loads((folder / "config.json").read_text("utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return False
    return isinstance(kind, str) and any(
        Path(place, f"{kind.replace('-', '_')}.py").is_file() for place in models.__path__
    )
