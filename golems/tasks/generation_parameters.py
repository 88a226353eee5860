"""What a person can set about text generation."""

from __future__ import annotations

from dataclasses import dataclass

from golems.errors import BadInput
from golems.tasks.base import Parameters

MAX_NEW_TOKENS = 4096
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class GenerationParameters(Parameters):
    """How a prompt is continued; never by a search with beams, whatever the checkpoint asks for.

    Attributes:
        max_new_tokens: Most tokens written, 1-4096.
        sample: Draw each token by its score; otherwise always take the likeliest (greedy).
        temperature: Divides the scores before drawing, 0.01-5: higher is more surprising.
        top_k: Only the k likeliest tokens are drawn from; 0 is no limit.
        top_p: Only the likeliest tokens that add up to this share are drawn from, in (0, 1].
        repetition_penalty: Divides the scores of tokens already there, 1-5; 1 is off (CTRL,
            Keskar et al. 2019); None is what the checkpoint itself says.
        seed: 0 to 2**32 - 1. The same prompt, parameters and seed give the same text.
        instruction: Put the prompt to a chat model as an instruction, with its chat template.
    """

    max_new_tokens: int = 100
    sample: bool = False
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float | None = None
    seed: int = 0
    instruction: bool = False

    def __post_init__(self) -> None:
        ranges = {
            "max_new_tokens": (1, MAX_NEW_TOKENS),
            "temperature": (0.01, 5),
            "top_k": (0, 1000),
            "top_p": (0.01, 1),
            "repetition_penalty": (1, 5),
            "seed": (0, MAX_SEED),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadInput(f"{name} is {value}; it must be between {low} and {high}.")
