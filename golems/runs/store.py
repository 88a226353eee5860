"""A run's folder: everything about the run is read from it, by whoever asks.

```
manifest.json        what was asked, and what it ran on
input/               the dataset, where it was uploaded
parts/00000.parquet  results, a window of rows each, in order
progress.json        how far it is
worker.json          the process that works on it; worker.lock is held to become or prevent it
stop                 there when somebody asked it to stop
end.json, log.txt    how it ended; what the worker said
```
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from filelock import FileLock
from pydantic import ValidationError

from golems.errors import RunFailed, UnknownName
from golems.runs.files import cannot_write, write_whole
from golems.runs.manifest import Manifest
from golems.runs.parts import counts_of, part_paths, write_part
from golems.runs.process import Worker, is_alive, this_process
from golems.runs.state import RESUMABLE, Counts, End, Progress, State

Fact = TypeVar("Fact", Progress, End, Worker)


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
            UnknownName: It is missing.
            RunFailed: It is damaged, or of a version this program doesn't know.
        """
        path = self.folder / "manifest.json"
        try:
            return Manifest.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            raise UnknownName(f"{self.folder} is not a run: it has no manifest.json.") from None
        except OSError as error:
            raise RunFailed(f"{path} can't be read: {error.strerror}.") from error
        except ValueError as error:
            detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise RunFailed(
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
        if not is_alive(worker):
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
        return self._read("progress.json", Progress) or Progress()

    def write_progress(self, progress: Progress) -> None:
        write_whole(
            self.folder / "progress.json", json.dumps(asdict(progress)).encode(), sync=False
        )

    def assign(self, worker: Worker) -> None:
        """Say which process was started to work on the run, before that process can itself.

        One that dies at its very start then leaves an interrupted run and not one that waits.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            if self.state() == "queued":
                self._write_worker(worker)

    def claim(self) -> None:
        """Say that this process works on the run.

        Raises:
            RunFailed: Another process does, the run has ended, or its folder can't be written to.
        """
        me = this_process()
        with self._lock():
            state = self.state()
            found = self._worker()
            mine = found is not None and found.pid == me.pid and state in ("running", "stopping")
            if not mine and state != "queued":
                raise RunFailed(f"Run {self.id} can't be started: it is {state}.")
            self._write_worker(me)

    def resume(self) -> None:
        """Have a run that ended early wait to be worked on again.

        Raises:
            RunFailed: It is done, or somebody works on it, or its folder can't be written to.
        """
        with self._lock():
            state = self.state()
            if state not in RESUMABLE:
                raise RunFailed(f"Run {self.id} can't be resumed: it is {state}.")
            try:
                # The worker last: without it and with an end, the run still counts as ended.
                for name in ("stop", "worker.json", "end.json"):
                    (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise cannot_write(self.folder, error) from error

    def give_up(self) -> None:
        """Make sure that nobody works on the run, now or later.

        Raises:
            RunFailed: Somebody does.
        """
        with self._lock():
            state = self.state()
            if state in ("running", "stopping"):
                raise RunFailed(f"Run {self.id} can't be deleted: it is {state}. Stop it first.")
            if state == "queued":
                self.write_end("stopped", "Deleted before it started.")

    def note_interruption(self, reason: str) -> None:
        """Write down why a run's process ended, where it didn't itself.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            if self.state() == "interrupted" and self.end() is None:
                self.write_end("interrupted", reason)

    def _worker(self) -> Worker | None:
        return self._read("worker.json", Worker)

    def _write_worker(self, worker: Worker) -> None:
        write_whole(self.folder / "worker.json", json.dumps(asdict(worker)).encode())

    def ask_to_stop(self) -> None:
        """Have the worker stop after the batch it is at; a queued run never starts.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            state = self.state()
            if state == "queued":
                self.write_end("stopped", "Stopped before it started.")
            elif state == "running":
                write_whole(self.folder / "stop", b"", sync=False)

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

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Held by whoever decides between starting the run and preventing that.

        Raises:
            RunFailed: The folder can't be written to.
        """
        lock = FileLock(self.folder / "worker.lock")
        try:
            lock.acquire()
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        try:
            yield
        finally:
            lock.release()

    def _read(self, name: str, kind: type[Fact]) -> Fact | None:
        """One of the small files; None where it isn't there.

        Raises:
            RunFailed: It is damaged.
        """
        path = self.folder / name
        try:
            return kind(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunFailed(f"{path} can't be read: {error.strerror}.") from error
        except (ValueError, TypeError) as error:
            raise RunFailed(f"{path} is damaged; start the run again.") from error
