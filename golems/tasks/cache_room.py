"""How many tokens a model that writes may remember at once."""

from __future__ import annotations

from typing import Any

MOST_CACHE_BYTES = 2 * 10**9  # of keys and values of all tokens of a batch


def tokens_in_cache(model: Any) -> int:
    """Tokens of a batch whose keys and values may be held together, >= 1."""
    return max(1, MOST_CACHE_BYTES // cache_bytes(model))


def cache_bytes(model: Any) -> int:
    """What a model remembers of each token, >= 1; as much as a layer's width where it says none."""
    config = model.config.get_text_config(decoder=True)
    heads = getattr(config, "num_attention_heads", None) or 1
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    key_heads = getattr(config, "num_key_value_heads", None) or heads
    return max(1, int(2 * config.num_hidden_layers * key_heads * width * model.dtype.itemsize))
