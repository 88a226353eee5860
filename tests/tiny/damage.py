"""Ways in which a model's folder can be incomplete, broken or unusual.

Each takes a folder of a complete model, changes it in place and returns it, as in
`without_weights(distilbert(folder))`.
"""

import os
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

_WEIGHTS = "model.safetensors"


def without_weights(folder: Path) -> Path:
    """Only configuration and tokenizer are left."""
    (folder / _WEIGHTS).unlink()
    return folder


def without_config(folder: Path) -> Path:
    """Nothing says what model this is."""
    (folder / "config.json").unlink()
    return folder


def with_pickled_weights(folder: Path) -> Path:
    """The weights are there as a pickle alone, which may run code when it is read."""
    torch.save(load_file(folder / _WEIGHTS), folder / "pytorch_model.bin")
    return without_weights(folder)


def with_truncated_weights(folder: Path) -> Path:
    """The second half of the weights is missing, as after a copy that was broken off."""
    path = folder / _WEIGHTS
    os.truncate(path, path.stat().st_size // 2)
    return folder


def with_sharded_weights(folder: Path, *, shard_bytes: int = 20_000) -> Path:
    """The weights are spread over several files with an index, as those of large models are."""
    config = transformers.AutoConfig.from_pretrained(folder)
    model_class: type[transformers.PreTrainedModel] = getattr(transformers, config.architectures[0])
    model = model_class.from_pretrained(folder)
    without_weights(folder)
    model.save_pretrained(folder, max_shard_size=shard_bytes)
    return folder
