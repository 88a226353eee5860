"""A finished run with invented results, for whoever measures or looks at reports."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.engine import WORDS
from golems.base import Card, Checkpoint, Classification, FolderSource, LabelScore, Outcome
from golems.datasets import open_dataset
from golems.runs import Progress, Run, create_run
from golems.runs.columns import as_table, result_of
from golems.runs.segments import segments_of

LABELS = ("negative", "positive")
COUNTRIES = ("Austria", "Brazil", "Canada", "Denmark", "Egypt", "France", "Ghana", "")
COLUMNS = ("id", "text", "country", "stars", "day", "verdict")
FAILED, UNTOLD = 0.01, 0.05  # shares of rows without a prediction, and without truth
WINDOW = 1024


def write_report_run(folder: Path, rows: int, seed: int = 1) -> Run:
    """A run over reviews with country, stars, day and verdict, by a golem that is often right.

    Args:
        folder: Where the CSV goes; the run goes to the home folder, as all do.
    """
    dice = np.random.default_rng(seed)
    path = folder / f"reviews-{rows}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for first in range(0, rows, WINDOW):
            writer.writerows(some_rows(dice, range(first, min(first + WINDOW, rows))))
    return predict_all(path, rows, dice)


def predict_all(
    path: Path, rows: int, dice: np.random.Generator, name: str = "made-up/golem"
) -> Run:
    """A run over such reviews, by a checkpoint of that name."""
    checkpoint = Checkpoint(name, FolderSource(path.parent))
    card = Card("made-up", "Made-up golem", "text-classification", "", (checkpoint,))
    dataset = open_dataset(path, task_kind="text", column="text")
    run = create_run(card, checkpoint, dataset, ledger=False)
    manifest, window, number, failed = run.manifest(), [], 0, 0
    for row in dataset.rows():
        window.append(row)
        if len(window) == WINDOW or row.index == rows - 1:
            outcomes = [predicted(dice, one.fields) for one in window]
            failed += sum(one.error is not None for one in outcomes)
            run.write_part(number, as_table(manifest, window, [result_of(one) for one in outcomes]))
            window, number = [], number + 1
    run.write_progress(Progress(rows, rows, failed, rows / 100, "Done"))
    run.write_manifest(manifest.model_copy(update={"counts": asdict(run.counts())}))
    run.write_end("done")
    segments_of(run)
    return run


def some_rows(dice: np.random.Generator, places: range) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for place in places:
        stars = int(dice.integers(1, 6))
        said = " ".join(dice.choice(WORDS, size=int(dice.integers(5, 40))))
        day = date(2020, 1, 1) + timedelta(days=int(dice.integers(0, 2000)))
        verdict = LABELS[int(stars + dice.normal() > 3)] if dice.random() > UNTOLD else ""
        country = COUNTRIES[int(dice.integers(0, len(COUNTRIES)))]
        found.append((place, f"{said} {place}", country, stars, day.isoformat(), verdict))
    return found


def predicted(dice: np.random.Generator, fields: Mapping[str, str | None]) -> Outcome:
    if dice.random() < FAILED:
        return Outcome(None, "The text is empty.")
    leaning = (int(fields["stars"] or 3) - 3 + 1.2 * dice.normal()) * 1.5
    if fields["country"] == "Ghana":  # where it fails
        leaning = float(dice.normal())
    positive = float(1 / (1 + np.exp(-leaning)))
    scores = [LabelScore("positive", positive), LabelScore("negative", 1 - positive)]
    scores.sort(key=lambda one: -one.score)
    tokens = int(dice.integers(5, 600))
    return Outcome(
        Classification(tuple(scores), tokens=min(tokens, 512), tokens_dropped=max(0, tokens - 512))
    )
