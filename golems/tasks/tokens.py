"""Texts as a tokenizer has them, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

OFFSETS = "offset_mapping"


class Tokenized(NamedTuple):
    """A text as its tokenizer has it.

    Attributes:
        lists: A list of numbers by each of the model's input names.
        span: As the function ``span`` tells it; None from tokenizers that can't.
    """

    lists: dict[str, list[int]]
    span: tuple[int, int] | None


def tokenized(tokenizer: Any, texts: list[str]) -> Iterator[Tokenized]:
    """Whole texts as tokens, special ones included; fast tokenizers take all at once."""
    if not tokenizer.is_fast:
        for text in texts:
            yield of_one(tokenizer(text, verbose=False))
    elif texts:
        found = tokenizer(texts, verbose=False, return_offsets_mapping=True)
        names = [name for name in found if name != OFFSETS]
        for place in range(len(texts)):
            lists = {name: found[name][place] for name in names}
            yield Tokenized(lists, span(found[OFFSETS][place], found.sequence_ids(place)))


def of_one(encoding: Any) -> Tokenized:
    """What a tokenizer gave for a text that was not in a list."""
    lists = {name: numbers for name, numbers in encoding.items() if name != OFFSETS}
    places = encoding.get(OFFSETS)
    return Tokenized(lists, None if places is None else span(places, encoding.sequence_ids()))


def span(offsets: Sequence[tuple[int, int]], sequences: Sequence[int | None]) -> tuple[int, int]:
    """Characters before the first token of the text, and up to the end of its last.

    Args:
        offsets: Where each token lies in the text, as fast tokenizers say it.
        sequences: None for tokens that the tokenizer added; they have no place in the text.
    """
    starts = [
        start
        for (start, _), sequence in zip(offsets, sequences, strict=True)
        if sequence is not None
    ]
    return min(starts, default=0), max(end for _, end in offsets)


def padded_lists(lists: Sequence[list[int]], fill: int, *, left: bool) -> list[list[int]]:
    """Lists of equal length."""
    longest = max(len(numbers) for numbers in lists)
    pads = [[fill] * (longest - len(numbers)) for numbers in lists]
    return [
        pad + numbers if left else numbers + pad for pad, numbers in zip(pads, lists, strict=True)
    ]
