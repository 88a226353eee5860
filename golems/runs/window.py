"""One window of a run: which of its rows are known, which are computed, and what came of them.

A window is opened, which reads its rows, looks them up and encodes the others, while the one before
is still with the model; then it is worked on, and closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from threading import Lock
from typing import Any

from golems.base import Outcome, Row
from golems.batching import predict_encoded
from golems.budget import Budget
from golems.encoding import HELD_TOGETHER, chunks, encode_all
from golems.ledger import Kept, Ledger, key_of
from golems.runs.columns import Result, result_of
from golems.runs.state import Counts
from golems.tasks import Parameters, Task

NOTHING = "The row holds nothing."


@dataclass
class Known:
    """The ledger as one run sees it; safe to use from several threads.

    Attributes:
        scope: What all rows of the run have in common.
        on_their_way: Results that are being written, which the ledger may not have yet.
    """

    ledger: Ledger
    scope: bytes
    on_their_way: Mapping[bytes, Result] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get_all(self, keys: Sequence[bytes]) -> dict[bytes, Result]:
        """The results under those of the keys that are known."""
        # What is on its way is looked at first: once it isn't there any more, the ledger has it.
        on_their_way = self.on_their_way
        early = {key: on_their_way[key] for key in keys if key in on_their_way}
        if early:
            keys = [key for key in keys if key not in early]
        with self._lock:
            kept = self.ledger.get_all(keys)
        return {key: Result(*found) for key, found in kept.items()} | early

    def learn(self, kept: Kept) -> None:
        """Take another connection's word for what it has kept."""
        with self._lock:
            self.ledger.learn(kept)


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
    """Rows on their way through one window.

    Attributes:
        rows: Those of the window, in their order.
        outcomes: Of the rows that the model must see, what is clear already; None for the others.
        encoded: Those others, by their place among the rows that the model must see.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        task: Task[Any, Any],
        parameters: Parameters,
        known: Known | None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """Read all rows, look them up, and encode those that the model must see.

        Args:
            look: Called now and then; what it raises leaves the window.

        Raises:
            GolemError: The fault is not a row's.
        """
        self.rows: list[Row] = []
        self._source = rows
        self._task = task
        self._parameters = parameters
        self._look = look
        self._known = known
        # Without a ledger equal rows of a window are still told by their content.
        self._scope = known.scope if known else b""
        self._results: list[Result | None] = []
        self._first: dict[bytes, int] = {}
        self._computing: dict[int, bytes] = {}
        self._repeated: dict[int, int] = {}
        self._found = 0
        self.outcomes, self.encoded = encode_all(task, self._to_compute(), parameters)

    def work(
        self,
        *,
        budget: Budget | None = None,
        keep_going: Callable[[int, int], bool] = lambda *_: True,
    ) -> Window | None:
        """Take the window through the model.

        Args:
            budget: Of the run's batches, which learns from this window.
            keep_going: Called after every batch with the rows done and the rows of the window;
                False leaves it.

        Returns:
            The window, or None if ``keep_going`` said so before its end, or the model was left.

        Raises:
            GolemError: The fault is not a row's.
        """
        if self._known is not None:
            self.take(self._known.on_their_way)
        rows = len(self.rows)
        settled = rows - len(self.outcomes)
        outcomes = predict_encoded(
            self._task,
            self.outcomes,
            self.encoded,
            self._parameters,
            budget or Budget.of(self._task.limits),
            lambda computed: keep_going(settled + computed, rows),
        )
        return None if outcomes is None else self.close(outcomes)

    def ready(self) -> dict[bytes, Result]:
        """What was computed of a window that was left before its end, for the ledger."""
        found = zip(self._computing.items(), self.outcomes, strict=True)
        return {
            key: result_of(outcome)
            for (place, key), outcome in found
            if outcome is not None and outcome.error is None and self._results[place] is None
        }

    def take(self, results: Mapping[bytes, Result]) -> None:
        """Take what has come to be known since the rows were looked up."""
        news = [(at, key) for at, key in enumerate(self._computing.values()) if key in results]
        places = list(self._computing) if news else []
        for at, key in news:
            self._results[places[at]] = results[key]
            self.outcomes[at] = Outcome(None, "Known.")
            self.encoded.pop(at, None)
            self._found += 1

    def _to_compute(self) -> Iterator[Row]:
        """The rows that the model must see, with their content."""
        content = self._task.content
        content_is_kept = content == "text"
        for some in chunks(self._source, HELD_TOGETHER[content]):
            self._look()
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
            if self._results[place] is not None:
                continue  # known since
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


def windows(rows: Iterator[Row], size: int) -> Iterator[Iterator[Row]]:
    """The rows in runs of ``size``; each must be used up before the next."""
    while (first := next(rows, None)) is not None:
        yield chain([first], islice(rows, size - 1))
