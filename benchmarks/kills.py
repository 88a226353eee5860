"""A run that is killed again and again (SIGKILL, at random moments of loading, counting and
predicting) and resumed each time, as a user would from the command line, against the same run left
alone. Both end in ``report --csv``, whose bytes must be equal. A kill may cost what was predicted
of the window it hit, and no part that was written is ever written again.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.machine import machine

ROWS = 5000
KILLS = 20
SEED = 0
POLL_S = 0.01
# Name, options of ``run``, and the share of rows and kills that it gets.
SETTINGS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("as it comes", (), 1.0),
    ("without ledger", ("--no-ledger",), 0.25),
    ("bf16", ("--precision", "bf16"), 0.05),
)
# The stage that a kill waits for; the others come at any moment.
AIMS = (None, None, "Predicting", "Predicting", "Counting the rows", "Loading the golem")
BAD = (b"", b'"  \t "', b"good \xff\xfe film", b"one cell,too many", b"\0")


@dataclass(frozen=True)
class Kill:
    """What a kill hit.

    Attributes:
        stage: What the run was at.
        lost: Rows of the open window that had been predicted.
    """

    stage: str
    lost: int


def main(rows: int = ROWS, kills: int = KILLS, seed: int = SEED) -> None:
    """Compare a killed run with one left alone, in several settings.

    Raises:
        SystemExit: A table isn't the same, or more was lost than a kill may cost.
    """
    print(f"{machine()}; seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    fine = True
    with TemporaryDirectory() as folder:
        for name, options, share in SETTINGS:
            place = Path(folder, name.replace(" ", "-"))
            place.mkdir()
            table = write_table(place / "texts.csv", max(60, int(rows * share)), chance)
            fine &= compare(name, options, table, max(1, int(kills * share)), chance)
    if not fine:
        sys.exit("A killed run isn't what it would have been.")


def write_table(path: Path, rows: int, chance: random.Random) -> Path:
    """Texts of 1 to 6 sample reviews; one in 100 can't be read, one in 20 repeats an earlier."""
    from ui.inputs import DATA

    with (DATA / "reviews.csv").open(encoding="utf-8", newline="") as file:
        reviews = [row["text"].replace('"', "'") for row in csv.DictReader(file)]
    lines: list[bytes] = []
    for row in range(rows):
        if row and chance.random() < 0.05:
            lines.append(chance.choice(lines))
        elif row % 100 == 50:
            lines.append(BAD[row // 100 % len(BAD)])
        else:
            text = " ".join(chance.choices(reviews, k=min(6, 1 + int(chance.expovariate(1.8)))))
            lines.append(f'"{text} Größe {row}"'.encode())
    numbered = [b"%d,%s\n" % (row, line) for row, line in enumerate(lines)]
    path.write_bytes(b"id,text\n" + b"".join(numbered))
    return path


class Runner:
    """The commands of one setting, in a home of their own for the ledger."""

    def __init__(self, table: Path, options: tuple[str, ...], name: str) -> None:
        from golems.settings import settings

        self.run = table.with_name(f"run-{name}")
        self.table = table
        self.begin = ["run", "analyst", str(table), "--out", str(self.run), *options]
        home = table.with_name(f"home-{name}")
        home.mkdir()
        if settings().checkpoints_dir.is_dir():
            # Assembled once is enough.
            (home / "checkpoints").symlink_to(settings().checkpoints_dir)
        self.environment = {**os.environ, "PANTHEON_HOME": str(home), "HF_HUB_OFFLINE": "1"}
        self.log = table.with_name(f"log-{name}.txt")

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "golems", *command],
                stdout=log, stderr=log, env=self.environment, start_new_session=True,
            )  # fmt: skip

    def finish(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for a command.

        Raises:
            SystemExit: It refused or broke.
        """
        if process.wait() not in (0, 1):
            tail = self.log.read_bytes().decode("utf-8", "replace").splitlines()[-3:]
            sys.exit(f"{' '.join(map(str, process.args))}: {' '.join(tail)}")  # type: ignore[arg-type]

    def results(self) -> bytes:
        path = self.run.with_suffix(".csv")
        self.finish(self.start(["report", str(self.run), "--csv", str(path)]))
        return path.read_bytes()

    def progress(self) -> dict[str, object]:
        try:
            found: dict[str, object] = json.loads((self.run / "progress.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def stage(self, stale: dict[str, object]) -> str:
        """What the run is at; nothing as long as its progress is the stale one."""
        found = self.progress()
        return "" if found == stale else str(found.get("stage", "")).partition(" (")[0]

    def parts(self) -> dict[str, int]:
        found = sorted((self.run / "parts").glob("[0-9]*.parquet"))
        return {path.name: path.stat().st_mtime_ns for path in found}


def compare(
    name: str, options: tuple[str, ...], table: Path, kills: int, chance: random.Random
) -> bool:
    """Run a table undisturbed and killed, print what came of it, and say whether it is right."""
    from golems.runs import Run

    alone = Runner(table, options, "alone")
    start = time.monotonic()
    alone.finish(alone.start(alone.begin))
    whole = time.monotonic() - start
    expected, summary = alone.results(), Run(alone.run)
    counts, window = summary.counts(), summary.manifest().window
    setup = max(1.0, whole - counts.seconds)
    hits: list[Kill] = []
    rewritten, same, runs = 0, True, 0
    start = time.monotonic()
    # One that gets to its end between two kills is followed by another.
    while len(hits) < kills:
        runs += 1
        killed = Runner(table, options, f"killed-{runs}")
        hit: Kill | None = Kill("", 0)
        while hit is not None and hit.stage != "done":
            before = killed.parts()
            process = killed.start(next_command(killed, chance))
            left = counts.seconds * (1 - len(before) / len(alone.parts()))
            aim = chance.choice(AIMS)
            share = left / (kills - len(hits) + 1)
            longest = {None: setup + share, "Predicting": 2 * share, "Counting the rows": 0.03}
            hit = None
            if len(hits) < kills:
                hit = kill_after(killed, process, aim, chance.uniform(0, longest.get(aim, 0.5)))
            if hit is None:
                killed.finish(process)
            else:
                hits.append(hit)
            rewritten += sum(killed.parts().get(part) != at for part, at in before.items())
        same &= killed.results() == expected
    took = time.monotonic() - start
    most = max((hit.lost for hit in hits), default=0)
    while_predicting = [hit for hit in hits if hit.stage == "Predicting"]
    again = sum(hit.lost > 0 for hit in hits)
    print(
        f"{name}: {counts.rows:,} rows, {counts.failed:,} of them bad, {len(alone.parts())} parts, "
        f"in {whole:.0f} s; {len(hits)} kills of {runs} such run{'s' * (runs > 1)} in {took:.0f} s"
    )
    for stage in sorted({hit.stage for hit in hits}):
        print(f"  killed at '{stage}': {sum(hit.stage == stage for hit in hits)}")
    print(
        f"  while predicting: {len(while_predicting)}; parts begun again: {again}; most rows lost "
        f"by one kill: {most:,} of a window of {window:,}; parts written twice: {rewritten}\n"
        f"  tables: {'equal byte for byte' if same else 'DIFFERENT'}, {len(expected):,} bytes",
        flush=True,
    )
    return same and not rewritten and most <= window


def next_command(killed: Runner, chance: random.Random) -> list[str]:
    """What a user types after a kill."""
    if not (killed.run / "manifest.json").is_file():
        return killed.begin
    return chance.choice([["resume", str(killed.run)], ["run", "--resume", str(killed.run)]])


def kill_after(
    killed: Runner, process: subprocess.Popen[bytes], aim: str | None, seconds: float
) -> Kill | None:
    """Kill a command and all that it started; None where it was over before.

    Args:
        aim: The stage from which on the seconds count; None for the command's start.
    """
    stale = killed.progress()
    while aim and process.poll() is None and killed.stage(stale) != aim:
        time.sleep(POLL_S)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return None
        time.sleep(POLL_S)
    os.killpg(process.pid, signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        return None
    from golems.runs import Run

    if not (killed.run / "manifest.json").is_file():
        return Kill("Starting", 0)
    run = Run(killed.run)
    state, stage = run.state(), killed.stage(stale) or "Starting"
    done = int(str(killed.progress().get("done", 0)))
    return Kill(
        stage if state == "interrupted" else state,
        max(0, done - run.counts().rows) if stage == "Predicting" else 0,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    main(given.rows, given.kills, given.seed)
