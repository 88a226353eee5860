"""Which tokens may be drawn."""

from __future__ import annotations

import pytest
import torch
from transformers.generation import TopPLogitsWarper

from golems.tasks.sampling import Nucleus

VOCABULARY = 2000


@pytest.mark.parametrize("top_p", [0.01, 0.3, 0.8, 0.95, 0.999])
@pytest.mark.parametrize("guess", [1, 20, 512, VOCABULARY])
def test_the_tokens_that_top_p_leaves_are_those_of_transformers(top_p: float, guess: int) -> None:
    ids = torch.zeros((6, 1), dtype=torch.long)
    # From nearly flat, where most tokens are needed, to nearly certain; one row is cut by top_k.
    spread = torch.tensor([[0.01], [0.5], [1.0], [3.0], [30.0], [1.0]])
    scores = torch.randn((6, VOCABULARY), generator=torch.Generator().manual_seed(0)) * spread
    scores[5, 40:] = float("-inf")
    before = scores.clone()
    assert torch.equal(Nucleus(top_p, guess)(ids, scores), TopPLogitsWarper(top_p)(ids, scores))
    assert torch.equal(scores, before)
