"""One window of a run: which of its rows are known, which are computed, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golems.base import Outcome, Row
from golems.batching import HELD_TOGETHER, chunks, predict_rows
from golems.budget import Budget
from golems.ledger import Ledger, key_of
from golems.runs.columns import Result, result_of
from golems.runs.state import Counts
from golems.tasks import Parameters, Task

NOTHING = "The row holds nothing."


@dataclass
class Known:
    """The ledger as one run sees it.

    Attributes:
        scope: What all rows of the run have in common.
        on_their_way: Results that are being written, which the ledger may not have yet.
    """

    ledger: Ledger
    scope: bytes
    on_their_way: Mapping[bytes, Result] = field(default_factory=dict)

    def get_all(self, keys: Sequence[bytes]) -> dict[bytes, Result]:
        """The results under those of the keys that are known."""
        early = {key: self.on_their_way[key] for key in keys if key in self.on_their_way}
        if early:
            keys = [key for key in keys if key not in early]
        return {key: Result(*found) for key, found in self.ledger.get_all(keys).items()} | early


@dataclass(frozen=True)
class Window:
    """Rows in the dataset's order, pictures without their content, and what came of each.

    Attributes:
        results: Of each row.
        new: Key -> result that the ledger doesn't have yet.
        counts: All but the seconds.
    """

    rows: list[Row]
    results: list[Result]
    new: dict[bytes, Result]
    counts: Counts


class OpenWindow:
    """Rows on their way through one window."""

    def __init__(self, rows: Iterable[Row], content: str, known: Known | None) -> None:
        """Take the rows.

        Args:
            content: What the task reads: ``text`` or ``image``.
        """
        self.rows: list[Row] = []
        self._source = rows
        self._content = content
        self._known = known
        # Without a ledger equal rows of a window are still told by their content.
        self._scope = known.scope if known else b""
        self._results: list[Result | None] = []
        self._first: dict[bytes, int] = {}
        self._computing: dict[int, bytes] = {}
        self._repeated: dict[int, int] = {}
        self._found = 0

    @property
    def settled(self) -> int:
        """Rows so far that the model needn't see."""
        return len(self.rows) - len(self._computing)

    def to_compute(self) -> Iterator[Row]:
        """The rows that the model must see, with their content."""
        content_is_kept = self._content == "text"
        for some in chunks(self._source, HELD_TOGETHER[self._content]):
            keys = [self._key(row) for row in some]
            for row, key, known in zip(some, keys, self._look_up(keys), strict=True):
                place = len(self.rows)
                # A picture's bytes are large; a text is in its fields anyway.
                row_kept = row if content_is_kept else Row(row.index, None, row.fields, row.error)
                self.rows.append(row_kept)
                self._results.append(known)
                if key is None:
                    self._results[place] = Result(error=row.error or NOTHING)
                elif known is not None:
                    self._found += 1
                elif key in self._first:
                    self._repeated[place] = self._first[key]
                else:
                    self._first[key] = place
                    self._computing[place] = key
                    yield row

    def close(self, outcomes: list[Outcome]) -> Window:
        """Put the outcomes of the computed rows, in their order, to the others."""
        new: dict[bytes, Result] = {}
        for (place, key), outcome in zip(self._computing.items(), outcomes, strict=True):
            result = result_of(outcome)
            self._results[place] = result
            if result.error is None:
                new[key] = result
        repeated = 0
        for place, source in self._repeated.items():
            same = self._results[place] = self._results[source]
            repeated += same is not None and same.error is None
        done = [result for result in self._results if result is not None]
        counts = Counts(
            rows=len(done),
            failed=sum(result.error is not None for result in done),
            computed=len(new),
            known=self._found,
            repeated=repeated,
        )
        return Window(self.rows, done, new, counts)

    def _key(self, row: Row) -> bytes | None:
        if row.error is not None or row.content is None:
            return None
        return key_of(self._scope, row.content)

    def _look_up(self, keys: list[bytes | None]) -> list[Result | None]:
        if self._known is None:
            return [None] * len(keys)
        found = self._known.get_all([key for key in keys if key is not None])
        return [found.get(key) if key is not None else None for key in keys]


def work_window(
    rows: Iterable[Row],
    task: Task[Any, Any],
    parameters: Parameters,
    *,
    known: Known | None = None,
    budget: Budget | None = None,
    keep_going: Callable[[int, int], bool] = lambda *_: True,
) -> Window | None:
    """Take one window of rows through the ledger and the model.

    Args:
        budget: Of the run's batches, which learns from this window.
        keep_going: Called after every batch with the rows done and the rows read so far; False
            leaves the window.

    Returns:
        The window, or None if ``keep_going`` said so before its end.

    Raises:
        GolemError: The fault is not a row's.
    """
    window = OpenWindow(rows, task.content, known)

    def after_batch(computed: int) -> bool:
        return keep_going(window.settled + computed, len(window.rows))

    outcomes = predict_rows(
        task, window.to_compute(), parameters, budget=budget, keep_going=after_batch
    )
    return None if outcomes is None else window.close(outcomes)
