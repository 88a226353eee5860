"""Writing: a whole run of ours over a CSV of prompts against ``transformers.pipeline`` on the same
prompts, 64 new tokens each, always the likeliest. A model of GPT-2's size with random weights that
never ends a text early. A process a side, in turn; medians of 5 rounds (lowest-highest).

Ours writes its results to disk, the others keep them in memory. Loading the model counts for none.
``python -m benchmarks.generation --rounds N --rows M`` for other numbers than 5 and 64. The
pipeline gets an eighth of the prompts one by one, and a quarter in batches of 8.
"""

from __future__ import annotations

from benchmarks import material, sides, throughput
from benchmarks.machine import machine
from benchmarks.rounds import ROUNDS
from benchmarks.workers import measure

ROWS = 64
WARM_UP = 2
NEW_TOKENS = 64
OURS = {"max_new_tokens": NEW_TOKENS, "sample": False}
THEIRS = {"max_new_tokens": NEW_TOKENS, "do_sample": False}


def main(rounds: int = ROUNDS, rows: int = ROWS) -> None:
    print(machine())
    model, data = material.gpt2(), material.prompts(rows)
    few = {1: max(1, rows // 8), 8: max(1, rows // 4), 32: rows}
    parts = {size: (material.prompts(count), count) for size, count in few.items()}
    print(f"{rows} prompts, {NEW_TOKENS} new tokens each; {rounds} rounds\n", flush=True)
    found = measure(
        [
            *throughput.our_sides(sides.PROMPTS, model, data, rows, OURS),
            *throughput.pipeline_sides(sides.PROMPTS, model, parts, THEIRS),
        ],
        material.prompts(WARM_UP),
        rounds,
    )
    print(throughput.rows_table(found, NEW_TOKENS, "new tokens"), "\n")
    print(throughput.best_of(found, "pipeline"))
    print("\n" + throughput.engine_table(found))


if __name__ == "__main__":
    given = throughput.options(__doc__, ROWS)
    main(given.rounds, given.rows)
