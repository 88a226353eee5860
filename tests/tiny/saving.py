"""What all tiny models share: their size, their labels, and how they are made and saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import PretrainedConfig, PreTrainedModel

WIDTH = 32
# With the usual 0.02 all outputs would be nearly equal, and a test that compares two ways to
# compute them would prove nothing.
INITIALIZER_RANGE = 0.5


class Processor(Protocol):
    """A tokenizer or an image processor, as far as it matters here."""

    def save_pretrained(self, save_directory: Path) -> object:
        """Write the files that it can be loaded from."""


def small_encoder() -> dict[str, Any]:
    """The sizes of a model, under the names that most configurations share."""
    return {
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "initializer_range": INITIALIZER_RANGE,
    }


def label_names(num_labels: int, labels: Sequence[str] | None) -> dict[str, Any]:
    """The settings for named labels, or for a number of nameless ones."""
    if labels is None:
        return {"num_labels": num_labels}
    id2label = dict(enumerate(labels))
    return {"id2label": id2label, "label2id": {label: id for id, label in id2label.items()}}


def save(
    model_class: type[PreTrainedModel],
    config: PretrainedConfig,
    processor: Processor,
    folder: Path,
    seed: int,
) -> Path:
    """Save a model with random weights and its processor; the same seed gives the same bytes."""
    # Forked, so that building a model doesn't change the random numbers of the test around it.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = model_class(config)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
