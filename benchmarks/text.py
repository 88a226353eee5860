"""Texts: a whole run of ours over a CSV against ``transformers.pipeline``, ONNX Runtime and
OpenVINO on the same CSV. A model of DistilBERT-base's size with random weights; texts of lognormal
length, 100 tokens on average, up to 512. A process a side, in turn; medians of 5 rounds
(lowest-highest).

Ours writes its results to disk, the others keep them in memory. Loading the model counts for none.
``python -m benchmarks.text --rounds N --rows M`` for other numbers than 5 and 64. The pipelines in
batches of 8 and 32, which pad most, get a third of the rows, of the same spread of lengths.
"""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks import material, sides, throughput
from benchmarks.flops import text_flops
from benchmarks.machine import machine
from benchmarks.rounds import ROUNDS
from benchmarks.workers import measure

ROWS = 64
WARM_UP = 8


def main(rounds: int = ROUNDS, rows: int = ROWS) -> None:
    from transformers import AutoConfig

    print(machine())
    model, data = material.distilbert(), material.texts(rows)
    few = max(1, rows // 3)
    parts = {1: (data, rows), 8: (material.texts(few), few), 32: (material.texts(few), few)}
    tokens = token_counts(data, model)
    print(
        f"{rows} texts, {sum(tokens) / rows:.0f} tokens on average, {max(tokens)} at most", end=""
    )
    print(f"; {rounds} rounds\n", flush=True)
    found = measure(
        [
            *throughput.our_sides(sides.TEXTS, model, data, rows),
            throughput.peak_side(data),
            *throughput.pipeline_sides(sides.TEXTS, model, parts),
            *throughput.runtime_sides(sides.TEXTS, model, data, rows),
        ],
        material.texts(WARM_UP),
        rounds,
    )
    print(throughput.rows_table(found, unit="texts"), "\n")
    for start in ("pipeline", "ONNX", "OpenVINO"):
        print(throughput.best_of(found, start))
    flops = text_flops(tokens, AutoConfig.from_pretrained(model))
    print("\n" + throughput.engine_table(found, flops))


def token_counts(data: Path, model: Path) -> list[int]:
    """Tokens that the model reads of each text."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    with data.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    return [len(ids) for ids in tokenizer(texts, truncation=True)["input_ids"]]


if __name__ == "__main__":
    given = throughput.options(__doc__, ROWS)
    main(given.rounds, given.rows)
