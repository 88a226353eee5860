"""How many operations a model needs for what is really there: padding counts nothing.

A multiplication and an addition are two operations. Only products of matrices are counted, as is
usual; norms, softmax and activations are a few percent more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def text_flops(tokens: Iterable[int], config: Any) -> int:
    """Operations of a DistilBERT text classifier.

    Args:
        tokens: Of each text, special ones included.
        config: A ``DistilBertConfig``.
    """
    width, inner, layers = config.dim, config.hidden_dim, config.n_layers
    total = 0
    for length in tokens:
        # Query, key, value and output, then the two layers of the feed-forward part.
        linear = 2 * length * (4 * width * width + 2 * width * inner)
        attention = 2 * 2 * length * length * width
        head = 2 * (width * width + width * config.num_labels)  # reads the first token alone
        total += layers * (linear + attention) + head
    return total


def picture_flops(model: Any, size: int) -> int:
    """Operations of an image classifier for one picture, as torch counts them.

    Args:
        model: A loaded model; one with attention must have been loaded with its ``eager`` kind, as
            torch doesn't count the others.
        size: Height and width that it reads, in pixels.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with torch.inference_mode(), counter:
        model(pixel_values=torch.zeros(1, 3, size, size))
    return int(counter.get_total_flops())
