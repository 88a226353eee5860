"""``list`` and ``fetch``: the golems, and where their checkpoints are."""

from __future__ import annotations

import argparse
import json

from golems.base import HubSource
from golems.cli.bars import share_bar
from golems.cli.exit_codes import DONE
from golems.loading import fetch, is_here, locate
from golems.registry import card_named, cards, choose_checkpoint


def list_golems(given: argparse.Namespace) -> int:
    """Print the roster; loads nothing."""
    rows = [
        {
            "golem": card.name,
            "task": card.task,
            "checkpoint": checkpoint.id,
            "commit": found.commit if (found := locate(checkpoint)) else None,
            "here": is_here(checkpoint),
            "in_use": checkpoint == choose_checkpoint(card),
            "size_mb": checkpoint.size_mb,
            "license": checkpoint.license,
        }
        for card in cards().values()
        for checkpoint in card.checkpoints
    ]
    if given.json:
        print(json.dumps(rows, indent=2))
        return DONE
    for row in rows:
        where = "in use" if row["in_use"] else "here" if row["here"] else "on the Hub"
        print(
            f"{row['golem']:<12} {row['task']:<21} {row['checkpoint']:<61} "
            f"{row['size_mb']:>5,.0f} MB  {row['license']:<11} {where}"
        )
    return DONE


def fetch_checkpoint(given: argparse.Namespace) -> int:
    """Download a checkpoint, or assemble an embedded one."""
    card = card_named(given.golem, given.task or first_task(given))
    checkpoint = (
        choose_checkpoint(card, given.checkpoint)
        if given.checkpoint
        else next(
            (one for one in card.checkpoints if isinstance(one.source, HubSource)),
            card.checkpoints[0],
        )
    )
    with share_bar(f"Fetching {checkpoint.id}") as progress:
        folder = fetch(checkpoint, progress)
    print(f"{checkpoint.id} is here: commit {folder.commit}.")
    return DONE


def first_task(given: argparse.Namespace) -> str | None:
    """Fetching needs no task, so a Hub id on no card takes any."""
    known = {one.id for card in cards().values() for one in card.checkpoints} | set(cards())
    return None if given.golem in known else "text-classification"
