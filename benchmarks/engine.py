"""Rows through the engine with a model that costs nothing: a generated CSV, cold (the ledger is
being filled), with every row known from the ledger, and without ledger; and the memory of the
process. A second of the process's own time is what a quiet machine gives; others wait for a share.
``python -m benchmarks.engine --rows N --chars M`` for another number of rows than 1,000,000, and
for texts of M characters or more: 5,000 make a file of 5 GB.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.machine import memory_mb
from golems.base import Classification, LabelScore, Prediction
from golems.tasks.base import BatchLimits, Task
from golems.tasks.text import checked_text
from golems.tasks.text_classification import TextClassification, TextParameters

ROWS = 1_000_000
SAMPLE = 100_000  # rows between two looks at the memory
WARM_UP = 200_000  # rows that the slope leaves out
WORDS = [
    "the",
    "film",
    "was",
    "slow",
    "but",
    "a",
    "rather",
    "lovely",
    "piece",
    "of",
    "honest",
    "work",
]
TASK_NAME = "text-classification"


class Free(Task[str, TextParameters]):
    """Says which of two letters a text has more of: as good as no model at all."""

    name = TASK_NAME
    content = "text"
    results = TextClassification.results
    parameters = TextParameters
    limits = BatchLimits(
        cost=1_000_000,
        rows=TextClassification.limits.rows,
        window=TextClassification.limits.window,
        overhead=TextClassification.limits.overhead,
    )

    @classmethod
    def load(cls, *_: Any, **__: Any) -> Free:
        import torch

        free = cls()
        free.model = torch.nn.Identity()
        return free

    def encode(self, content: str | bytes, parameters: TextParameters) -> str:
        return checked_text(content)

    def cost(self, encoded: str) -> int:
        return len(encoded)

    def forward(self, batch: Sequence[str], parameters: TextParameters) -> list[float]:
        return [text.count("e") / len(text) for text in batch]

    def decode(
        self, outputs: list[float], batch: Sequence[str], parameters: TextParameters
    ) -> list[Prediction]:
        return [
            Classification(
                (LabelScore("POSITIVE", 1 - share), LabelScore("NEGATIVE", share)),
                tokens=len(text),
                tokens_dropped=0,
            )
            for share, text in zip(outputs, batch, strict=True)
        ]


TASK = Free


@contextmanager
def planted(home: Path) -> Iterator[None]:
    """The free task in place of text classification, and a home of its own."""
    from golems.settings import settings
    from golems.tasks import MODULES

    before, was = MODULES[TASK_NAME], os.environ.get("PANTHEON_HOME")
    MODULES[TASK_NAME] = __name__
    os.environ["PANTHEON_HOME"] = str(home)
    settings.cache_clear()
    try:
        yield
    finally:
        MODULES[TASK_NAME] = before
        if was is None:
            del os.environ["PANTHEON_HOME"]
        else:
            os.environ["PANTHEON_HOME"] = was
        settings.cache_clear()


def write_texts(path: Path, rows: int, chars: int = 0) -> None:
    """A CSV with an id and a text of 3 to 15 words, or of so many characters, each another one."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,text\n")
        for n in range(rows):
            start = n % len(WORDS)
            text = " ".join([*WORDS[start:], *WORDS[:start]][: 3 + n * 7 % 13])
            file.write(f"{n},{text * (1 + chars // len(text))} {n}\n")


def slope_mb(samples: Sequence[tuple[int, float]]) -> float:
    """MB per 100,000 rows by least squares, after the warm-up."""
    points = [point for point in samples if point[0] >= WARM_UP]
    if len(points) < 2:
        return float("nan")
    mean_rows = sum(rows for rows, _ in points) / len(points)
    mean_mb = sum(mb for _, mb in points) / len(points)
    spread = sum((rows - mean_rows) ** 2 for rows, _ in points)
    return 1e5 * sum((rows - mean_rows) * (mb - mean_mb) for rows, mb in points) / spread


def measure(name: str, data: Path, model: Path, *, ledger: bool) -> None:
    """One run, and a line about it."""
    from golems.datasets import open_dataset
    from golems.registry import card_named, choose_checkpoint
    from golems.runs import Progress, create_run
    from golems.runs.engine import execute

    card = card_named(str(model), TASK_NAME)
    dataset = open_dataset(data, task_kind="text", column="text")
    run = create_run(
        card, choose_checkpoint(card), dataset, device="cpu", precision="fp32", ledger=ledger
    )
    samples: list[tuple[int, float]] = []

    def watch(progress: Progress) -> None:
        if progress.done >= SAMPLE * (len(samples) + 1):
            samples.append((progress.done, memory_mb("VmRSS")))

    start, own = time.perf_counter(), time.process_time()
    predicting = [own]  # when the process began to predict, in its own time

    def timed(progress: Progress) -> None:
        if progress.stage == "Predicting" and len(predicting) == 1:
            predicting.append(time.process_time())
        watch(progress)

    progress = execute(run, timed)
    whole, own = time.perf_counter() - start, time.process_time() - predicting[-1]
    print(
        f"{name:<16}{progress.done:>10,} rows{progress.done / progress.elapsed_s:>10,.0f} rows/s"
        f"{progress.done / own:>10,.0f} of its own time"
        f"{progress.done / whole:>10,.0f} with counting"
        f"{memory_mb('VmRSS'):>8.0f} MB now"
        f"{slope_mb(samples):>8.2f} MB per 100,000 rows",
        flush=True,
    )


def write_free_model(folder: Path) -> None:
    """A folder that is taken for one of a model; it holds nothing that the free task would read."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "distilbert"}')
    save_file({"none": torch.zeros(1)}, folder / "model.safetensors")


def main(rows: int = ROWS, chars: int = 0) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, model, data = Path(folder, "home"), Path(folder, "model"), Path(folder, "texts.csv")
        write_free_model(model)
        write_texts(data, rows, chars)
        size = data.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:,.0f} MB, {os.cpu_count()} cores", flush=True)
        with planted(home):
            measure("cold", data, model, ledger=True)
            measure("from the ledger", data, model, ledger=True)
            measure("without ledger", data, model, ledger=False)
    print(f"most memory so far: {memory_mb('VmHWM'):.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--chars", type=int, default=0)
    from benchmarks import engine

    given = parser.parse_args()
    engine.main(given.rows, given.chars)
