"""What a run's manifest names: its dataset, opened again, and its golem, loaded."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import version

from golems.datasets import Dataset, open_dataset
from golems.errors import RunFailed
from golems.golem import Golem, LoadPlan, plan_load
from golems.registry import card_named
from golems.runs.address import checkpoint_of
from golems.runs.calibration import set_cost
from golems.runs.manifest import EngineFacts, Manifest, Parity
from golems.tasks import task_class

# From a manifest, told the share of the checkpoint's assembly that is done, where there is one.
Load = Callable[[Manifest, Callable[[float], None]], Golem]
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


def plan_of(manifest: Manifest, progress: Callable[[float], None]) -> LoadPlan:
    """What loading the golem of a run takes, with the checkpoint that its manifest names.

    It is in the precision of the rows that are computed, or else in that asked for.
    """
    return plan_load(
        card_named(manifest.golem, manifest.task),
        checkpoint_of(manifest),
        device=manifest.device,
        precision=manifest.engine.precision if manifest.engine else manifest.precision,
        progress=progress,
    )


def load_golem(manifest: Manifest, progress: Callable[[float], None]) -> Golem:
    """The golem of a run."""
    return fitted(Golem.load(plan_of(manifest, progress)), manifest)


def fitted(golem: Golem, manifest: Manifest) -> Golem:
    """A golem that is loaded, with batches as large as a run has them."""
    was = manifest.engine
    set_cost(golem, was.batch_cost if was and was.batch_cost else manifest.batch_cost)
    return golem


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
        labels=golem.labels,
        languages=golem.task.languages,
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
    labelled = was.model_copy(update={"labels": facts.labels})
    return manifest if was == labelled else manifest.model_copy(update={"engine": labelled})
