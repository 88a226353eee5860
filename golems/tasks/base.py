"""The seam of a task: encode a row, say its cost, forward a batch, decode to predictions.

The split follows transformers' ``preprocess``, ``_forward`` and ``postprocess``: everything before
and after the model is plain Python on one row, so a bad row is refused before it can spoil a batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NamedTuple, Self, TypeVar

from golems.base import Classification, ModelFolder, Prediction
from golems.errors import BadInput, BadRow
from golems.tasks.watch import BatchWatch

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Parameters:
    """Base of what a person can set about a task; subclasses check their ranges on creation."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Parameters from a mapping, e.g. a run's manifest.

        Raises:
            BadInput: An unknown name or a value out of range.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise BadInput(
                    f"'{name}' is not a parameter of this task; parameters are: {', '.join(known)}."
                )
        return cls(**values)


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much goes through the model, and stays in memory, at once.

    Attributes:
        cost: Largest padded cost of a batch: its rows times the cost of its dearest row.
        rows: Most rows of a batch.
        window: Rows read, planned and written together.
        overhead: What a batch costs by itself, however few its rows: so much padding is worth as
            much as one batch less.
    """

    cost: int
    rows: int
    window: int
    overhead: int = 0


@dataclass(frozen=True, slots=True)
class Length:
    """How long a row is, before the model sees it.

    Attributes:
        units: Tokens of its text, special ones included, or pixels of its picture; >= 1.
        dropped: How many of them the model won't read.
        cost: As ``Task.cost``; None where only encoding tells.
        note: Why the model can hardly read it; None where it can, or where nobody knows.
    """

    units: int
    dropped: int = 0
    cost: int | None = None
    note: str | None = None


# How many times as much a device takes at once as a processor in fp32; where it isn't measured.
AT_ONCE = {"cpu bf16": 3, "cpu fp16": 1, "cpu int8": 1, "mps": 4, "cuda": 16}


def limits_on(limits: BatchLimits, device: str, precision: str) -> BatchLimits:
    """Limits for a device and a precision, from those for a processor and fp32."""
    factor = AT_ONCE.get(f"{device} {precision}", AT_ONCE.get(device.split(":")[0], 1))
    return replace(limits, cost=limits.cost * factor, overhead=limits.overhead * factor)


def onto(values: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Values on a device; a GPU fetches them by itself, while the processor goes on.

    For that they have to be in memory that is never swapped out ("pinned"), where the processor
    copies them to first.
    """
    if device.type != "cuda":
        return values.to(device)
    return values.pin_memory().to(device, non_blocking=True)


class Choice(NamedTuple):
    """What a model decides at one place, to compare precisions by.

    Attributes:
        label: What it takes; of a generator the token it would write next.
        scores: Label -> score, of those labels that are kept.
    """

    label: str
    scores: Mapping[str, float]


Encoded = TypeVar("Encoded")
Settable = TypeVar("Settable", bound=Parameters)


class Task(ABC, Generic[Encoded, Settable]):
    """A loaded model that does one task on one device.

    Attributes:
        name: The task in the Hub's spelling.
        content: What a row holds: a text, or the bytes of a picture.
        results: What a prediction gives as columns, of those in ``golems.runs.columns``.
        parameters: The class of the task's parameters; called without arguments: its defaults.
        limits: Limits of a batch; of a class, those on a processor in fp32.
        usual: Limits where nothing was measured or asked for: those of the class, for the device.
        calibrates: Whether a few batches, tried in several sizes, are little beside a run.
        model: The loaded model, in evaluation mode.
        exact: Whether results are to be those of fp32; otherwise shortcuts may be taken that change
            them a little, and that are compared with the exact way on rows of each run.
        languages: Codes of those that it reads; empty: several, or nobody knows.
        watch: Looks at each batch while the model works on it, where somebody waits for it.
        room: Largest padded cost that may go through the model at once for now; for tasks that
            split a row. None for that of the limits.
    """

    name: ClassVar[str]
    content: ClassVar[Literal["text", "image"]]
    results: ClassVar[tuple[str, ...]]
    parameters: ClassVar[type[Parameters]]
    limits: BatchLimits
    usual: BatchLimits
    calibrates: ClassVar[bool] = True
    model: Any
    exact: bool = True
    languages: tuple[str, ...] = ()
    watch: BatchWatch | None = None
    room: int | None = None

    @classmethod
    @abstractmethod
    def load(cls, folder: ModelFolder, *, device: torch.device, dtype: torch.dtype) -> Self:
        """Load a model folder onto a device.

        Raises:
            BadWeights: Weights are missing, unsafe, or made for another task.
        """

    @abstractmethod
    def encode(self, content: str | bytes, parameters: Settable) -> Encoded:
        """Turn one row's content into what the model reads.

        Raises:
            BadRow: This row can't be read; the reason is for the person to read.
        """

    def encode_many(
        self, contents: Sequence[str | bytes], parameters: Settable
    ) -> list[Encoded | BadRow]:
        """Encode rows together, where a task knows a quicker way than one by one.

        Returns:
            For each content what ``encode`` gives, or what it raises because of the row.
        """
        found: list[Encoded | BadRow] = []
        for content in contents:
            try:
                found.append(self.encode(content, parameters))
            except BadRow as error:
                found.append(error)
        return found

    @abstractmethod
    def cost(self, encoded: Encoded) -> int:
        """Tokens or pixels the model will see for this row, at least 1."""

    def piece(self, encoded: Encoded) -> int:
        """Those that must go through it at once: all, unless ``forward`` splits a row by itself."""
        return self.cost(encoded)

    def measure(self, contents: Sequence[str | bytes], parameters: Settable) -> list[Length | str]:
        """How long rows are, cheaper than by encoding them where a task knows a way.

        Returns:
            For each content its length, or why it is refused.
        """
        found: list[Length | str] = []
        for content in contents:
            try:
                encoded = self.encode(content, parameters)
                cost = self.cost(encoded)
                found.append(Length(cost, cost=cost, note=getattr(encoded, "note", None)))
            except BadRow as error:
                found.append(str(error))
        return found

    @abstractmethod
    def forward(self, batch: Sequence[Encoded], parameters: Settable) -> Any:
        """Run the model on one padded batch: the only place that touches it.

        Args:
            batch: n encoded rows of like cost, 1 <= n.

        Returns:
            Outputs of the n rows, moved to the processor's memory.

        Raises:
            Left: ``watch`` asked to leave the model.
        """

    @abstractmethod
    def decode(
        self, outputs: Any, batch: Sequence[Encoded], parameters: Settable
    ) -> list[Prediction]:
        """Turn outputs into n predictions of plain strings and numbers, in the batch's order."""

    def choices(self, encoded: Encoded, parameters: Settable) -> list[Choice]:
        """What the model decides about one row; tasks that don't classify say what that is.

        Returns:
            One choice or several, always as many for the same row.
        """
        [one] = self.decode(self.forward([encoded], parameters), [encoded], parameters)
        assert isinstance(one, Classification)
        return [Choice(one.label, {each.label: each.score for each in one.scores})]
