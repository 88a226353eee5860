"""What a run's folder says: the files in it, as whoever asks reads and writes them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from pydantic import ValidationError

from golems.errors import RunDamaged, RunFailed, UnknownName
from golems.runs.files import is_locked, read_fact, write_whole
from golems.runs.manifest import Manifest
from golems.runs.parts import counts_of, part_paths, write_part
from golems.runs.process import Worker, is_alive
from golems.runs.state import Counts, End, Progress, State

Fact = TypeVar("Fact", Progress, End, Worker)
AT_WORK = "at-work.lock"
WAYS_OUT = {
    "progress.json": "It is written anew when the run goes on, or is resumed.",
    "end.json": "Delete it, then resume the run.",
    "worker.json": "Delete it, then resume the run.",
}


class RunFolder:
    """One run, as its folder says; ``golems.runs.store`` lists its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def id(self) -> str:
        return self.folder.name

    def manifest(self) -> Manifest:
        """What was asked.

        Raises:
            UnknownName: It is missing.
            RunDamaged: It is damaged, or of a version this program doesn't know.
        """
        path = self.folder / "manifest.json"
        try:
            return Manifest.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            raise UnknownName(f"{self.folder} is not a run: it has no manifest.json.") from None
        except OSError as error:
            raise RunDamaged(f"{path} can't be read: {error.strerror}.") from error
        except ValueError as error:
            detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise RunDamaged(
                f"{path} is damaged or of another version of this program: {detail}."
            ) from error

    def write_manifest(self, manifest: Manifest) -> None:
        write_whole(self.folder / "manifest.json", manifest.model_dump_json(indent=2).encode())

    def state(self) -> State:
        """Where the run stands, from its folder and the processes of this machine."""
        end = self.end()
        if end is not None:
            return end.state
        worker = self._worker()
        if worker is None:
            return "queued"
        # A process of another container can't be seen, but what it holds.
        if not is_alive(worker) and not is_locked(self.folder / AT_WORK):
            # It may have ended between the two looks.
            end = self.end()
            return end.state if end is not None else "interrupted"
        return "stopping" if self.stop_asked() else "running"

    def end(self) -> End | None:
        return self._read("end.json", End)

    def write_end(self, state: State, reason: str | None = None) -> None:
        end = End(state, reason, time.time())
        write_whole(self.folder / "end.json", json.dumps(asdict(end)).encode())

    def progress(self) -> Progress:
        """How far the run is; of one that has ended the parts say so too.

        Raises:
            RunFailed: It can't be told.
        """
        try:
            found = self._read("progress.json", Progress)
        except RunFailed:
            # It is the one file that nobody waits for until it is on the disk.
            if self.end() is None:
                raise
            counts = self.counts()
            found = Progress(
                rows=self.manifest().dataset.rows,
                done=counts.rows,
                failed=counts.failed,
                elapsed_s=counts.seconds,
                stage="Ended",
                known=counts.known + counts.repeated,
            )
        return found or Progress()

    def write_progress(self, progress: Progress) -> None:
        write_whole(
            self.folder / "progress.json", json.dumps(asdict(progress)).encode(), sync=False
        )

    def _worker(self) -> Worker | None:
        return self._read("worker.json", Worker)

    def _write_worker(self, worker: Worker) -> None:
        write_whole(self.folder / "worker.json", json.dumps(asdict(worker)).encode())

    def stop_asked(self) -> bool:
        return (self.folder / "stop").exists()

    def parts(self) -> list[Path]:
        """The parts written so far, in order.

        Raises:
            RunFailed: One in the middle is missing, so that rows would be lost without a word.
        """
        return part_paths(self.folder / "parts")

    def counts(self) -> Counts:
        """What became of the rows of all parts.

        Raises:
            RunFailed: A part is missing or damaged.
        """
        return sum((counts_of(part) for part in self.parts()), Counts())

    def write_part(
        self,
        number: int,
        table: pa.Table,
        counts: Counts | None = None,
        budget: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one window of results: whole, or not at all.

        Args:
            counts, budget: What became of its rows, and of the budget; see ``parts.write_part``.
        """
        write_part(self.folder / "parts", number, table, counts, budget)

    def _read(self, name: str, kind: type[Fact]) -> Fact | None:
        """One of the small files; None where it isn't there.

        Raises:
            RunDamaged: It is damaged.
        """
        return read_fact(self.folder / name, kind, WAYS_OUT[name])
