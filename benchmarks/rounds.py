"""Interleaved rounds: every side once a round, so that a machine that slows down slows all."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5


def interleave(sides: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Time each side once a round, after a round that doesn't count.

    Returns:
        Side -> median seconds.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for counted in [False, *[True] * rounds]:
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            if counted:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def print_rates(medians: Mapping[str, float], amount: int, unit: str) -> None:
    """A row a side: median rate, and how many times as fast the first side is."""
    ours = next(iter(medians.values()))
    print(f"{'':<28}{unit + ' a second':>20}{'first is times as fast':>26}")
    for name, seconds in medians.items():
        print(f"{name:<28}{amount / seconds:>20,.1f}{seconds / ours:>26.2f}")


def machine() -> str:
    """The machine in a line."""
    import os

    import torch

    return (
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}"
    )
