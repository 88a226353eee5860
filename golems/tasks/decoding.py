"""The decoding loop of transformers' ``generate``, in which a row that has ended costs no more.

Imported only while generating: it needs torch and transformers at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from transformers.generation.streamers import BaseStreamer

from golems.tasks import kv_cache, quick_way
from golems.tasks.watch import BatchWatch, Left
from golems.words import counted

# Prompts read at once, in padded tokens. On a processor larger pieces get slower: what they take
# in memory is then fetched from the system anew for every operation.
PREFILL_TOKENS = {"cpu": 1024}
MOST_PREFILL_TOKENS = 16_384
PADDING = 1 / 8  # of such a piece, at most; another piece costs about as much as so many tokens


class Decoding:
    """A ``custom_generate`` of transformers: it is handed all that ``generate`` has prepared.

    Attributes:
        written: New tokens of each row, up to and with its end token; grows while it decodes.
        ended: Places of the rows to which nothing will be added.
    """

    def __init__(
        self, rows: int, end_ids: frozenset[int], show: Callable[[list[list[int]]], None] | None
    ) -> None:
        """Take what is to be called with all that is written after every token, if anything."""
        self.written: list[list[int]] = [[] for _ in range(rows)]
        self.ended: set[int] = set()
        self.end_ids = end_ids
        self.show = show

    def __call__(
        self,
        model: Any,
        input_ids: torch.Tensor,
        logits_processor: list[Any],
        stopping_criteria: list[Any],
        generation_config: Any,
        **model_kwargs: Any,
    ) -> None:
        """Fill ``written``; shape of the prompts = (n_rows, n_columns), padded on the left."""
        rows, columns = input_ids.shape
        reason = quick_way.why_not(
            logits_processor, stopping_criteria, generation_config, model_kwargs
        )
        reason = reason or kv_cache.buffer_layers(
            quick_way.cache_in(model_kwargs), rows, columns, generation_config.max_length
        )
        if reason is None:
            alive = Alive(model, model_kwargs, input_ids)
            self._decode(alive, logits_processor, stopping_criteria, input_ids)
            return
        quick_way.say_slow(type(model).__name__, reason)
        found = model._sample(
            input_ids,
            logits_processor,
            stopping_criteria,
            generation_config,
            streamer=_Streamer(self._put) if self.show else None,
            **model_kwargs,
        )
        if not self.show:
            for tokens in found[:, columns:].T.tolist():
                self._append(tokens)

    def tell(self, watch: BatchWatch, most: int) -> None:
        """Have a watch told after every token, where each row writes so many at most."""

        def show(written: list[list[int]]) -> None:
            rows, tokens = enumerate(written), sum(map(len, written))
            work = sum(1 if row in self.ended else len(ids) / most for row, ids in rows)
            watch.moved(len(self.ended), work, f"{counted(tokens, 'token')} written")

        watch.moved(0, 0.0, "reading the texts")
        self.show = show

    def left(self) -> Left:
        """What the rows that have ended are, where the model was left before the others had."""
        ready = sorted(self.ended)
        return Left(ready, [self.written[row] for row in ready])

    def _put(self, tokens: list[int]) -> None:
        self._append(tokens)
        if self.show:
            self.show(self.written)

    def _append(self, tokens: Sequence[int]) -> None:
        """Add a token to each row; what comes after an end token is padding."""
        for place, token in enumerate(tokens):
            if place not in self.ended:
                self.written[place].append(token)
                if token in self.end_ids:
                    self.ended.add(place)

    def _decode(
        self, alive: Alive, logits_processor: Any, stopping_criteria: Any, prompts: torch.Tensor
    ) -> None:
        logits, ids = alive.read_prompts(prompts), prompts
        while True:
            tokens = logits_processor(ids, logits).argmax(-1)
            ids = torch.cat([ids, tokens[:, None]], 1)
            ended = stopping_criteria(ids, None).tolist()
            for place, token in zip(alive.places, tokens.tolist(), strict=True):
                self.written[place].append(token)
            self.ended.update(place for place, end in zip(alive.places, ended, strict=True) if end)
            if self.show:
                self.show(self.written)
            kept = [place for place, end in enumerate(ended) if not end]
            if not kept:
                return
            if len(kept) < len(ended):
                order = alive.keep(kept)
                ids = ids[torch.tensor(order, device=ids.device)]
                for one in logits_processor:
                    if hasattr(one, "keep_rows"):
                        one.keep_rows(order)
            logits = alive.read_token(ids)


class Alive:
    """The rows that have not ended, and what the model knows of them.

    Attributes:
        places: Each row's place in the batch.
        pads: Columns of padding to the left of each row.
        start: First column that any of them needs.
    """

    def __init__(self, model: Any, given: dict[str, Any], prompts: torch.Tensor) -> None:
        """Take what ``generate`` would hand to the model, of a batch that was not read yet."""
        self.model = model
        self.cache = quick_way.cache_in(given)
        self.cache_name = next(name for name in quick_way.CACHE_NAMES if name in given)
        self.fixed: dict[str, Any] = {
            name: given[name] for name in ("use_cache", "logits_to_keep") if name in given
        }
        mask = given.get("attention_mask")
        self.mask = torch.ones_like(prompts) if mask is None else mask
        self.positions = given.get("position_ids")
        self.places = list(range(len(prompts)))
        self.pads: list[int] = (self.mask == 0).sum(1).tolist()
        self.start = min(self.pads)

    def read_prompts(self, prompts: torch.Tensor) -> torch.Tensor:
        """Logits of the next tokens; rows of like length are read at once, with little padding."""
        rows, columns = prompts.shape
        some = []
        for first, last in pieces([columns - pad for pad in self.pads], prompts.device.type):
            start = min(self.pads[first:last])
            kv_cache.show(self.cache, first, last, start, start)
            some.append(self._forward(prompts, slice(first, last), start, columns - start, True))
        kv_cache.show(self.cache, 0, rows, self.start, columns)
        return torch.cat(some)

    def read_token(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits of the next tokens, once the last one of each row is read."""
        self.mask = torch.cat([self.mask, self.mask.new_ones((len(self.mask), 1))], 1)
        if self.positions is not None:
            self.positions = self.positions[:, -1:] + 1
        return self._forward(ids, slice(len(ids)), self.start, 1, False)

    def keep(self, kept: Sequence[int]) -> list[int]:
        """Let the other rows leave; returns which row is now where, by its place before."""
        self.start = min(self.pads[place] for place in kept)
        order = kv_cache.keep_rows(self.cache, kept, self.start)
        self.places = [self.places[place] for place in order]
        self.pads = [self.pads[place] for place in order]
        index = torch.tensor(order, device=self.mask.device)
        self.mask = self.mask[index]
        if self.positions is not None:
            self.positions = self.positions[index]
        return order

    def _forward(
        self, ids: torch.Tensor, rows: slice, start: int, new: int, first: bool
    ) -> torch.Tensor:
        """Logits behind some rows, of which the last ``new`` columns were not read yet."""
        seen: dict[str, Any] = {self.cache_name: self.cache, **self.fixed}
        # Without padding the quicker kernels can be used.
        if max(self.pads[rows]) > start:
            seen["attention_mask"] = self.mask[rows, start:]
        if self.positions is not None:
            seen["position_ids"] = self.positions[rows, -new:]
        inputs = self.model.prepare_inputs_for_generation(
            ids[rows, start:], next_sequence_length=new, is_first_iteration=first, **seen
        )
        logits: torch.Tensor = self.model(**inputs, return_dict=True).logits[:, -1]
        # A copy, so that of a model that knows no logits_to_keep not all are held.
        return logits.to(
            ids.device, torch.float32, copy=True, memory_format=torch.contiguous_format
        )


class _Streamer(BaseStreamer):  # type: ignore[misc]
    """Hands each step's tokens, one a row, to a callback."""

    def __init__(self, put: Callable[[list[int]], None]) -> None:
        self.on_tokens = put

    def put(self, value: torch.Tensor) -> None:
        self.on_tokens(value.tolist())

    def end(self) -> None:
        """Nothing is held back."""


def pieces(lengths: Sequence[int], device: str) -> Iterator[tuple[int, int]]:
    """Neighbouring rows to be read at once, as their first and the one after their last.

    Args:
        lengths: Tokens of each row's prompt; the planner has put those of like length together.
    """
    most = PREFILL_TOKENS.get(device, MOST_PREFILL_TOKENS)
    first = longest = real = 0
    for place, length in enumerate(lengths):
        longest, real = max(longest, length), real + length
        padded = longest * (place + 1 - first)
        if place > first and (padded > most or padded - real > most * PADDING):
            yield first, place
            first, longest, real = place, length, length
    yield first, len(lengths)
