"""Ours is never slower than the plain loop: ``Golem.predict`` in fp32 against
``transformers.pipeline(batch_size=1)`` on mixes where planned batches could cost more than they
save. One process, in turn; the ratio of each round, its median and how far it goes. The aim is a
median of at most 1.05.

A model of DistilBERT-base's size with random weights. ``python -m benchmarks.mixes --rounds N`` for
another number of rounds than 7.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from benchmarks import material, sides
from benchmarks.machine import machine
from benchmarks.rounds import Spread, interleave, ratios, table

ROUNDS = 7
LIMIT = 1.05
# Mix -> tokens of each text.
MIXES = {
    "all short": [8 + row % 5 for row in range(32)],
    "all long": [512] * 3,
    "one long among short": [*[8 + row % 5 for row in range(16)], 512, *([9] * 15)],
    "5 rows": [12, 150, 40, 70, 25],
    "1 row": [40],
}
LEAST_TOKENS = 500  # of a measurement: a mix with fewer is predicted several times


def main(rounds: int = ROUNDS) -> None:
    import torch
    from transformers import pipeline
    from transformers.utils import logging

    from golems.golem import Golem, plan_load
    from golems.registry import card_named, choose_checkpoint

    print(machine())
    print(f"{rounds} rounds; seconds and ratios: median (lowest-highest)\n", flush=True)
    model = material.distilbert()
    card = card_named(str(model), sides.TEXTS)
    golem = Golem.load(plan_load(card, choose_checkpoint(card), device="cpu", precision="fp32"))
    logging.set_verbosity_error()
    theirs = pipeline(sides.TEXTS, model=str(model), device="cpu", dtype=torch.float32, top_k=None)
    rows, slow = [], []
    for name, tokens in MIXES.items():
        texts = material.texts_of(tokens, theirs.tokenizer)
        times = max(1, round(LEAST_TOKENS / sum(tokens)))
        found = interleave(
            {
                "ours": partial(repeat, times, partial(golem.predict, texts)),
                "pipeline": partial(
                    repeat, times, partial(theirs, texts, batch_size=1, truncation=True)
                ),
            },
            rounds,
        )
        ratio = ratios(found["ours"], found["pipeline"])
        if ratio.median > LIMIT:
            slow.append(name)
        seconds = [
            Spread.of(one / times for one in found[side]).text(3) for side in ("ours", "pipeline")
        ]
        rows.append([name, str(len(texts)), str(sum(tokens)), *seconds, ratio.text(2)])
    headers = ["mix", "texts", "tokens", "ours, s", "pipeline(batch_size=1), s", "ours / pipeline"]
    print(table(headers, rows))
    said = f"slower by more than 5 %: {', '.join(slow)}" if slow else "none is slower by 5 %"
    print(f"\nBy the median, {said}.")


def repeat(times: int, call: Callable[[], object]) -> None:
    for _ in range(times):
        call()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    main(parser.parse_args().rounds)
