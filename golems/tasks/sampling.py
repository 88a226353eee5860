"""Choosing tokens so that a text depends on its own seed alone, and stopping in mid-text.

Imported only while generating: it needs torch and transformers at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

import torch
from transformers.generation import (
    LogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from transformers.generation.streamers import BaseStreamer

if TYPE_CHECKING:
    from golems.tasks.generation_parameters import GenerationParameters


class TokenChooser(LogitsProcessor):  # type: ignore[misc]
    """Leaves the token to write as the one with the highest score.

    Sampling adds Gumbel noise to the log-scores and takes the highest (Gumbel-max; Maddison et al.
    2014), which draws from the very softmax. Each row's noise comes from a generator of its own, so
    a text depends on its seed alone, not on the batch it is in or on what else the process draws.
    """

    def __init__(
        self,
        parameters: GenerationParameters,
        penalty: float,
        pads: Sequence[int],
        seeds: Sequence[int],
        device: torch.device,
    ) -> None:
        """Take the repetition penalty, and each row's padding on the left in tokens and seed."""
        self.pads = torch.tensor(pads, device=device)[:, None]
        self.penalty = RepetitionPenaltyLogitsProcessor(penalty) if penalty != 1 else None
        self.warpers: list[LogitsProcessor] = []
        self.generators: list[torch.Generator] = []
        if parameters.sample:
            self.warpers.append(TemperatureLogitsWarper(float(parameters.temperature)))
            if parameters.top_k:
                self.warpers.append(TopKLogitsWarper(parameters.top_k))
            if parameters.top_p < 1:
                self.warpers.append(TopPLogitsWarper(float(parameters.top_p)))
            self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores of the next token, shape = (n_rows, n_vocabulary)."""
        if self.penalty is not None:
            # Padding is no repetition: it stands in for the row's last token instead.
            places = torch.arange(input_ids.shape[1], device=input_ids.device)
            real = torch.where(places < self.pads, input_ids[:, -1:], input_ids)
            scores = self.penalty(real, scores)
        for warper in self.warpers:
            scores = warper(input_ids, scores)
        if self.generators:
            noise = torch.stack(
                [
                    torch.empty(scores.shape[1]).exponential_(generator=generator)
                    for generator in self.generators
                ]
            )
            scores = scores - noise.log().to(scores.device)
        return scores


class TokenStreamer(BaseStreamer):  # type: ignore[misc]
    """Hands each step's tokens, one a row, to a callback."""

    def __init__(self, put: Callable[[list[int]], None]) -> None:
        self.on_tokens = put
        self.prompt_seen = False

    def put(self, value: torch.Tensor) -> None:
        if self.prompt_seen:
            self.on_tokens(value.tolist())
        self.prompt_seen = True

    def end(self) -> None:
        """Nothing is held back."""


class Stopped(Exception):
    """Raised inside the model to leave it; never reaches a caller."""


@contextmanager
def stopping(model: Any, stop: Event | None) -> Iterator[None]:
    """Make the model raise ``Stopped`` before its next layer once ``stop`` is set.

    Between tokens would do for a short prompt, but reading a long one takes many seconds.
    """

    def check(*_: object) -> None:
        if stop is not None and stop.is_set():
            raise Stopped

    layers = [
        layer
        for module in model.modules()
        if isinstance(module, torch.nn.ModuleList)
        for layer in module
    ]
    hooks = [layer.register_forward_pre_hook(check) for layer in layers] if stop else []
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
