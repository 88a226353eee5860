"""How much a result is worth, in words: where scores are near, and where a text is hardly read."""

from __future__ import annotations

from collections.abc import Sequence

from golems.base import LabelScore

SURE, APART = 0.5, 0.2
NEAR = "other labels score nearly as high, or the best one scores low."


def is_unsure(scores: Sequence[LabelScore]) -> bool:
    """Whether the best label scores under 0.5, or less than 0.2 above the next one.

    Of one label alone, and of values that are no shares, nobody can say.

    Args:
        scores: Highest first.
    """
    if not scores or not all(0 <= entry.score <= 1 for entry in scores):
        return False
    if scores[0].score < SURE:
        return True
    return len(scores) > 1 and scores[0].score - scores[1].score < APART


def headline(scores: Sequence[LabelScore]) -> str:
    """The best label with its score, and whether that is sure."""
    best = scores[0]
    if is_unsure(scores):
        return f"Unsure: perhaps {best.label}, with a score of only {best.score:.3f}"
    return f"{best.label}, with a score of {best.score:.3f}"


def hardly_read(note: str) -> str:
    """A note on a row as a sentence."""
    return f"The golem can hardly read this text, so its result means little: {note}."
