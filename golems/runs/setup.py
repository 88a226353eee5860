"""What a run's manifest names: its dataset, opened again, and its golem, loaded."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version

from golems.datasets import Dataset, open_dataset
from golems.errors import RunFailed
from golems.golem import Golem, plan_load
from golems.loading import computes_bf16, pick_device
from golems.registry import card_named, choose_checkpoint
from golems.runs.calibration import calibrate, set_cost
from golems.runs.manifest import EngineFacts, Manifest, Parity
from golems.runs.parity import picked
from golems.tasks import task_class

LIBRARIES = ("torch", "transformers", "tokenizers", "pillow", "pyarrow")


def reopen(manifest: Manifest) -> Dataset:
    """The dataset of a run, opened as it was when the run was made.

    Raises:
        BadInput: It isn't there any more, or can't be read.
        HubError: It is one of the Hub, which doesn't give it now.
        RunFailed: It has other columns now.
    """
    spec = manifest.dataset
    dataset = open_dataset(
        spec.path,
        task_kind=task_class(manifest.task).content,
        kind=spec.kind,
        column=spec.column,
        limit=spec.limit,
        **spec.options,
    )
    if dataset.columns != spec.columns:
        raise RunFailed(
            f"{spec.name} has changed since the run was made: its columns were "
            f"{', '.join(spec.columns)}, and are {', '.join(dataset.columns)}. Start a new run."
        )
    return dataset


def load_golem(
    manifest: Manifest, progress: Callable[[float], None], precision: str | None = None
) -> Golem:
    """The golem of a run, with the checkpoint that its manifest names.

    Args:
        precision: None for the one of the rows that are computed, or else as asked for.
    """
    card = card_named(manifest.golem, manifest.task)
    was = manifest.engine
    golem = Golem.load(
        plan_load(
            card,
            choose_checkpoint(card, manifest.checkpoint),
            device=manifest.device,
            precision=precision or (was.precision if was else manifest.precision),
            progress=progress,
        )
    )
    set_cost(golem, was.batch_cost if was and was.batch_cost else manifest.batch_cost)
    return golem


def lower_precision(manifest: Manifest) -> str | None:
    """The precision below fp32 that a run is to take, or may; None where there is none."""
    if manifest.precision != "auto":
        return None if manifest.precision == "fp32" else manifest.precision
    return "bf16" if computes_bf16(pick_device(manifest.device)) else None


def load_first(
    manifest: Manifest,
    dataset: Dataset,
    progress: Callable[[float], None],
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
        lambda precision: load_golem(manifest, progress, precision),
        lower=lower_precision(manifest),
        say=say,
    )
    say("Finding the best size of batches")
    calibrate(golem, manifest, dataset)
    return golem, parity


def with_engine(manifest: Manifest, golem: Golem, parity: Parity | None = None) -> Manifest:
    """The manifest with what the run runs on.

    Raises:
        RunFailed: A part of it ran on other weights, or in another precision.
    """
    facts = EngineFacts(
        commit=golem.plan.folder.commit,
        device=golem.plan.device,
        precision=golem.plan.precision,
        parity=parity,
        batch_cost=golem.task.limits.cost,
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        versions={library: version(library) for library in LIBRARIES},
    )
    was = manifest.engine
    if was is None:
        return manifest.model_copy(update={"engine": facts})
    for name in ("commit", "precision", "device"):
        if getattr(was, name) != getattr(facts, name):
            raise RunFailed(
                f"The first rows were computed with {name} {getattr(was, name)}, and it is "
                f"{getattr(facts, name)} now. Start a new run, so that all rows are alike."
            )
    return manifest
