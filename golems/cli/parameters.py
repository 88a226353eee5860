"""From what was typed to the parameters of a task."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from golems.base import Card
from golems.errors import BadInput
from golems.tasks import task_class

CLASSIFICATION = ("top_k", "long_texts")
GENERATION = (
    "max_new_tokens", "sample", "temperature", "top_p", "repetition_penalty", "seed", "instruction",
)  # fmt: skip


def parameters(card: Card, given: argparse.Namespace) -> dict[str, Any]:
    """The task's parameters that were given on the command line.

    Raises:
        BadInput: One of another task.
    """
    chosen = {name: getattr(given, name) for name in (*CLASSIFICATION, *GENERATION)}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    generates = card.task == "text-generation"
    known = {field.name for field in fields(task_class(card.task).parameters)}
    for name in chosen:
        if (name in GENERATION) != generates or name not in known:
            raise BadInput(f"--{name.replace('_', '-')} is not a parameter of {card.task}.")
    if given.sample_top_k is not None:
        if not generates:
            raise BadInput(f"--sample-top-k is not a parameter of {card.task}.")
        chosen["top_k"] = given.sample_top_k
    return chosen
