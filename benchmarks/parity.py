"""What a lower precision changes: the labels of the Analyst's embedded checkpoint on the labelled
sample reviews in each precision that golems knows, against fp32. Wanted: the same label on at least
99.5 % of the texts. Nothing is timed; bf16 is slow on machines that don't multiply it natively.

``python -m benchmarks.parity --rows N`` for the first N reviews instead of all 400.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, get_args

from benchmarks import material, sides
from benchmarks.machine import machine
from benchmarks.rounds import table

ROWS = 400
WANTED = 0.995


def main(rows: int = ROWS) -> None:
    from golems.base import Classification, Precision
    from golems.errors import GolemError
    from golems.golem import Golem, plan_load
    from golems.registry import card_named, choose_checkpoint

    print(f"{machine()}\n", flush=True)
    folder = str(material.embedded("analyst"))
    texts, labels = material.reviews()[:rows], material.column("reviews.csv", "label")[:rows]

    def classified(precision: str) -> list[Classification]:
        card = card_named(folder, sides.TEXTS)
        plan = plan_load(card, choose_checkpoint(card), device="cpu", precision=precision)
        found = []
        for outcome in Golem.load(plan).predict(texts):
            assert isinstance(outcome.prediction, Classification), outcome.error
            found.append(outcome.prediction)
        return found

    plain, lines = classified("fp32"), []
    for precision in get_args(Precision):
        if precision == "auto":
            continue
        try:
            found = plain if precision == "fp32" else classified(precision)
        except GolemError as error:
            print(f"{precision} can't be used here: {error}")
            continue
        lines.append([precision, *compared(plain, found, labels)])
    headers = ["precision", "texts", "same label", "wanted", "largest score difference", "accuracy"]
    print(table(headers, lines))


def compared(plain: Sequence[Any], found: Sequence[Any], labels: Sequence[str]) -> list[str]:
    """Classifications against those in fp32 and against the truth, as cells of the table."""
    count = len(plain)
    same = sum(one.label == other.label for one, other in zip(plain, found, strict=True)) / count
    differences = []
    for one, other in zip(plain, found, strict=True):
        scores = {pair.label: pair.score for pair in other.scores}
        differences += [abs(pair.score - scores[pair.label]) for pair in one.scores]
    right = sum(one.label == label for one, label in zip(found, labels, strict=True)) / count
    return [
        str(count),
        f"{same:.2%}",
        "yes" if same >= WANTED else "NO",
        f"{max(differences):.4f}",
        f"{right:.1%}",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=ROWS)
    main(parser.parse_args().rows)
