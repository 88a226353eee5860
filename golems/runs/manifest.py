"""A run's manifest: what was asked, fixed when the run is made, and what it ran on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

_FIRST_OPTIONS = ("delimiter", "encoding", "header")


class Frozen(BaseModel):
    """Base of the manifest's parts: unchangeable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatasetSpec(Frozen):
    """A dataset as it was opened, so that it can be opened the same way again.

    Attributes:
        path: Where it is read from, absolute; or ``hub:owner/name``.
        columns: Its columns in order, each name once.
        options: What else ``open_dataset`` needs to read the same rows again.
        notes: What was found or guessed, in plain sentences.
        rows: How many there are; None until they are counted.
        fingerprint: ``sha256:`` and a digest of a file's bytes, or of the names, sizes and times
            of a folder's files; of a dataset of the Hub ``commit:`` and the commit. None until it
            is taken.
        modified_ns: When a file was changed last, so that it isn't read again to see that it
            wasn't.
        classes: Column of numbers -> the names that the dataset has for them, from 0.
        types: Column -> what its values are in the source, such as ``int64`` or ``date32[day]``;
            texts where it has none, and in runs that were made before it was kept.
    """

    path: str
    name: str
    kind: str
    columns: tuple[str, ...]
    column: str | None = None
    limit: int | None = None
    options: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    rows: int | None = None
    fingerprint: str | None = None
    modified_ns: int | None = None
    classes: dict[str, tuple[str, ...]] = {}
    types: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _as_first_written(cls, values: Any) -> Any:
        """Manifests of the first runs name a CSV's options one by one."""
        if not isinstance(values, dict) or "options" in values:
            return values
        old = {name: values[name] for name in _FIRST_OPTIONS if values.get(name) is not None}
        rest = {name: value for name, value in values.items() if name not in _FIRST_OPTIONS}
        return {**rest, "options": old if values.get("kind") == "csv" else {}}


class Parity(Frozen):
    """A precision compared with fp32 on rows of the run's own dataset.

    Attributes:
        rows: Rows compared; those that can't be read are none of them.
        choices: Labels compared, or of a generator next tokens.
        same: Those that both give.
        largest_difference: Of a score, 0 to 1 but for models that give bare values.
        taken: Whether the run computes in it; else fp32.
    """

    precision: str
    rows: int
    choices: int
    same: int
    largest_difference: float
    taken: bool


class EngineFacts(Frozen):
    """What a run ran on, known once its golem is loaded.

    Attributes:
        precision: ``fp32``, ``bf16``, ``fp16`` or ``int8``, as computed in.
        parity: What came of comparing a lower precision with fp32; None where none was compared.
        batch_cost: Most tokens or pixels, padding included, that go through the model at once; None
            in runs that were made before it was kept.
        commit: The Hub's commit, or ``sha256:`` and a digest.
        versions: Library -> version.
        labels: Of a classifier: number of the model -> its name of the label; None in runs that
            were made before they were kept, and of other models.
        languages: Codes of those that the checkpoint reads; empty: several, or nobody knows.
    """

    commit: str
    device: str
    precision: str
    parity: Parity | None = None
    batch_cost: int | None = None
    machine: str
    versions: dict[str, str]
    labels: dict[int, str] | None = None
    languages: tuple[str, ...] = ()


class Manifest(Frozen):
    """Everything that makes a run what it is.

    Attributes:
        id: Also the name of the run's folder.
        created_at: ISO 8601, UTC.
        golem: A name of the roster, or the folder or Hub id given at run time.
        checkpoint: Id of the checkpoint.
        commit: The Hub's commit of it that is asked for; None for the one that is here.
        parameters: Every parameter of the task, defaults included.
        device: As asked for; ``engine`` says what it became. Likewise ``precision``.
        batch_cost: Most tokens or pixels at once, as asked for; None for what is found to be best.
        window: Rows committed together.
        row_column: What the column of a row's place is called beside the original columns.
        ledger: Whether results already known are used and new ones kept.
        max_failed_share: The run fails once more than this share of its rows has, 0 to 1.
        asked_by: Who asked for it, and where: ``alice, on the command line``.
        counts: What became of the rows, written when the run has ended.
        result_columns: Result -> its column beside the original ones: ``error`` -> ``error_golem``.
    """

    version: Literal[1] = 1
    id: str
    created_at: str
    golem: str
    title: str
    task: str
    checkpoint: str
    commit: str | None = None
    license: str
    dataset: DatasetSpec
    parameters: dict[str, Any]
    device: str
    precision: str
    batch_cost: int | None = None
    window: int
    row_column: str
    result_columns: dict[str, str]
    ledger: bool = True
    max_failed_share: float | None = None
    asked_by: str = ""
    engine: EngineFacts | None = None
    counts: dict[str, int | float] | None = None
