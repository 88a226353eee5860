"""Runs with invented results that are made to be compared."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from golems.runs import EngineFacts, Run
from tests.reports.conftest import WriteRun, failed, predicted

DATA = "sha256:0123"


def with_facts(run: Run, *, data: str | None = DATA, name: str = "", **changes: Any) -> Run:
    """The run as if it had run: on data of a digest, with an engine."""
    manifest = run.manifest()
    engine = EngineFacts(
        commit=changes.pop("commit", "sha256:model"),
        device="cpu",
        precision=changes.pop("precision", "fp32"),
        machine="a machine",
        versions={},
        labels=manifest.engine.labels if manifest.engine else None,
    )
    rows = sum(1 for _ in run.parts()) and run.progress().rows
    dataset = manifest.dataset.model_copy(
        update={"fingerprint": data, "rows": rows, **changes.pop("dataset", {})}
    )
    parameters = {**manifest.parameters, **changes.pop("parameters", {})}
    run.write_manifest(
        manifest.model_copy(
            update={"dataset": dataset, "engine": engine, "parameters": parameters, **changes}
        )
    )
    # Of a clock that may stand still between two writes.
    path = run.folder / "manifest.json"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
    return run


def run_of(
    write_run: WriteRun,
    labels: Sequence[str | None],
    truths: Sequence[str | None] | None = None,
    *,
    scores: Sequence[float] | None = None,
    dropped: Sequence[int] | None = None,
    **changes: Any,
) -> Run:
    """A run that gave these labels to ``text 0``, ``text 1`` ...; None where a row failed."""
    rows = [
        [f"text {place}", truth]
        for place, truth in enumerate(truths if truths is not None else [""] * len(labels))
    ]
    outcomes = [
        failed()
        if label is None
        else predicted(
            label,
            0.9 if scores is None else scores[place],
            tokens_dropped=dropped[place] if dropped else 0,
        )
        for place, label in enumerate(labels)
    ]
    return with_facts(write_run(["text", "truth"], rows, outcomes, window=100), **changes)
