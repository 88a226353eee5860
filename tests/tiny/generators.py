"""Tiny text generators; what they write is noise, but the same noise each time."""

from pathlib import Path
from typing import Any

from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerBase,
)

from tests.tiny.saving import INITIALIZER_RANGE, WIDTH, save, small_encoder
from tests.tiny.vocabularies import gpt2_tokenizer, llama_tokenizer

CONTEXT_TOKENS = 128
PAD_TOKEN = "<|pad|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ message['role'] }}: {{ message['content'] }}\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def gpt2(
    folder: Path,
    *,
    pad_token: bool = False,
    chat_template: bool = False,
    context_tokens: int = CONTEXT_TOKENS,
    seed: int = 0,
) -> Path:
    """Save a GPT-2 text generator."""
    tokenizer = gpt2_tokenizer(context_tokens, PAD_TOKEN if pad_token else None)
    config = GPT2Config(
        n_positions=context_tokens,
        n_embd=WIDTH,
        n_layer=2,
        n_head=2,
        initializer_range=INITIALIZER_RANGE,
        **_special_ids(tokenizer),
    )
    tokenizer.chat_template = CHAT_TEMPLATE if chat_template else None
    return save(GPT2LMHeadModel, config, tokenizer, folder, seed)


def llama(
    folder: Path,
    *,
    pad_token: bool = False,
    chat_template: bool = False,
    context_tokens: int = CONTEXT_TOKENS,
    seed: int = 0,
) -> Path:
    """Save a Llama text generator, with fewer key than query heads as the larger ones have."""
    tokenizer = llama_tokenizer(context_tokens, PAD_TOKEN if pad_token else None)
    config = LlamaConfig(
        max_position_embeddings=context_tokens,
        num_key_value_heads=1,
        **small_encoder(),
        **_special_ids(tokenizer),
    )
    tokenizer.chat_template = CHAT_TEMPLATE if chat_template else None
    return save(LlamaForCausalLM, config, tokenizer, folder, seed)


def mistral(
    folder: Path, *, window_tokens: int, context_tokens: int = CONTEXT_TOKENS, seed: int = 0
) -> Path:
    """Save a Mistral text generator, which sees no further back than its window."""
    tokenizer = llama_tokenizer(context_tokens, None)
    config = MistralConfig(
        max_position_embeddings=context_tokens,
        num_key_value_heads=1,
        sliding_window=window_tokens,
        **small_encoder(),
        **_special_ids(tokenizer),
    )
    return save(MistralForCausalLM, config, tokenizer, folder, seed)


def mamba(folder: Path, *, context_tokens: int = CONTEXT_TOKENS, seed: int = 0) -> Path:
    """Save a Mamba text generator: a state-space model, which has no keys and values."""
    tokenizer = gpt2_tokenizer(context_tokens, None)
    config = MambaConfig(
        hidden_size=WIDTH,
        num_hidden_layers=2,
        state_size=8,
        initializer_range=INITIALIZER_RANGE,
        **_special_ids(tokenizer),
    )
    return save(MambaForCausalLM, config, tokenizer, folder, seed)


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
