"""Choosing tokens so that a text depends on its own seed alone.

Imported only while generating: it needs torch and transformers at the top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers.generation import (
    LogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

if TYPE_CHECKING:
    from golems.tasks.generation_parameters import GenerationParameters

GUESS = 512  # tokens that mostly hold the share of top_p


class TokenChooser(LogitsProcessor):  # type: ignore[misc]
    """Leaves the token to write as the one with the highest score.

    Sampling adds Gumbel noise to the log-scores and takes the highest (Gumbel-max; Maddison et al.
    2014), which draws from the very softmax. The noise comes from a generator for each seed, so a
    text depends on its seed alone, not on the batch it is in or on what else the process draws.
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
        self.seeds = list(seeds)
        self.generators: dict[int, np.random.Generator] = {}
        if parameters.sample:
            self.warpers.append(TemperatureLogitsWarper(float(parameters.temperature)))
            if parameters.top_k:
                self.warpers.append(TopKLogitsWarper(parameters.top_k))
            if parameters.top_p < 1:
                self.warpers.append(Nucleus(float(parameters.top_p), parameters.top_k or GUESS))
            # Rows with the same seed draw the same numbers, so these are drawn once for them.
            self.generators = {seed: np.random.default_rng(seed) for seed in set(seeds)}

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
            scores = scores - self._noise(scores.shape[1]).to(scores.device)
        return scores

    def _noise(self, vocabulary: int) -> torch.Tensor:
        """Logarithms of exponential noise, shape = (n_rows or 1, vocabulary)."""
        noise = torch.empty((len(self.generators), vocabulary))
        # numpy draws it several times faster than torch does.
        row = np.empty(vocabulary)
        for place, generator in enumerate(self.generators.values()):
            generator.standard_exponential(out=row)
            noise[place] = torch.from_numpy(row)
        noise.clamp_(min=torch.finfo(noise.dtype).tiny).log_()
        if len(self.generators) == 1:
            return noise
        places = {seed: place for place, seed in enumerate(self.generators)}
        return noise[[places[seed] for seed in self.seeds]]

    def keep_rows(self, places: Sequence[int]) -> None:
        """Go on with some rows, given by their places, in this order."""
        self.pads = self.pads[torch.tensor(places, device=self.pads.device)]
        self.seeds = [self.seeds[place] for place in places]
        self.generators = {seed: one for seed, one in self.generators.items() if seed in self.seeds}


class Nucleus(LogitsProcessor):  # type: ignore[misc]
    """Leaves the fewest tokens that add up to a share, as ``TopPLogitsWarper`` does.

    That one sorts the whole vocabulary at every token, which can take as long as the model does.
    """

    def __init__(self, top_p: float, guess: int) -> None:
        """Take the share, in (0, 1), and how many tokens will mostly be enough."""
        self.top_p, self.guess = top_p, guess
        self.whole = TopPLogitsWarper(top_p)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        best = scores.topk(min(self.guess, scores.shape[1])).values
        shares = (best - scores.logsumexp(-1, keepdim=True)).exp()
        total = shares.cumsum(-1)
        last = (total - shares < self.top_p).sum(-1, keepdim=True) - 1
        found = scores.masked_fill(scores < best.gather(-1, last), float("-inf"))
        short = (total[:, -1] < self.top_p).nonzero()[:, 0]
        if len(short):
            found[short] = self.whole(input_ids[short], scores[short])
        return found
