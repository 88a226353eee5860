"""A run's folder: everything about the run is read from it, by whoever asks.

```
manifest.json        what was asked, and what it ran on
input/               the dataset, where it was uploaded
parts/00000.parquet  results, a window of rows each, in order
progress.json        how far it is
worker.json          the process that works on it
stop                 there when somebody asked it to stop
end.json             how it ended
log.txt              what the worker said
```
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from golems.errors import RunFailed, UnknownName
from golems.runs.manifest import Manifest
from golems.settings import settings

State = Literal["queued", "running", "stopping", "stopped", "interrupted", "failed", "done"]
ENDED = ("stopped", "interrupted", "failed", "done")
RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[a-z0-9-]{1,60}")


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        rows: Rows of the dataset; None until they are counted.
        done: Rows predicted or refused, those of the open window included.
        failed: Refused rows of the windows written so far.
        elapsed_s: Seconds of predicting, without the loading of the golem.
        stage: What the worker is at, in words.
    """

    rows: int | None = None
    done: int = 0
    failed: int = 0
    elapsed_s: float = 0.0
    stage: str = "Waiting to start"

    @property
    def rows_per_s(self) -> float | None:
        return self.done / self.elapsed_s if self.done and self.elapsed_s else None

    @property
    def left_s(self) -> float | None:
        """Seconds left at the rate so far; None where the rate or the rows aren't known."""
        if self.rows is None or self.rows_per_s is None:
            return None
        return (self.rows - self.done) / self.rows_per_s


@dataclass(frozen=True)
class End:
    """How a run ended: its last state, why, and when (seconds since 1970)."""

    state: State
    reason: str | None
    at: float


class Run:
    """One run, as its folder says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def id(self) -> str:
        return self.folder.name

    def manifest(self) -> Manifest:
        """What was asked.

        Raises:
            RunFailed: It is missing, damaged, or of a version this program doesn't know.
        """
        path = self.folder / "manifest.json"
        try:
            return Manifest.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            raise UnknownName(f"{self.folder} is not a run: it has no manifest.json.") from None
        except ValidationError as error:
            raise RunFailed(
                f"{path} is damaged or of another version of this program: "
                f"{error.errors()[0]['msg']}."
            ) from error

    def write_manifest(self, manifest: Manifest) -> None:
        write_whole(self.folder / "manifest.json", manifest.model_dump_json(indent=2).encode())

    def state(self) -> State:
        """Where the run stands, from its folder and the processes of this machine."""
        end = self.end()
        if end is not None:
            return end.state
        worker = self._json("worker.json")
        if worker is None:
            return "queued"
        if not is_alive(worker["pid"], worker["started"]):
            # It may have ended between the two looks.
            end = self.end()
            return end.state if end is not None else "interrupted"
        return "stopping" if self.stop_asked() else "running"

    def end(self) -> End | None:
        found = self._json("end.json")
        return None if found is None else End(**found)

    def write_end(self, state: State, reason: str | None = None) -> None:
        end = End(state, reason, time.time())
        write_whole(self.folder / "end.json", json.dumps(asdict(end)).encode())

    def progress(self) -> Progress:
        found = self._json("progress.json")
        return Progress() if found is None else Progress(**found)

    def write_progress(self, progress: Progress) -> None:
        write_whole(
            self.folder / "progress.json", json.dumps(asdict(progress)).encode(), sync=False
        )

    def claim(self) -> None:
        """Say that this process works on the run.

        Raises:
            RunFailed: Another process does, or the run has ended.
        """
        state = self.state()
        if state != "queued":
            raise RunFailed(f"Run {self.id} can't be started: it is {state}.")
        me = psutil.Process()
        worker = {"pid": me.pid, "started": me.create_time()}
        try:
            with (self.folder / "worker.json").open("x", encoding="utf-8") as file:
                json.dump(worker, file)
        except FileExistsError:
            raise RunFailed(f"Run {self.id} has just been started elsewhere.") from None

    def ask_to_stop(self) -> None:
        """Have the worker stop after the batch it is at; a queued run never starts."""
        if self.state() == "queued":
            self.write_end("stopped", "Stopped before it started.")
        else:
            (self.folder / "stop").touch()

    def stop_asked(self) -> bool:
        return (self.folder / "stop").exists()

    def parts(self) -> list[Path]:
        """The parts written so far, in order."""
        return sorted((self.folder / "parts").glob("[0-9]*.parquet"))

    def write_part(self, number: int, table: pa.Table) -> None:
        """Write one window of results: whole, or not at all."""
        folder = self.folder / "parts"
        folder.mkdir(exist_ok=True)
        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer, compression="zstd")
        write_whole(folder / f"{number:05d}.parquet", buffer.getvalue().to_pybytes())

    def _json(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            # Only worker.json isn't renamed into place; it is read in the moment it is written.
            if name == "worker.json":
                return None
            raise RunFailed(f"{self.folder / name} is damaged; delete the run.") from error
        return found


def write_whole(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write a file so that others see the old one or the new one, never half of it.

    Raises:
        RunFailed: The disk is full or the folder can't be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunFailed(
            f"{path} can't be written: {error.strerror or error}. "
            "Free some space, or name another folder in PANTHEON_HOME."
        ) from error


def is_alive(pid: int, started: float) -> bool:
    """Whether that very process still runs; a number alone may have gone to another one."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def open_run(name: str | Path) -> Run:
    """A run by its id or its folder.

    Raises:
        UnknownName: There is no such run.
    """
    if isinstance(name, str) and RUN_ID.fullmatch(name):
        folder = settings().runs_dir / name
    elif isinstance(name, Path):
        folder = name
    else:
        raise UnknownName(f"'{name}' is not the id of a run.")
    if not (folder / "manifest.json").is_file():
        raise UnknownName(f"There is no run {name}: no manifest.json was found in {folder}.")
    return Run(folder)


def all_runs() -> list[Run]:
    """The runs in the home folder, newest first."""
    return [
        Run(path.parent)
        for path in sorted(settings().runs_dir.glob("*/manifest.json"), reverse=True)
    ]
