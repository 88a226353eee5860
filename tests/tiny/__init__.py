"""Tiny random models for tests: `tiny.bert(folder)` saves one there and returns the folder."""

from tests.tiny.damage import (
    with_pickled_weights,
    with_sharded_weights,
    with_truncated_weights,
    without_config,
    without_weights,
)
from tests.tiny.generators import gpt2, llama, mamba, mistral
from tests.tiny.images import convnext, swin, vit
from tests.tiny.text import bert, distilbert, esm, gpt2_classifier, roberta, xlnet

__all__ = [
    "bert",
    "convnext",
    "distilbert",
    "esm",
    "gpt2",
    "gpt2_classifier",
    "llama",
    "mamba",
    "mistral",
    "roberta",
    "swin",
    "vit",
    "with_pickled_weights",
    "with_sharded_weights",
    "with_truncated_weights",
    "without_config",
    "without_weights",
    "xlnet",
]
