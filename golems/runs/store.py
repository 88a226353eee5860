"""A run's folder: everything about the run is read from it, by whoever asks.

```
manifest.json        what was asked, and what it ran on
input/               the dataset, where it was uploaded
parts/00000.parquet  results, a window of rows each, in order
progress.json        how far it is
worker.json          the process that works on it; worker.lock is held to become or prevent it,
                     at-work.lock for as long as it works
stop                 there when somebody asked it to stop
end.json, log.txt    how it ended; what the worker said
name.txt             what a person calls it
edits.jsonl          texts that were mended by hand, and what stood there
retry.json           the last time its failed rows were tried again; retry.lock is held meanwhile
report.json          how a person chose to read it: the truth, other names of labels
judged.json          how often it was right by that truth, when its report counted last
rows-of.json         of which run it reads some rows once more, and which
segments/            the parts merged for reports; can be deleted at any time
```
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from filelock import Timeout

from golems.errors import RunFailed, UnknownName
from golems.runs.files import cannot_write, locked, write_whole
from golems.runs.folder import AT_WORK, RunFolder
from golems.runs.process import Worker, this_process
from golems.runs.state import ENDED, RESUMABLE

PATIENCE_S = 2.0  # with those who only look whether it is held
TRIED_ALREADY = "The failed rows of {} are being tried again already; wait for its end."


class Run(RunFolder):
    """One run, and who may work on it."""

    def assign(self, worker: Worker) -> None:
        """Say which process was started to work on the run, before that process can itself.

        One that dies at its very start then leaves an interrupted run and not one that waits.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            if self.state() == "queued":
                self._write_worker(worker)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Held by the process that works on the run, so that there is one at most.

        Raises:
            UnknownName: The run was deleted.
            RunFailed: Another process holds it, or its folder can't be written to.
        """
        self._refuse_deleted()
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.folder / AT_WORK, patience_s=PATIENCE_S))
            except Timeout:
                raise RunFailed(
                    f"Run {self.id} can't be started: it is running in another process."
                ) from None
            yield

    def claim(self) -> None:
        """Say that this process works on the run.

        Raises:
            UnknownName: The run was deleted.
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
            # What a killed worker was writing is no part, and would lie there for good.
            for path in self.folder.glob("parts/.[0-9]*.parquet.*"):
                with suppress(OSError):
                    path.unlink()

    def resume(self) -> None:
        """Have a run wait to be worked on again that ended early, or that has lost parts since.

        Raises:
            UnknownName: The run was deleted.
            RunFailed: It is done, or somebody works on it, or its folder can't be written to.
        """
        with self.retry_lock(), self._lock():
            if not self.is_resumable():
                raise RunFailed(f"Run {self.id} can't be resumed: it is {self.state()}.")
            try:
                # The end last: with it the run still counts as ended.
                for name in ("stop", "worker.json", "end.json"):
                    (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise cannot_write(self.folder, error) from error

    def is_resumable(self) -> bool:
        """Whether the run has ended early, or has lost parts since.

        Raises:
            RunFailed: It is damaged.
        """
        state = self.state()
        if state != "done":
            return state in RESUMABLE
        counts = self.manifest().counts
        return counts is not None and self.counts().rows < counts["rows"]

    @contextmanager
    def give_up(self) -> Iterator[None]:
        """Make sure that nobody works on the run, now or later, as long as this is held.

        Raises:
            UnknownName: The run was deleted.
            RunFailed: Somebody does.
        """
        with self._lock():
            state = self.state()
            if state in ("running", "stopping"):
                raise RunFailed(f"Run {self.id} can't be deleted: it is {state}. Stop it first.")
            if state == "queued":
                self.write_end("stopped", "Deleted before it started.")
            yield

    def refuse_unended(self) -> None:
        """See that nobody works on the run or is to do so.

        Raises:
            RunFailed: It hasn't ended.
        """
        state = self.state()
        if state not in ENDED:
            raise RunFailed(f"Run {self.id} is {state}; wait for its end, or stop it.")

    def lose_turn(self, reason: str) -> None:
        """Write down why a run that waits won't have its turn.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            if self.state() == "queued":
                self.write_end("interrupted", reason)

    @contextmanager
    def retry_lock(self, *, wait: bool = False) -> Iterator[None]:
        """Held by whoever tries the failed rows again, or must be sure that nobody does.

        Args:
            wait: Until it is free; else that is an error.

        Raises:
            UnknownName: The run was deleted.
            RunFailed: Somebody holds it, or the folder can't be written to.
        """
        self._refuse_deleted()
        patience_s = -1 if wait else PATIENCE_S
        busy = TRIED_ALREADY.format(self.id)
        with locked(self.folder / "retry.lock", patience_s=patience_s, busy=busy):
            self._refuse_deleted()  # while this process waited
            yield

    def note_interruption(self, reason: str) -> None:
        """Write down why a run's process ended, where it didn't itself.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            if self.state() == "interrupted" and self.end() is None:
                self.write_end("interrupted", reason)

    def ask_to_stop(self) -> None:
        """Have the worker stop before the next layer of its model; a queued run never starts.

        Raises:
            RunFailed: The folder can't be written to.
        """
        with self._lock():
            state = self.state()
            if state == "queued":
                self.write_end("stopped", "Stopped before it started.")
            elif state == "running":
                write_whole(self.folder / "stop", b"", sync=False)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Held by whoever decides between starting the run and preventing that.

        Raises:
            UnknownName: The run was deleted.
            RunFailed: The folder can't be written to.
        """
        self._refuse_deleted()
        with locked(self.folder / "worker.lock"):
            self._refuse_deleted()  # while this process waited
            yield

    def _refuse_deleted(self) -> None:
        if not (self.folder / "manifest.json").is_file():
            # Whoever waits for a lock makes it anew, and the folder around it.
            with suppress(OSError):
                for lock in self.folder.glob("*.lock"):
                    lock.unlink()
                self.folder.rmdir()
            raise UnknownName(f"There is no run {self.id} any more: it was deleted.")
