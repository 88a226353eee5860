"""All golems: those of the roster, found by themselves, and those named at run time."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

from golems import roster
from golems.base import Card, Checkpoint, FolderSource, HubSource
from golems.errors import BadInput, UnknownName
from golems.loading import is_here
from golems.tasks import MODULES


@cache
def cards() -> dict[str, Card]:
    """Name -> card of every module in the roster, in the order of their places.

    Raises:
        AssertionError: Two cards have one name, or a card's task doesn't exist.
    """
    found: dict[str, Card] = {}
    for module in pkgutil.iter_modules(roster.__path__):
        card: Card = import_module(f"{roster.__name__}.{module.name}").CARD
        assert card.name not in found, f"Two cards are called {card.name}."
        assert card.task in MODULES, f"{card.name}: there is no task {card.task}."
        assert card.checkpoints, f"{card.name} has no checkpoint."
        found[card.name] = card
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[0])))


def card_named(name: str, task: str | None = None) -> Card:
    """The card of a golem: a name of the roster, a checkpoint on a card, a folder or a Hub id.

    Args:
        task: Needed for a folder or Hub id that is on no card.

    Raises:
        UnknownName: Nothing of that name; the message lists the roster.
        BadInput: A folder or Hub id without its task, or a golem with another task than its own.
    """
    known = cards()
    if name in known:
        card = known[name]
        if task and task != card.task:
            raise BadInput(f"{name} does {card.task}, not {task}; leave --task away.")
        return card
    for card in known.values():
        for checkpoint in card.checkpoints:
            if checkpoint.id == name and task in (None, card.task):
                return replace(card, checkpoints=(checkpoint,))
    checkpoint = checkpoint_named(name)
    if task is None:
        raise BadInput(
            f"'{name}' is on no card, so say what it does with --task: {', '.join(MODULES)}."
        )
    if task not in MODULES:
        raise UnknownName(f"Task '{task}' is not known; tasks are: {', '.join(MODULES)}.")
    return Card(
        name=name,
        title=Path(name).name,
        task=task,
        summary=f"A checkpoint named at run time, for {task}.",
        checkpoints=(checkpoint,),
    )


def checkpoint_named(name: str) -> Checkpoint:
    """A checkpoint by its id alone: one of any card, a folder, or a Hub id.

    Raises:
        UnknownName: It is on no card and looks like neither.
    """
    for card in cards().values():
        for checkpoint in card.checkpoints:
            if checkpoint.id == name:
                return checkpoint
    path = Path(name).expanduser()
    if name and path.is_dir():
        return Checkpoint(id=name, source=FolderSource(path.resolve()))
    if is_hub_id(name):
        return Checkpoint(id=name, source=HubSource(name))
    raise UnknownName(
        f"There is no golem '{name}'; golems are: {', '.join(cards())}. "
        "A model folder or a Hub id (owner/name) works too, with its task."
    )


def is_hub_id(name: str) -> bool:
    """Whether a name has the form of a Hub id, ``owner/name``."""
    owner, _, model = name.partition("/")
    return owner not in {"", ".", "..", "~"} and model != "" and "/" not in model


def choose_checkpoint(card: Card, wanted: str | None = None) -> Checkpoint:
    """The checkpoint to use: the one named, else the first that is on this machine.

    Args:
        wanted: Id of a checkpoint on the card, a folder, or a Hub id.

    Raises:
        UnknownName: No such checkpoint.
    """
    if wanted is None:
        return next((one for one in card.checkpoints if is_here(one)), card.checkpoints[0])
    for checkpoint in card.checkpoints:
        if wanted == checkpoint.id:
            return checkpoint
    try:
        return checkpoint_named(wanted)
    except UnknownName:
        ids = ", ".join(checkpoint.id for checkpoint in card.checkpoints)
        raise UnknownName(
            f"{card.title} has no checkpoint '{wanted}'; it has: {ids}. "
            "A model folder or a Hub id (owner/name) works too."
        ) from None


def at_revision(checkpoint: Checkpoint, revision: str) -> Checkpoint:
    """A checkpoint as it is, or was, at a branch, tag or commit.

    Raises:
        BadInput: It is not of the Hub.
    """
    if not isinstance(checkpoint.source, HubSource):
        raise BadInput(f"{checkpoint.id} is not of the Hub, so it has no revision '{revision}'.")
    return replace(checkpoint, source=replace(checkpoint.source, revision=revision))
