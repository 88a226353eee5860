"""A golem in memory: a card's checkpoint, loaded on a device, ready to predict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from golems.base import Card, Checkpoint, DeviceName, ModelFolder, Outcome, Precision, Row
from golems.batching import predict_rows
from golems.errors import OutOfMemory
from golems.faults import free_memory, is_out_of_memory
from golems.loading import (
    adapt,
    dtype_of,
    languages_of,
    memory_needed,
    pick_device,
    pick_precision,
    ready,
)
from golems.loading.weights import stored_dtype, weight_files
from golems.tasks import Parameters, Task, limits_on, task_class

# Held while a golem is planned or loaded: threads that import transformers at the same time find
# it half there.
LOADING = RLock()


@dataclass(frozen=True)
class LoadPlan:
    """What loading a checkpoint would take, known before any weight is read.

    Attributes:
        memory_bytes: Bytes its weights will take on the device.
    """

    card: Card
    checkpoint: Checkpoint
    folder: ModelFolder
    device: str
    precision: Precision
    memory_bytes: int


def plan_load(
    card: Card,
    checkpoint: Checkpoint,
    *,
    device: DeviceName | str = "auto",
    precision: Precision | str = "auto",
    progress: Callable[[float], None] = lambda _: None,
) -> LoadPlan:
    """Find or assemble a checkpoint and measure it.

    Args:
        progress: Share of the assembly done, 0 to 1, where there is one.

    Raises:
        NotOnThisMachine: It is on the Hub and was not fetched yet.
        BadWeights: Its weights are missing, unsafe or damaged.
        BadInput: This machine has no such device, or there is no such precision.
    """
    with LOADING:
        import torch

        folder = ready(checkpoint, progress)
        files = weight_files(folder.path, folder.sha256)
        halves = {"BF16": torch.bfloat16, "F16": torch.float16}
        stored = halves.get(stored_dtype(files), torch.float32)
        where = pick_device(device)
        picked = pick_precision(precision, stored, where)
        # Of int8 too: it is quantized in memory, a layer after the other.
        needed = memory_needed(files, dtype_of(picked).itemsize)
    return LoadPlan(card, checkpoint, folder, str(where), picked, needed)


@dataclass(frozen=True)
class Golem:
    """A loaded golem. Not safe to share between threads: the Shelf lends it to one at a time."""

    plan: LoadPlan
    task: Task[Any, Any]

    @classmethod
    def load(cls, plan: LoadPlan) -> Golem:
        """Read the weights onto the device.

        Raises:
            BadWeights: They are missing, unsafe, damaged, or made for another task.
            OutOfMemory: The device can't hold them.
        """
        try:
            with LOADING:
                import torch

                device = torch.device(plan.device)
                task = task_class(plan.card.task).load(
                    plan.folder, device=device, dtype=dtype_of(plan.precision)
                )
                adapt(task.model, plan.precision, device)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemory(
                f"{plan.checkpoint.id} needs {plan.memory_bytes / 1e6:,.0f} MB, which "
                f"{plan.device} doesn't have free. Unload another golem, or use --device cpu."
            ) from error
        task.languages = languages_of(plan.checkpoint, plan.folder)
        task.exact = plan.precision == "fp32"
        task.limits = task.usual = limits_on(task.limits, plan.device, plan.precision)
        return cls(plan, task)

    def parameters(self, **values: Any) -> Parameters:
        """The task's parameters: its defaults, then the card's, then ``values``.

        Raises:
            BadInput: An unknown name or a value out of range.
        """
        return self.task.parameters.of({**self.plan.card.parameters, **values})

    def predict(
        self, contents: Sequence[str | bytes], parameters: Parameters | None = None
    ) -> list[Outcome]:
        """Predict a list of texts, or of pictures as the bytes of their files.

        Args:
            contents: n contents, n >= 0.
            parameters: Of the task; the card's defaults if None.

        Returns:
            n outcomes in order: a prediction, or a plain reason why there is none.
        """
        rows = [Row(index, content, {}) for index, content in enumerate(contents)]
        outcomes = predict_rows(self.task, rows, parameters or self.parameters())
        assert outcomes is not None  # only keep_going can leave a window
        return outcomes

    @property
    def labels(self) -> dict[int, str] | None:
        """Of a classifier: number of the model -> its name of the label."""
        if "predicted_label" not in self.task.results:
            return None  # every configuration has some, whatever its model is for
        names = self.task.model.config.id2label
        return {int(number): str(name) for number, name in names.items()}

    @property
    def is_unloaded(self) -> bool:
        return self.task.model is None

    def unload(self) -> None:
        """Give its memory back to the device; the golem can't be used afterwards."""
        self.task.model.to("meta")
        self.task.model = None
        free_memory()
