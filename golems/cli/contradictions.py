"""Options of ``run`` that don't fit together."""

from __future__ import annotations

import argparse
from pathlib import Path

from golems.errors import BadInput

MANIFESTS = (".json", ".yaml", ".yml")  # of a run that is done again


def refuse_contradictions(given: argparse.Namespace) -> None:
    """See that what was typed fits together.

    Raises:
        BadInput: It doesn't.
    """
    if given.json and not given.dry_run:
        raise BadInput("--json is for --dry-run; `report RUN_DIR --json` gives a run's figures.")
    if given.resume is not None and given.golem is not None:
        raise BadInput("Give either --resume RUN_DIR, or GOLEM and INPUT.")
    if given.resume is not None and given.dry_run:
        raise BadInput("--dry-run looks at a run that is yet to begin; leave --resume away.")
    again = given.golem is not None and Path(given.golem).suffix in MANIFESTS
    if (
        given.input is None
        and (given.resume is not None or again)
        and (named := options_of_a_new_run(given))
    ):
        raise BadInput(
            f"{', '.join(named)}: a run that goes on, or is done again from its manifest, keeps "
            "its own options. Leave these away, or give GOLEM and INPUT."
        )
    if given.resume is None and given.golem is None:
        raise BadInput("Say what to run: GOLEM and INPUT, a manifest, or --resume RUN_DIR.")


def options_of_a_new_run(given: argparse.Namespace) -> list[str]:
    """The options that were given and that only a run with a GOLEM and an INPUT can have."""
    usual = {"sample_seed": 0, "header": "auto", "precision": "auto"}
    others = {"command", "golem", "input", "resume", "out", "dry_run", "json", "run"}
    others |= {"ledger"} if given.resume is None else set()
    return [
        f"--{'no-' if value is False else ''}{name.replace('_', '-')}"
        for name, value in vars(given).items()
        if name not in others and value != usual.get(name)
    ]
