"""Where weights come from, and how they get onto a device. Importing it loads no torch."""

from golems.loading.device import pick_device
from golems.loading.languages import languages_of
from golems.loading.precision import adapt, computes_bf16, dtype_of, pick_precision
from golems.loading.sources import commit_of, fetch, is_here, locate, ready
from golems.loading.transformer import (
    load_image_processor,
    load_model,
    load_tokenizer,
    token_limit,
)
from golems.loading.weights import memory_needed

__all__ = [
    "adapt",
    "commit_of",
    "computes_bf16",
    "dtype_of",
    "fetch",
    "is_here",
    "languages_of",
    "load_image_processor",
    "load_model",
    "load_tokenizer",
    "locate",
    "memory_needed",
    "pick_device",
    "pick_precision",
    "ready",
    "token_limit",
]
