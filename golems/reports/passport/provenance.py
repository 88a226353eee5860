"""What a run was made of: golem, checkpoint, dataset, machine, parameters, counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from golems.reports.parity import parity_sentence
from golems.reports.passport.section import Section, Table
from golems.reports.view import View
from golems.runs import Manifest
from golems.runs.edits import edited_places
from golems.words import counted

HEAD = ("What", "Value")
Facts = list[tuple[str, Any]]


def provenance(view: View) -> Section:
    """All that is known of how the results came about."""
    manifest = view.manifest
    engine = manifest.engine
    said = []
    if engine is not None and engine.parity is not None:
        said.append(parity_sentence(engine.parity.model_dump(), manifest.task))
    if edited := len(edited_places(view.run)):
        said.append(
            f"The texts of {counted(edited, 'row')} were mended by hand after they had failed; "
            "running the manifest again reads the dataset as it is, without that."
        )
    return Section(
        "Where it comes from",
        tuple(filter(None, said)),
        tables=(
            table("The golem", golem_facts(manifest)),
            table("The dataset", dataset_facts(manifest)),
            table("The run", run_facts(view)),
            table("Parameters", parameter_facts(manifest)),
            table("Libraries", [*engine.versions.items()] if engine else []),
        ),
    )


def table(title: str, facts: Facts) -> Table:
    """Facts as a table; those that nobody knows are left out."""
    rows = tuple((name, as_text(value)) for name, value in facts if value not in (None, ""))
    return Table(title, HEAD, rows)


def golem_facts(manifest: Manifest) -> Facts:
    engine = manifest.engine
    return [
        ("Golem", manifest.title),
        ("Name", manifest.golem),
        ("Task", manifest.task),
        ("Checkpoint", manifest.checkpoint),
        ("Commit", engine.commit if engine else "not known until the run begins"),
        ("License of the checkpoint", manifest.license),
        ("Precision", engine.precision if engine else None),
        ("Precision asked for", manifest.precision),
        ("Device", engine.device if engine else None),
        ("Device asked for", manifest.device),
        ("Machine", engine.machine if engine else None),
    ]


def dataset_facts(manifest: Manifest) -> Facts:
    dataset = manifest.dataset
    options = {**dataset.options, **({"limit": dataset.limit} if dataset.limit else {})}
    return [
        ("Name", dataset.name),
        ("Read from", dataset.path),
        ("Kind", dataset.kind),
        ("Column read", dataset.column),
        ("Columns", ", ".join(dataset.columns)),
        ("Rows", dataset.rows),
        ("Fingerprint", dataset.fingerprint),
        *((f"Option {name}", value) for name, value in options.items()),
        *(("Note", note) for note in dataset.notes),
    ]


def parameter_facts(manifest: Manifest) -> Facts:
    return [
        (name, "not set" if value is None else value) for name, value in manifest.parameters.items()
    ]


def run_facts(view: View) -> Facts:
    manifest, run = view.manifest, view.run
    counts, end, seconds = run.counts(), run.end(), run.progress().elapsed_s
    return [
        ("Id", manifest.id),
        ("State", run.state()),
        ("Asked for", at(datetime.fromisoformat(manifest.created_at))),
        ("Asked by", manifest.asked_by),
        ("Ended", at(datetime.fromtimestamp(end.at, UTC)) if end else None),
        ("Rows computed by the model", counts.computed),
        ("Rows known already, from this run or an earlier one", counts.known + counts.repeated),
        ("Rows failed", counts.failed),
        ("Time of predicting", f"{seconds:,.1f} s" if seconds else None),
        ("Rate", f"{counts.rows / seconds:,.1f} rows/s" if seconds else None),
        ("Most tokens or pixels at once", manifest.engine.batch_cost if manifest.engine else None),
        ("Earlier results used", "yes" if manifest.ledger else "no"),
    ]


def at(moment: datetime) -> str:
    """A time: ``2026-11-21 14:05:09 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def as_text(value: Any) -> Any:
    """A cell: numbers as they are, everything that isn't plain as JSON."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
