"""Texts past a model's limit: read their first tokens, their last, or all of them in chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, get_args

from golems.errors import BadRow
from golems.tasks.base import Length
from golems.tasks.text import legible, tokens_of

if TYPE_CHECKING:
    import torch

LongTexts = Literal["head", "tail", "chunks"]
LONG_TEXTS: tuple[LongTexts, ...] = get_args(LongTexts)
MOST_OVERLAP = 128  # tokens: enough for the sentence in which one chunk ends and the next begins


def overlap_of(room: int) -> int:
    """Tokens that a chunk shares with the one before it.

    Args:
        room: Tokens of the text that a chunk holds, special ones not included; >= 1.

    Returns:
        A quarter of the room, at most 128, so always less than the room.
    """
    return min(room // 4, MOST_OVERLAP)


def cut(tokenizer: Any, text: str, limit: int, *, keep: Literal["head", "tail"]) -> Any:
    """A text's first or last tokens, with the special tokens around them.

    ``keep`` alone says which, whatever side the tokenizer itself was saved with.

    Args:
        limit: Tokens kept at most, special ones included.

    Returns:
        What the tokenizer gives for one text, with ``offset_mapping`` if it is a fast one.
    """
    own = tokenizer.truncation_side
    tokenizer.truncation_side = "right" if keep == "head" else "left"
    try:
        return tokenizer(
            text, truncation=True, max_length=limit, return_offsets_mapping=tokenizer.is_fast
        )
    finally:
        tokenizer.truncation_side = own


def chunked(tokenizer: Any, text: str, limit: int) -> tuple[list[dict[str, list[int]]], list[int]]:
    """The whole text in chunks of the limit that overlap; each has the special tokens around it.

    Args:
        limit: Tokens of a chunk, special ones included; more than the special ones alone.

    Returns:
        The chunks in order, by the model's input names; all but the last are full. And for each
        how many tokens of the text it is the first to read, >= 1: they add up to the text's.
    """
    special = tokenizer.num_special_tokens_to_add()
    overlap = overlap_of(limit - special)
    if tokenizer.is_fast:
        chunks = _fast(tokenizer, text, limit, overlap)
    else:
        chunks = _slow(tokenizer, text, limit - special, overlap)
    lengths = [len(chunk["input_ids"]) - special for chunk in chunks]
    return chunks, [lengths[0], *(length - overlap for length in lengths[1:])]


def _fast(tokenizer: Any, text: str, limit: int, overlap: int) -> list[dict[str, list[int]]]:
    own = tokenizer.truncation_side
    tokenizer.truncation_side = "right"  # "left" would begin with the last chunk
    try:
        found = tokenizer(
            text, truncation=True, max_length=limit, stride=overlap, return_overflowing_tokens=True
        )
    finally:
        tokenizer.truncation_side = own
    names = [name for name in found if name != "overflow_to_sample_mapping"]
    return [
        dict(zip(names, lists, strict=True))
        for lists in zip(*(found[name] for name in names), strict=True)
    ]


def _slow(tokenizer: Any, text: str, room: int, overlap: int) -> list[dict[str, list[int]]]:
    """As ``_fast``; tokenizers in Python give what overflows as one piece, without stride."""
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    starts = range(0, max(len(ids) - overlap, 1), room - overlap)
    return [dict(tokenizer.prepare_for_model(ids[start : start + room])) for start in starts]


def length_of(tokens: int, limit: int, special: int, way: LongTexts) -> Length:
    """How long a text is, and what it costs as it is read.

    Args:
        tokens: Of the whole text, special ones included; likewise ``limit``.
        special: Special tokens around each sequence.
    """
    if tokens <= limit:
        return Length(tokens, cost=tokens)
    if way != "chunks":
        return Length(tokens, tokens - limit, limit)
    room = limit - special
    more = -(-(tokens - limit) // (room - overlap_of(room)))
    return Length(tokens, cost=(1 + more) * limit)


def lengths_of(
    tokenizer: Any, texts: Sequence[str], languages: tuple[str, ...], limit: int, way: LongTexts
) -> list[Length | str]:
    """How long texts are, and how well the model reads them, or why it refuses one."""
    special = tokenizer.num_special_tokens_to_add()
    found: list[Length | str] = []
    for text, ids in zip(texts, tokens_of(tokenizer, texts), strict=True):
        try:
            note = legible(text, ids, tokenizer, languages)
            found.append(replace(length_of(len(ids), limit, special, way), note=note))
        except BadRow as error:
            found.append(str(error))
    return found


def averaged(scores: torch.Tensor, weights: Sequence[Sequence[int]]) -> torch.Tensor:
    """The mean of each row's chunks, weighted; a row of one chunk keeps its scores to the bit.

    Args:
        scores: shape = (n_chunks, n_labels), the chunks of the first row first; float64.
        weights: For each of n rows the weights of its chunks, > 0.

    Returns:
        Scores, shape = (n_rows, n_labels).
    """
    import torch

    if len(scores) == len(weights):
        return scores
    rows = []
    for row, end in zip(weights, accumulate(map(len, weights)), strict=True):
        shares = torch.tensor(row, dtype=scores.dtype)
        rows.append((shares / shares.sum()) @ scores[end - len(row) : end])
    return torch.stack(rows)
