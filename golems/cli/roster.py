"""``list`` and ``fetch``: the golems, and where their checkpoints are."""

from __future__ import annotations

import argparse
import json
from typing import Any

from golems.base import Checkpoint, HubSource
from golems.cli.bars import share_bar
from golems.cli.exit_codes import DONE
from golems.fetched import checkpoints_of, remember
from golems.loading import commit_of, fetch, is_here
from golems.registry import at_revision, cards, checkpoint_named, choose_checkpoint


def list_golems(given: argparse.Namespace) -> int:
    """Print the roster; loads nothing."""
    roster = [(card, one) for card in cards().values() for one in checkpoints_of(card)]
    rows: list[dict[str, Any]] = [
        {
            "golem": card.name,
            "task": card.task,
            "checkpoint": checkpoint.id,
            "commit": commit_of(checkpoint),
            "here": is_here(checkpoint),
            "in_use": is_here(checkpoint) and checkpoint == choose_checkpoint(card),
            "size_mb": checkpoint.size_mb,
            "license": checkpoint.license,
        }
        for card, checkpoint in roster
    ]
    if given.json:
        print(json.dumps(rows, indent=2))
        return DONE
    for row, (_, checkpoint) in zip(rows, roster, strict=True):
        where = "in use" if row["in_use"] else "here" if row["here"] else "on the Hub"
        if not row["here"] and not isinstance(checkpoint.source, HubSource):
            where = "not here"
        print(
            f"{row['golem']:<12} {row['task']:<21} {row['checkpoint']:<61} "
            f"{row['size_mb']:>5,.0f} MB  {row['license']:<11} {where}"
        )
    return DONE


def fetch_checkpoint(given: argparse.Namespace) -> int:
    """Download a checkpoint, or assemble an embedded one."""
    checkpoint = checkpoint_to_fetch(given.golem, given.checkpoint)
    if given.revision is not None:
        checkpoint = at_revision(checkpoint, given.revision)
    with share_bar(f"Fetching {checkpoint.id}") as progress:
        folder = fetch(checkpoint, progress)
    if given.golem in cards() and given.revision is None:  # an old commit is no choice of its own
        remember(cards()[given.golem], checkpoint)
    print(f"{checkpoint.id} is here: commit {folder.commit}.")
    return DONE


def checkpoint_to_fetch(golem: str, wanted: str | None) -> Checkpoint:
    """The checkpoint named; of a golem the first one of the Hub, as the others are here already.

    A Hub id or folder needs no task here: its files are the same for any.
    """
    card = cards().get(golem)
    if card is None:
        return checkpoint_named(wanted or golem)
    if wanted is not None:
        return choose_checkpoint(card, wanted)
    on_hub = (one for one in card.checkpoints if isinstance(one.source, HubSource))
    return next(on_hub, card.checkpoints[0])
