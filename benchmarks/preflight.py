"""Pre-flight against the run itself on three datasets: the sample reviews as 2,000 rows, long
texts joined from them, and 154 pictures. The run is a ``python -m golems run`` of its own; its
time is that of its predicting, its memory the peak of its process (VmHWM). Ratios are
predicted / real; the aim is 0.7 to 1.3 for time and 0.75 to 1.25 for memory.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine

ROWS = 2000
LONG_ROWS = 200
COPIES = 14


def main() -> None:
    from golems.reports import summarize
    from golems.runs import Run

    print(machine())
    print(f"{'':<10}{'seconds':>10}{'real':>10}{'ratio':>8}{'MB':>10}{'real':>10}{'ratio':>8}")
    with TemporaryDirectory() as folder:
        for name, golem, make in DATASETS:
            path = make(Path(folder))
            found = predicted(golem, path)
            peak, run = real(golem, path, Path(folder, f"run-{name}"))
            seconds, memory = summarize(Run(run)).seconds, found["memory_bytes"] / 1e6
            print(
                f"{name:<10}{found['seconds']:>10.1f}{seconds:>10.1f}"
                f"{found['seconds'] / seconds:>8.2f}"
                f"{memory:>10.0f}{peak:>10.0f}{memory / peak:>8.2f}",
                flush=True,
            )


def command(golem: str, path: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "golems", "run", golem, str(path), "--no-ledger", *more]


def predicted(golem: str, path: Path) -> dict[str, Any]:
    """What pre-flight says."""
    import json

    done = subprocess.run(
        command(golem, path, "--dry-run", "--json"), check=True, capture_output=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def real(golem: str, path: Path, out: Path) -> tuple[float, Path]:
    """The peak memory of a run, in MB, and its folder."""
    process = subprocess.Popen(
        command(golem, path, "--out", str(out)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines()
            line = next(line for line in lines if line.startswith("VmHWM:"))
            peak = max(peak, int(line.split()[1]) * 1024)
        time.sleep(0.05)
    return peak / 1e6, out


def reviews() -> list[str]:
    from ui.inputs import DATA

    with (DATA / "reviews.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def table(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in texts)])
    return path


def short_texts(folder: Path) -> Path:
    """The sample reviews over and over, each with a suffix of its own."""
    texts = reviews()
    return table(
        folder / "short.csv", [f"{texts[row % len(texts)]} No. {row}" for row in range(ROWS)]
    )


def long_texts(folder: Path) -> Path:
    """One to 40 reviews a text; some are past the 512 tokens that the Analyst reads."""
    texts, chance = reviews(), random.Random(0)  # noqa: S311
    made = [" ".join(chance.choices(texts, k=chance.randint(1, 40))) for _ in range(LONG_ROWS)]
    return table(folder / "long.csv", made)


def pictures(folder: Path) -> Path:
    """The sample photos, each several times with a few pixels shifted off."""
    from PIL import Image

    from ui.inputs import DATA

    place = folder / "pictures"
    place.mkdir()
    for path in sorted((DATA / "photos").glob("*.jpg")):
        with Image.open(path) as picture:
            for copy in range(COPIES):
                shifted = picture.crop((copy, copy, picture.width, picture.height))
                shifted.save(place / f"{path.stem}-{copy}.jpg")
    return place


DATASETS: tuple[tuple[str, str, Callable[[Path], Path]], ...] = (
    ("short", "analyst", short_texts),
    ("long", "analyst", long_texts),
    ("pictures", "visionary", pictures),
)
