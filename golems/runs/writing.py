"""Windows of results on their way to the disk, while the next one is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from golems.ledger import Kept, Ledger
from golems.runs.columns import Result
from golems.runs.state import Counts
from golems.runs.store import Run
from golems.runs.window import Known


class Writer:
    """Writes a run's windows behind its back, one after the other and at most one at a time.

    A window's results reach the ledger only when its part is written, and both before the next
    part is begun: after a crash it is the last part alone that the ledger may lack.
    """

    def __init__(self, run: Run, known: Known | None) -> None:
        """Nothing is written yet.

        Args:
            known: The ledger, which is told of results that are still on their way to it.
        """
        self._run = run
        self._known = known
        self._stack = ExitStack()
        # Another connection: the run's own one goes on reading meanwhile.
        self._ledger = self._stack.enter_context(Ledger(known.ledger.path)) if known else None
        self._thread = self._stack.enter_context(ThreadPoolExecutor(1, "writer"))
        self._writing: Future[Kept | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is None:
                self.wait()

    def write(
        self,
        number: int,
        table: pa.Table,
        counts: Counts,
        budget: Mapping[str, Any] | None,
        new: Mapping[bytes, Result],
    ) -> None:
        """Begin to write a window, once the one before is written.

        Args:
            new: Results for the ledger.

        Raises:
            RunFailed: The window before couldn't be written.
            LedgerError: Its results couldn't be kept.
        """
        self.wait()
        if self._known is not None:
            self._known.on_their_way = new

        def commit() -> Kept | None:
            self._run.write_part(number, table, counts, budget)
            if self._ledger is not None:
                return self._ledger.put(new, are_new=True)
            return None

        self._writing = self._thread.submit(commit)

    def keep(self, new: Mapping[bytes, Result]) -> None:
        """Keep results of a window that won't be written, where there is a ledger.

        Raises:
            RunFailed: The window before couldn't be written.
            LedgerError: They couldn't be kept.
        """
        self.wait()
        if self._ledger is not None and new:
            self._ledger.put(new, are_new=True)

    def wait(self) -> None:
        """Wait until all is written.

        Raises:
            RunFailed: The last window couldn't be written.
            LedgerError: Its results couldn't be kept.
        """
        if self._writing is not None:
            writing, self._writing = self._writing, None
            kept = writing.result()
            if kept is not None and self._known is not None:
                self._known.learn(kept)
