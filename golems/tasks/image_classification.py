"""Image classification: a picture in, labels with scores out."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golems.base import Classification, ModelFolder, Prediction
from golems.datasets.decode import open_picture, picture_size
from golems.errors import BadRow, BadWeights
from golems.loading import load_image_processor, load_model
from golems.settings import settings
from golems.tasks.base import BatchLimits, Length, Task, onto
from golems.tasks.classification import ClassificationParameters, best_labels, scores_of

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ImageParameters(ClassificationParameters):
    """Attributes:
    top_k: Labels kept a picture, best first; None keeps all.
    """

    top_k: int | None = 5


class ImageClassification(Task["torch.Tensor", ImageParameters]):
    """An image classifier with its image processor."""

    name = "image-classification"
    content = "image"
    results = ("predicted_label", "predicted_score", "predicted_scores")
    parameters = ImageParameters
    # Four pictures are quicker than 1 or 16 with ViT-base and with EfficientNet-Lite on 2 cores;
    # in a batch of one a picture takes half as long again.
    limits = BatchLimits(cost=4 * 224 * 224, rows=64, window=128, overhead=224 * 224 // 2)

    def __init__(self, model: Any, processor: Any) -> None:
        self.model = model
        self.processor = processor
        self.is_grey = fit_channels(processor, model.config) == 1
        self.enough = read_size(processor)

    @classmethod
    def load(
        cls, folder: ModelFolder, *, device: torch.device, dtype: torch.dtype
    ) -> ImageClassification:
        model = load_model(
            folder, "AutoModelForImageClassification", cls.name, device=device, dtype=dtype
        )
        return cls(model, load_image_processor(folder.path))

    def encode(self, content: str | bytes, parameters: ImageParameters) -> torch.Tensor:
        """Pixel values as the checkpoint's processor makes them.

        Returns:
            Shape = (n_channels, height, width).
        """
        if not isinstance(content, bytes):
            raise BadRow("This is a text; this golem reads pictures.")
        picture = open_picture(
            content,
            max_pixels=settings().max_image_pixels,
            enough=None if self.exact else self.enough,
        )
        if self.is_grey:
            picture = picture.convert("L")
        pixels: torch.Tensor = self.processor(images=picture, return_tensors="pt")["pixel_values"]
        return pixels[0]

    def encode_many(
        self, contents: Sequence[str | bytes], parameters: ImageParameters
    ) -> list[torch.Tensor | BadRow]:
        """Encode pictures in as many threads as there are cores: decoding doesn't hold the GIL."""
        if len(contents) < 2:
            return super().encode_many(contents, parameters)

        def one(content: str | bytes) -> torch.Tensor | BadRow:
            [found] = super(ImageClassification, self).encode_many([content], parameters)
            return found

        with ThreadPoolExecutor(os.cpu_count(), "pictures", give_way) as threads:
            return list(threads.map(one, contents))

    def cost(self, encoded: torch.Tensor) -> int:
        """Pixels the model sees."""
        return encoded.shape[-2] * encoded.shape[-1]

    def measure(
        self, contents: Sequence[str | bytes], parameters: ImageParameters
    ) -> list[Length | str]:
        """Pixels of the pictures as their files say, which the processor changes to the model's."""
        found: list[Length | str] = []
        for content in contents:
            assert isinstance(content, bytes)
            try:
                width, height = picture_size(content, max_pixels=settings().max_image_pixels)
                found.append(Length(width * height))
            except BadRow as error:
                found.append(str(error))
        return found

    def forward(self, batch: Sequence[torch.Tensor], parameters: ImageParameters) -> torch.Tensor:
        """Logits, shape = (n_rows, n_labels), float32."""
        import torch

        with torch.inference_mode():
            # Processors that keep a picture's shape give several; only like shapes stack.
            logits: dict[int, torch.Tensor] = {}
            for shape in {row.shape for row in batch}:
                places = [place for place, row in enumerate(batch) if row.shape == shape]
                pixels = torch.stack([batch[place] for place in places])
                pixels = onto(pixels, self.model.device).to(self.model.dtype)
                rows = self.model(pixel_values=pixels).logits.float().cpu()
                logits.update(zip(places, rows, strict=True))
            return torch.stack([logits[place] for place in range(len(batch))])

    def decode(
        self,
        outputs: torch.Tensor,
        batch: Sequence[torch.Tensor],
        parameters: ImageParameters,
    ) -> list[Prediction]:
        config = self.model.config
        labels = best_labels(scores_of(outputs, config), config, parameters.top_k)
        return [Classification(scores) for scores in labels]


def read_size(processor: Any) -> tuple[int, int] | None:
    """Width and height that a picture needs before it is resized; None where it isn't."""
    size = getattr(processor, "size", None)
    if not getattr(processor, "do_resize", False) or not size:
        return None
    sides = [side for side in dict(size).values() if isinstance(side, int)]
    return (max(sides), max(sides)) if sides else None


def fit_channels(processor: Any, config: Any) -> int:
    """Have a processor make as many channels as its model reads: 3 colours, or 1 of grey.

    Returns:
        How many those are.

    Raises:
        BadWeights: They are neither, or the processor's own values are for another number.
    """
    channels = getattr(config, "num_channels", None) or 3
    if channels not in (1, 3):
        raise BadWeights(
            f"The model reads pictures of {channels} channels, and only colours (3) and greys (1) "
            "are read here; choose a checkpoint for pictures of one of these."
        )
    if channels == 1 and getattr(processor, "do_convert_rgb", False):
        processor.do_convert_rgb = False
    for name in ("image_mean", "image_std"):
        values = getattr(processor, name, None)
        if not isinstance(values, (list, tuple)) or len(values) == channels:
            continue
        if len(values) not in (1, 3):
            raise BadWeights(
                f"The model reads pictures of {channels} channels, and its processor's {name} has "
                f"{len(values)} values; choose another checkpoint."
            )
        setattr(processor, name, [sum(values) / len(values)] * channels)
    return int(channels)


def give_way() -> None:
    """Let this thread have what the model's threads leave: those wait for the slowest of them."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


TASK = ImageClassification
