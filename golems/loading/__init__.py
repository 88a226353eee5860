"""Where weights come from, and how they get onto a device. Importing it loads no torch."""

from golems.loading.device import pick_device, pick_dtype, precision_name
from golems.loading.sources import commit_of, fetch, is_here, locate, ready
from golems.loading.transformer import (
    load_image_processor,
    load_model,
    load_tokenizer,
    token_limit,
)
from golems.loading.weights import memory_needed

__all__ = [
    "commit_of",
    "fetch",
    "is_here",
    "load_image_processor",
    "load_model",
    "load_tokenizer",
    "locate",
    "memory_needed",
    "pick_device",
    "pick_dtype",
    "precision_name",
    "ready",
    "token_limit",
]
