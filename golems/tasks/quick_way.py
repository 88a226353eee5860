"""Whether the rows of a batch that ``generate`` has prepared may leave it once they have ended.

It is what we rely on of transformers' insides. Imported only while generating: it needs
transformers at the top.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from transformers import generation

# They look at each row alone and remember nothing, so that rows may leave between their calls.
MEMORYLESS = (
    generation.EpsilonLogitsWarper,
    generation.EtaLogitsWarper,
    generation.ExponentialDecayLengthPenalty,
    generation.ForcedBOSTokenLogitsProcessor,
    generation.ForcedEOSTokenLogitsProcessor,
    generation.InfNanRemoveLogitsProcessor,
    generation.LogitNormalization,
    generation.MinLengthLogitsProcessor,
    generation.MinNewTokensLengthLogitsProcessor,
    generation.NoBadWordsLogitsProcessor,
    generation.NoRepeatNGramLogitsProcessor,
    generation.RepetitionPenaltyLogitsProcessor,
    generation.SequenceBiasLogitsProcessor,
    generation.SuppressTokensAtBeginLogitsProcessor,
    generation.SuppressTokensLogitsProcessor,
    generation.EosTokenCriteria,
    generation.MaxLengthCriteria,
    generation.MaxTimeCriteria,
    generation.StopStringCriteria,
)
# What ``generate`` may hand over; anything else would be a row's own, and is not known here.
# transformers 5.24 calls the cache "cache", 5.23 "past_key_values".
CACHE_NAMES = ("cache", "past_key_values")
KNOWN = {"attention_mask", "position_ids", "use_cache", "logits_to_keep", *CACHE_NAMES}
log = logging.getLogger(__name__)
_said: set[tuple[str, str]] = set()  # models and reasons, so that each is said once


def cache_in(given: dict[str, Any]) -> Any:
    """The cache among what ``generate`` hands over, whatever its name; None if there is none."""
    return next((given[name] for name in CACHE_NAMES if name in given), None)


def why_not(
    logits_processor: Sequence[Any],
    stopping_criteria: Sequence[Any],
    generation_config: Any,
    given: dict[str, Any],
) -> str | None:
    """Why rows can't leave their batch, by all that ``generate`` hands over but the cache."""
    if unknown := sorted(given.keys() - KNOWN):
        return f"generate hands over {', '.join(unknown)}, which is not known here"
    if not given.get("use_cache"):
        return "it keeps no cache"
    positions = given.get("position_ids")
    if positions is not None and positions.ndim != 2:
        return f"its positions have {positions.ndim} dimensions"
    if generation_config.prefill_chunk_size is not None:
        return "its generation config sets prefill_chunk_size"
    for one in (*logits_processor, *stopping_criteria):
        if type(one) not in MEMORYLESS and not hasattr(one, "keep_rows"):
            return f"{type(one).__name__} may remember the rows"
    return None


def say_slow(model: str, reason: str) -> None:
    """Say in the log why a model's batches go the slow way; each reason once."""
    if (model, reason) not in _said:
        _said.add((model, reason))
        log.warning(
            "%s writes the slow way, in which ended rows stay in their batch: %s.", model, reason
        )
