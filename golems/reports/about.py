"""What a run is, as a list of facts for whoever gets its results and nothing else."""

from __future__ import annotations

import json
from pathlib import PurePath

from golems.runs import Manifest, Run
from golems.runs.name import name_of

PROGRAM = "Pantheon of Golems"


def about(run: Run, manifest: Manifest) -> list[tuple[str, str | int]]:
    """What ran on what, and what came of it: name of each fact and the fact.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    counts, engine, dataset = run.counts(), manifest.engine, manifest.dataset
    facts: list[tuple[str, str | int | None]] = [
        ("Made by", PROGRAM),
        ("Run", run.id),
        ("Name", name_of(run) or None),
        ("State", run.state()),
        ("Started", manifest.created_at),
        ("Golem", manifest.title),
        ("Task", manifest.task),
        ("Checkpoint", named(manifest.checkpoint)),
        ("Commit", engine.commit if engine else None),
        ("License of the checkpoint", manifest.license),
        ("Dataset", dataset.name),
        ("Column that was read", dataset.column),
        ("Dataset's fingerprint", dataset.fingerprint),
        ("Rows", counts.rows),
        ("Rows of the dataset", dataset.rows),
        ("Failed rows", counts.failed),
        ("Precision", engine.precision if engine else None),
        ("Device", engine.device if engine else None),
    ]
    facts += [
        (f"Parameter {name}", value if isinstance(value, str) else json.dumps(value))
        for name, value in manifest.parameters.items()
    ]
    if engine:
        facts += [(f"Version of {name}", version) for name, version in engine.versions.items()]
    return [(name, fact) for name, fact in facts if fact is not None]


def named(checkpoint: str) -> str:
    """A checkpoint's id; of a folder its name alone, and not where on this machine it lies."""
    path = PurePath(checkpoint)
    return path.name if path.is_absolute() else checkpoint
