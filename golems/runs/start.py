"""Making a run, and starting a process that works on it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from golems.base import Card, Checkpoint, FolderSource
from golems.datasets import Dataset
from golems.datasets.names import refuse_unwritable
from golems.errors import BadInput, RunFailed
from golems.runs.address import hub_commit
from golems.runs.columns import free_name, result_columns
from golems.runs.files import cannot_write
from golems.runs.manifest import DatasetSpec, Manifest
from golems.runs.own_input import kept_for_a_run, take_in
from golems.runs.store import Run
from golems.settings import settings
from golems.tasks import task_class


def new_run_id(golem: str, dataset: str) -> str:
    """An id that sorts by time and can be read: ``20261121-093000-analyst-reviews-3fa9``."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{golem}-{Path(dataset).stem}".lower()).strip("-")[:48]
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{words.strip('-')}-{secrets.token_hex(2)}"


def draft(
    card: Card,
    checkpoint: Checkpoint,
    dataset: Dataset,
    *,
    parameters: Mapping[str, Any] | None = None,
    device: str = "auto",
    precision: str = "auto",
    batch_cost: int | None = None,
    ledger: bool | None = None,
    max_failed_share: float | None = None,
    asked_by: str = "",
) -> Manifest:
    """The manifest of a run that nobody has asked for yet; nothing is written.

    Args:
        parameters: Of the task, over the card's and the task's defaults.
        batch_cost: Most tokens or pixels, padding included, that go through the model at once; None
            for what is found to be quickest.
        ledger: Use results already known, and keep new ones; None for the setting.
        max_failed_share: Fail once more than this share of the rows has, 0 to 1; None: go on.
        asked_by: Who asked for the run, and where, for people.

    Raises:
        BadInput: A parameter that doesn't exist or is out of range, or a dataset without rows.
    """
    task = task_class(card.task)
    chosen = task.parameters.of({**card.parameters, **(parameters or {})})
    if max_failed_share is not None and not 0 <= max_failed_share <= 1:
        raise BadInput(f"A share of failed rows is from 0 to 1, and {max_failed_share:g} isn't.")
    if batch_cost is not None and batch_cost < 1:
        raise BadInput(f"Batches of {batch_cost} tokens can't be; give 1 or more.")
    if not dataset.preview(1):
        raise BadInput(f"{dataset.name} has no rows, so there is nothing to run.")
    results = result_columns(card.task, dataset.columns)
    return Manifest(
        id=new_run_id(card.title, dataset.name),
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        golem=lasting_name(card.name, card.checkpoints),
        title=card.title,
        task=card.task,
        checkpoint=lasting_name(checkpoint.id, [checkpoint]),
        license=checkpoint.license,
        dataset=dataset_spec(dataset),
        parameters=asdict(chosen),
        device=device,
        precision=precision,
        batch_cost=batch_cost,
        window=task.limits.window,
        row_column=free_name("row", [*dataset.columns, *results.values()]),
        result_columns=results,
        ledger=settings().ledger if ledger is None else ledger,
        max_failed_share=max_failed_share,
        asked_by=asked_by,
    )


def create_run(
    card: Card,
    checkpoint: Checkpoint,
    dataset: Dataset,
    *,
    folder: Path | None = None,
    own_input: bool = False,
    **options: Any,
) -> Run:
    """Write a run's folder; nothing is computed yet.

    Args:
        folder: A new or empty folder for it; None for one in the home folder.
        own_input: Keep the dataset in the run's folder: it was uploaded and is nowhere else. What
            another run keeps in its folder is always taken, as it goes when that one is deleted.
        options: Those of ``draft``.

    Raises:
        BadInput: As ``draft``, or a folder whose name isn't valid UTF-8.
        RunFailed: The folder isn't empty, or can't be written to.
    """
    manifest = draft(card, checkpoint, dataset, **options)
    place = (folder or settings().runs_dir / manifest.id).resolve()
    refuse_unwritable(place)
    make_folder(place)
    spec = manifest.dataset
    path = Path(spec.path)
    whole = kept_for_a_run(path) or (dataset.extent.absolute() if own_input else None)
    if whole is not None:
        spec = spec.model_copy(update={"path": str(take_in(path, place, whole))})
    run = Run(place)
    run.write_manifest(manifest.model_copy(update={"id": place.name, "dataset": spec}))
    return run


def make_folder(place: Path) -> None:
    """Make a run's folder, or take one that is empty.

    Raises:
        RunFailed: There is something already, or the folder can't be made.
    """
    try:
        if place.exists() and not place.is_dir():
            raise RunFailed(f"{place} is a file; name a new folder for the run.")
        if place.is_dir() and any(place.iterdir()):
            raise RunFailed(f"{place} is not empty; name a new folder for the run.")
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place, error) from error


def lasting_name(name: str, checkpoints: Sequence[Checkpoint]) -> str:
    """A name as it is, but the path of a model folder in full: a worker may stand elsewhere."""
    for checkpoint in checkpoints:
        if checkpoint.id == name and isinstance(checkpoint.source, FolderSource):
            return str(checkpoint.source.path)
    return name


def dataset_spec(dataset: Dataset) -> DatasetSpec:
    """A dataset as it was opened: what was guessed is fixed from here on."""
    spec = dataset.spec()
    return DatasetSpec(
        path=spec.pop("path"),
        name=dataset.name,
        kind=spec.pop("kind"),
        columns=dataset.columns,
        column=spec.pop("column"),
        limit=spec.pop("limit"),
        options=spec,
        notes=dataset.notes,
        classes=dataset.classes,
        types=dataset.types,
    )


def read_manifest(path: Path) -> Manifest:
    """A manifest out of a JSON or YAML file.

    Raises:
        BadInput: It can't be read, or is no manifest of this version.
    """
    import yaml

    try:
        return Manifest.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, yaml.YAMLError) as error:
        detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise BadInput(f"{path} is no manifest of a run: {' '.join(detail.split())}.") from error


def repeat_run(manifest: Manifest, folder: Path | None = None, *, asked_by: str = "") -> Run:
    """Write the folder of a new run that is just like another one.

    What the other one found to be best, precision and batches, the new one takes over, and the
    Hub's commit of its checkpoint, as scores depend on them.

    Args:
        folder: A new or empty folder for it; None for one in the home folder.
        asked_by: As in ``draft``.

    Raises:
        BadInput: The other run kept its dataset in its folder, and it isn't there any more.
        RunFailed: The folder isn't empty, or can't be written to.
    """
    run_id = new_run_id(manifest.title, manifest.dataset.name)
    place = (folder or settings().runs_dir / run_id).resolve()
    path = Path(manifest.dataset.path)
    whole = kept_for_a_run(path)
    make_folder(place)
    run, was = Run(place), manifest.engine
    dataset = manifest.dataset.model_copy(
        update={
            "path": manifest.dataset.path if whole is None else str(take_in(path, place, whole)),
            "rows": None,
            "fingerprint": None,
            "modified_ns": None,
        }
    )
    run.write_manifest(
        manifest.model_copy(
            update={
                "id": place.name,
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "dataset": dataset,
                "commit": hub_commit(manifest),
                "precision": was.precision if was else manifest.precision,
                "batch_cost": (was and was.batch_cost) or manifest.batch_cost,
                "engine": None,
                "counts": None,
                "asked_by": asked_by,
            }
        )
    )
    return run
