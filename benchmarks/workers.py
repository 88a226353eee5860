"""Sides that are measured against each other, a process each: they take turns, and none works
while another does. So each has a memory of its own, and none sees what another leaves behind.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks import ENVIRONMENT
from benchmarks.machine import memory_mb
from benchmarks.rounds import in_turn


@dataclass(frozen=True)
class Turn:
    """What one side did in one round.

    Attributes:
        seconds: From opening the file or folder to the last result, without loading the model.
        answers: Of each row, in order: a label, or what was written.
        model_seconds: Those of them in the model; None where nobody looked.
        loading: Seconds of loading the model in this turn; None where it was loaded before.
        precision: That the side computed in.
        memory_mb: Most memory of the process so far; the worker fills it in.
        facts: What else there is to tell, by name.
    """

    seconds: float
    answers: list[str] = field(default_factory=list)
    model_seconds: float | None = None
    loading: float | None = None
    precision: str = ""
    memory_mb: float = 0.0
    facts: Mapping[str, float] = field(default_factory=dict)


Take = Callable[[Path], Turn]


@dataclass(frozen=True)
class Side:
    """One of those that are measured.

    Attributes:
        name: As in the tables.
        make: Loads the model in the side's process; gives what a turn does with a file or folder.
            A function of a module.
        options: What it is called with.
        data: What its turns are about.
        rows: How many rows that are.
        ours: Whether it is this project that is measured.
    """

    name: str
    make: Callable[..., Take]
    data: Path
    rows: int
    options: Mapping[str, Any] = field(default_factory=dict)
    ours: bool = False


class Worker:
    """The process of a side."""

    def __init__(self, side: Side) -> None:
        """Start it, and wait until its model is loaded.

        Raises:
            RuntimeError: It couldn't; with the traceback from there.
        """
        context = multiprocessing.get_context("spawn")
        self.connection, far = context.Pipe()
        environment = None if side.ours else ENVIRONMENT
        self._process = context.Process(
            target=serve, args=(far, side.make, dict(side.options), environment), daemon=True
        )
        self._process.start()
        far.close()
        self.loading: float = self._answer()

    def turn(self, data: Path) -> Turn:
        """One turn.

        Raises:
            RuntimeError: It failed; with the traceback from there.
        """
        self.connection.send(data)
        found: Turn = self._answer()
        return found

    def _answer(self) -> Any:
        try:
            found, fault = self.connection.recv()
        except EOFError:
            self._process.join()
            raise RuntimeError(f"The process ended with {self._process.exitcode}.") from None
        if fault:
            raise RuntimeError(fault)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()


def serve(
    connection: Connection,
    make: Callable[..., Take],
    options: Mapping[str, Any],
    environment: Mapping[str, str] | None,
) -> None:
    """Load a model, then take turns until the other end is closed.

    Args:
        environment: That of the process; None to leave it.
    """
    from dataclasses import replace

    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    try:
        start = time.perf_counter()
        take = make(**options)
        connection.send((time.perf_counter() - start, ""))
        while True:
            turn = take(connection.recv())
            connection.send((replace(turn, memory_mb=memory_mb("VmHWM")), ""))
    except EOFError:
        return
    except BaseException:
        connection.send((None, traceback.format_exc()))
        raise


@dataclass(frozen=True)
class Measured:
    """A side with what it did.

    Attributes:
        loading: Seconds of loading the model, the first time.
        turns: One a round.
    """

    side: Side
    loading: float
    turns: list[Turn]

    @property
    def seconds_a_row(self) -> list[float]:
        return [turn.seconds / self.side.rows for turn in self.turns]

    @property
    def memory_mb(self) -> float:
        return max(turn.memory_mb for turn in self.turns)


def measure(sides: Sequence[Side], warm_up: Path, rounds: int) -> dict[str, Measured]:
    """Let all sides take turns.

    Args:
        warm_up: A small file or folder for a turn that doesn't count.
    """
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        loading: dict[str, float] = {}
        for side in sides:
            workers[side.name] = worker = stack.enter_context(Worker(side))
            first = worker.turn(warm_up)
            loading[side.name] = worker.loading if first.loading is None else first.loading
            say(f"{side.name} is loaded: {loading[side.name]:.1f} s")
        turns: dict[str, list[Turn]] = {side.name: [] for side in sides}
        for number in range(rounds):
            for side in in_turn(sides, number):
                turns[side.name].append(workers[side.name].turn(side.data))
                say(f"round {number + 1}, {side.name}: {turns[side.name][-1].seconds:.1f} s")
        return {side.name: Measured(side, loading[side.name], turns[side.name]) for side in sides}


def say(line: str) -> None:
    """Say how far it is, apart from the tables."""
    print(line, file=sys.stderr, flush=True)
