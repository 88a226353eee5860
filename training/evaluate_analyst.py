"""Measure the Analyst's embedded checkpoint: ``python -m training.evaluate_analyst``.

Prints the figures of docs/cards/analyst.md, from the committed delta and the held-out rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import torch
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from golems.embedded import analyst
from training.labelled_texts import (
    OUT_OF_DOMAIN,
    SOURCES,
    RatedText,
    fetch_archive,
    read_rated,
    split_rows,
)

BATCH_ROWS = 64


@dataclass(frozen=True, slots=True)
class Figures:
    """How well one source's labels were predicted; shares in [0, 1].

    Attributes:
        low, high: Bounds of the Wilson 95 % interval of the accuracy.
        majority: Share of the more frequent label, the accuracy of always saying it.
    """

    source: str
    rows: int
    accuracy: float
    low: float
    high: float
    majority: float
    macro_f1: float


def predict(folder: Path, texts: Sequence[str]) -> list[str]:
    """The label of each text, by a model folder; texts of like length share a batch."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    labels = [""] * len(texts)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH_ROWS):
            chosen = order[start : start + BATCH_ROWS]
            batch = [texts[index] for index in chosen]
            encoded = tokenizer(batch, padding=True, truncation=True, return_tensors="pt")
            best = model(**encoded).logits.argmax(-1).tolist()
            for index, label in zip(chosen, best, strict=True):
                labels[index] = model.config.id2label[label]
    return labels


def evaluate(folder: Path, rows: Sequence[RatedText]) -> list[Figures]:
    """Figures of each source, in the order of the rows, whose sources come one after another."""
    predicted = predict(folder, [row.text for row in rows])
    figures = []
    for source, pairs in groupby(
        zip(rows, predicted, strict=True), key=lambda pair: pair[0].source
    ):
        truth, guess = zip(*((row.label, label) for row, label in pairs), strict=True)
        correct = int(accuracy_score(truth, guess, normalize=False))
        interval = binomtest(correct, len(truth)).proportion_ci(0.95, method="wilson")
        positive = truth.count("POSITIVE") / len(truth)
        figures.append(
            Figures(
                source=source,
                rows=len(truth),
                accuracy=correct / len(truth),
                low=interval.low,
                high=interval.high,
                majority=max(positive, 1 - positive),
                macro_f1=f1_score(truth, guess, average="macro"),
            )
        )
    return figures


def table(figures: Sequence[Figures]) -> str:
    """The figures as a Markdown table, in percent."""
    lines = [
        "| source | rows | accuracy % | Wilson 95 % | majority % | macro F1 % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in figures:
        lines.append(
            f"| {one.source} | {one.rows} | {one.accuracy:.1%} | {one.low:.1%} to {one.high:.1%} "
            f"| {one.majority:.1%} | {one.macro_f1:.1%} |".replace("%", "")
        )
    return "\n".join(lines)


def main() -> None:
    archive = fetch_archive()
    held_out = split_rows(read_rated(SOURCES, archive)).held_out
    foreign = [row for row in read_rated(OUT_OF_DOMAIN, archive) if row.is_clear]
    with tempfile.TemporaryDirectory() as folder:
        analyst.assemble(Path(folder), lambda share: None)
        print(table(evaluate(Path(folder), held_out + foreign)))


if __name__ == "__main__":
    main()
