"""Keys and values of attention in a buffer that rows can leave and that is never copied whole.

transformers' own dynamic cache makes a copy of itself at every token. Imported only while
generating: it needs torch and transformers at the top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import (
    Cache,
    DummyLayer,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
)

FIRST_ROOM = 256  # columns kept free for new tokens when the buffer is made
GROWTH = 1.5


class BufferedLayer(DynamicLayer):  # type: ignore[misc]
    """One layer's keys and values, shape = (n_rows, n_heads, n_columns, head_size) each.

    ``keys`` and ``values`` are what a forward pass sees: some rows and columns of the buffer. It
    writes behind their last column.
    """

    def __init__(self, rows: int, columns: int, most: int, *, sliding: bool = False) -> None:
        """Take the rows, the columns needed at first, and the most there can ever be."""
        super().__init__()
        self.is_sliding = sliding
        self.capacity, self.most = min(most, columns + FIRST_ROOM), most
        self.buffers: list[torch.Tensor] = []
        self.first, self.last = 0, rows
        self.start = self.end = 0
        self.rows = rows

    def show(self, first: int, last: int, start: int, end: int) -> None:
        """Let the next forward pass see these rows and columns alone."""
        self.first, self.last, self.start, self.end = first, last, start, end
        if self.buffers:
            self.keys, self.values = (buffer[first:last, :, start:end] for buffer in self.buffers)

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        self.dtype, self.device = key_states.dtype, key_states.device
        # Zeros, as what is masked must still be a number.
        self.buffers = [
            states.new_zeros((self.rows, states.shape[1], self.capacity, states.shape[3]))
            for states in (key_states, value_states)
        ]
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start, end = self.end, self.end + key_states.shape[2]
        if end > self.capacity:
            self._grow(end)
        for buffer, states in zip(self.buffers, (key_states, value_states), strict=True):
            buffer[self.first : self.last, :, start:end] = states
        self.show(self.first, self.last, self.start, end)
        return self.keys, self.values

    def get_seq_length(self) -> int:
        return self.end - self.start

    def move_rows(self, holes: Sequence[int], movers: Sequence[int], rows: int) -> None:
        """Put rows into the places of others, and forget those past the first ``rows``."""
        if holes and self.buffers:
            for buffer in self.buffers:
                seen = buffer[:, :, self.start : self.end]
                for hole, mover in zip(holes, movers, strict=True):
                    seen[hole] = seen[mover]
        self.show(0, rows, self.start, self.end)

    def _grow(self, needed: int) -> None:
        self.capacity = max(needed, min(self.most, int(self.capacity * GROWTH)))
        for place, old in enumerate(self.buffers):
            _, heads, columns, size = old.shape
            new = old.new_zeros((self.last, heads, self.capacity, size))
            new[:, :, :columns] = old[: self.last]
            self.buffers[place] = new


def buffer_layers(cache: Any, rows: int, columns: int, most: int) -> str | None:
    """Give an empty cache buffered layers, if all it would hold are whole keys and values.

    Args:
        rows: Rows of the batch.
        columns: Tokens of its longest prompt.
        most: The most columns there can be: those and all new tokens.

    Returns:
        None if it has them now, else why not. A cache that keeps anything else (the states of a
        state-space model, a window that slides, quantized numbers) is left as it is.
    """
    if type(cache) is not DynamicCache:
        return f"its cache is a {type(cache).__name__}" if cache is not None else "it has no cache"
    if cache.offloading:
        return "its cache is moved out of the device's memory"
    layers: list[Any] = []
    for layer in cache.layers:
        if type(layer) is DummyLayer:
            layers.append(layer)
        elif type(layer) is DynamicLayer:
            layers.append(BufferedLayer(rows, columns, most))
        elif type(layer) is DynamicSlidingWindowLayer and most < layer.sliding_window:
            layers.append(BufferedLayer(rows, columns, most, sliding=True))
        elif type(layer) is DynamicSlidingWindowLayer:
            return f"a text may grow past its window of {layer.sliding_window} tokens"
        else:
            return f"its cache holds a {type(layer).__name__}"
    if not any(isinstance(layer, BufferedLayer) for layer in layers):
        return "its cache holds no keys and values"
    cache.layers[:] = layers
    return None


def show(cache: Cache, first: int, last: int, start: int, end: int) -> None:
    """``BufferedLayer.show`` for all layers of a cache."""
    for layer in cache.layers:
        if isinstance(layer, BufferedLayer):
            layer.show(first, last, start, end)


def keep_rows(cache: Cache, kept: Sequence[int], start: int) -> list[int]:
    """Let all rows but some leave; the last ones move into the places that become free.

    Args:
        kept: Places of the rows that stay, ascending.
        start: First column that any of them needs.

    Returns:
        For each place from 0 on, which row is there now, by its place before.
    """
    rows, stay = len(kept), set(kept)
    holes = [place for place in range(rows) if place not in stay]
    movers = [place for place in kept if place >= rows]
    for layer in cache.layers:
        if isinstance(layer, BufferedLayer):
            layer.move_rows(holes, movers, rows)
            layer.show(0, rows, max(start, layer.start), layer.end)
    now = list(range(rows))
    for hole, mover in zip(holes, movers, strict=True):
        now[hole] = mover
    return now
