"""Before a run's first row: dataset counted, golem loaded, precision and batches found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from golems.datasets import Dataset
from golems.golem import Golem
from golems.loading import computes_bf16, pick_device
from golems.runs.calibration import calibrate
from golems.runs.fingerprint import taken
from golems.runs.manifest import Manifest, Parity
from golems.runs.parity import picked
from golems.runs.setup import Load, reopen, with_engine
from golems.runs.state import Counts, Progress, so_far
from golems.runs.store import Run


def prepared(
    run: Run, done: Counts, report: Callable[[Progress], None], load: Load
) -> tuple[Manifest, Dataset, Golem]:
    """The run's dataset, counted, and its golem, loaded; the manifest says what they are."""
    manifest = run.manifest()
    progress = Progress(stage="Counting the rows", **so_far(done))
    report(progress)
    dataset = reopen(manifest)
    spec = taken(manifest.dataset)
    if spec.rows is None:
        spec = spec.model_copy(update={"rows": dataset.count()})
    manifest = manifest.model_copy(update={"dataset": spec})
    progress = replace(progress, rows=spec.rows)

    def say(stage: str) -> None:
        report(replace(progress, stage=stage))

    def preparing(share: float) -> None:
        say(f"Preparing the golem ({share:.0%})")

    say("Loading the golem")
    parity = None
    if manifest.engine is None:
        golem, parity = load_first(manifest, dataset, lambda one: load(one, preparing), say)
    else:
        golem = load(manifest, preparing)
    manifest = with_engine(manifest, golem, parity)
    run.write_manifest(manifest)
    return manifest, dataset, golem


def load_first(
    manifest: Manifest,
    dataset: Dataset,
    load: Callable[[Manifest], Golem],
    say: Callable[[str], None],
) -> tuple[Golem, Parity | None]:
    """The golem of a run of which no row is computed yet, and how its precision was chosen.

    Args:
        manifest: With the rows of its dataset counted.
        say: Called with what is going on, in words.
    """
    golem, parity = picked(
        manifest,
        dataset,
        lambda precision: load(in_precision(manifest, precision)),
        lower=lower_precision(manifest),
        say=say,
    )
    calibrate(golem, manifest, dataset, say)
    return golem, parity


def lower_precision(manifest: Manifest) -> str | None:
    """The precision below fp32 that a run is to take, or may; None where there is none."""
    if manifest.precision != "auto":
        return None if manifest.precision == "fp32" else manifest.precision
    return "bf16" if computes_bf16(pick_device(manifest.device)) else None


def in_precision(manifest: Manifest, precision: str) -> Manifest:
    """The same run, had another precision been asked for."""
    return manifest.model_copy(update={"precision": precision})
