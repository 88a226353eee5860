"""The embedded Analyst on the sample reviews: ours, in batches of like length, against
``transformers.pipeline`` on the same weights at several batch sizes. fp32, medians of 5 interleaved
rounds. Model and tokenizer only: no files are read or written.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import partial

from benchmarks.machine import machine
from benchmarks.rounds import Spread, interleave, rates_table


def main() -> None:
    from transformers import pipeline

    from golems.registry import card_named, choose_checkpoint
    from golems.shelf import Shelf
    from ui.inputs import DATA

    with (DATA / "reviews.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    card = card_named("analyst")
    with Shelf().lend(card, choose_checkpoint(card), device="cpu", precision="fp32") as golem:
        theirs = pipeline(
            "text-classification", model=str(golem.plan.folder.path), top_k=None, device="cpu"
        )
        print(f"{machine()}; {len(texts)} texts")

        sides: dict[str, Callable[[], object]] = {"ours": partial(golem.predict, texts)}
        for size in (1, 8, 32):
            sides[f"pipeline(batch_size={size})"] = partial(
                theirs, texts, batch_size=size, truncation=True
            )
        print(rates_table(interleave(sides), dict.fromkeys(sides, len(texts)), "texts"))
        one = Spread.of(interleave({"one": partial(golem.predict, texts[:1])}, rounds=50)["one"])
        print(f"\none text, after warm-up: {one.median * 1000:.1f} ms")
