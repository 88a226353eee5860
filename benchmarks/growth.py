"""How the cost of a run grows with its rows: with a model that costs nothing, so that the engine
alone is seen, and with the Analyst's embedded checkpoint. Runs without ledger, a process each, in
turn; medians (lowest-highest). Flat is right: as many rows a second, and as much memory, however
many rows there are.

``python -m benchmarks.growth --rounds N --rows M`` for other numbers than 3 and 1,000,000.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import engine, material, sides
from benchmarks.machine import machine
from benchmarks.rounds import Spread, in_turn, table
from benchmarks.workers import Side, Take, Turn, Worker, say

ROUNDS = 3
MOST = 1_000_000
FREE = (1_000, 10_000, 100_000, MOST)
REAL = (1_000, 4_000)


def free(*, model: str) -> Take:
    """Runs with a model that costs nothing, in place of text classification."""
    from golems.tasks import MODULES

    MODULES[engine.TASK_NAME] = engine.__name__
    return sides.ours(model=model, task=engine.TASK_NAME, precision="fp32", answers=False)


def real(*, model: str) -> Take:
    """Runs with a text classifier."""
    return sides.ours(model=model, task=sides.TEXTS, precision="fp32", answers=False)


def write_reviews(path: Path, rows: int) -> None:
    """The sample reviews over and over, each with a number of its own."""
    texts = material.reviews()
    material.write_column(
        path, "text", [f"{texts[row % len(texts)]} No. {row}" for row in range(rows)]
    )


def main(rounds: int = ROUNDS, most: int = MOST) -> None:
    print(f"{machine()}\n{rounds} rounds\n", flush=True)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        nothing = folder / "free"
        engine.write_free_model(nothing)
        found = []
        for rows in (rows for rows in FREE if rows <= most):
            data = folder / f"free-{rows}.csv"
            engine.write_texts(data, rows)
            found.append(Side("free", free, data, rows, {"model": str(nothing)}, ours=True))
        for rows in (rows for rows in REAL if rows <= most):
            data = folder / f"reviews-{rows}.csv"
            write_reviews(data, rows)
            model = str(material.embedded("analyst"))
            found.append(Side("Analyst", real, data, rows, {"model": model}, ours=True))
        small = folder / "small.csv"
        write_reviews(small, 16)
        workers = [stack.enter_context(Worker(side)) for side in found]
        turns: list[list[Turn]] = [[] for _ in found]
        for worker in workers:
            worker.turn(small)
        for number in range(rounds):
            for place in in_turn(range(len(found)), number):
                turns[place].append(workers[place].turn(found[place].data))
                say(f"round {number + 1}, {found[place].name}, {found[place].rows:,} rows")
    print(growth_table(found, turns))


def growth_table(found: Sequence[Side], turns: Sequence[Sequence[Turn]]) -> str:
    """A row a number of rows: time, rate, time a row, memory."""
    rows = []
    for side, taken in zip(found, turns, strict=True):
        seconds = [turn.seconds for turn in taken]
        rows.append(
            [
                side.name,
                f"{side.rows:,}",
                Spread.of(seconds).text(2),
                Spread.of(side.rows / one for one in seconds).text(0),
                f"{1e6 * Spread.of(seconds).median / side.rows:,.0f}",
                f"{max(turn.memory_mb for turn in taken):,.0f}",
            ]
        )
    headers = ["model", "rows", "seconds", "rows a second", "microseconds a row", "peak memory, MB"]
    return table(headers, rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rows", type=int, default=MOST, help="most rows of a run")
    given = parser.parse_args()
    main(given.rounds, given.rows)
