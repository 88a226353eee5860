"""Where each result lies: an index on disk that takes many in at once, and the rest in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

TOGETHER = 256  # rows of one statement; SQLite allows 999 values or more
INDEXED_TOGETHER = 65_536


def slices(some: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """What there is, in as many pieces as there are statements; most have one size.

    SQLite keeps a statement prepared, so it had better be the same one each time.
    """
    return (some[start : start + TOGETHER] for start in range(0, len(some), TOGETHER))


def marks(values: Sequence[Any]) -> str:
    """A question mark for each value."""
    return ",".join("?" * len(values))


def numbers(joined: str | None) -> Iterator[int]:
    """The numbers that ``group_concat`` has joined."""
    return map(int, joined.split(",")) if joined else iter(())


class Index:
    """Ids of results by their digests, as one connection sees them within a transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._new: dict[int, int] = {}  # digest -> id of those that aren't in the index yet
        # Largest id in memory or in the index; in the index; smallest id of all.
        self._seen = self._indexed = self._first = 0

    def ids(self, digests: Sequence[int]) -> dict[int, int]:
        """Digest -> id, of those that are known."""
        found = {digest: self._new[digest] for digest in digests if digest in self._new}
        for some in slices([digest for digest in digests if digest not in found]):
            found |= self._pairs(
                "SELECT group_concat(digest), group_concat(id) FROM places "
                f"WHERE digest IN ({marks(some)})",
                some,
            )
        return found

    def places(self, digests: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
        """Conditions for SQL, with their values, of the rows that are known under digests."""
        in_memory = [self._new[digest] for digest in digests if digest in self._new]
        for some in slices(sorted(in_memory)):
            yield f"WHERE id IN ({marks(some)})", some
        for some in slices([digest for digest in digests if digest not in self._new]):
            yield f"WHERE id IN (SELECT id FROM places WHERE digest IN ({marks(some)}))", some

    def _pairs(self, query: str, values: Sequence[int]) -> dict[int, int]:
        digests, ids = self._database.execute(query, values).fetchone()
        return dict(zip(numbers(digests), numbers(ids), strict=True))

    def _number(self, query: str) -> int:
        return int(self._database.execute(query).fetchone()[0] or 0)

    def learn(self, digests: Sequence[int], first: int) -> None:
        """Results just written, with ids from ``first``; left to ``refresh`` if some came before"""
        if digests and first == self._seen + 1:
            self._new.update(zip(digests, count(first), strict=False))
            self._seen += len(digests)

    def refresh(self) -> bool:
        """Bring what is held in memory up to date with what others did.

        Returns:
            Whether there are results that weren't known of before.
        """
        indexed = self._number("SELECT max(id) FROM indexed")
        first = self._number("SELECT min(id) FROM results")
        is_news = indexed > self._seen  # put and taken into the index since the last look
        if (indexed, first) != (self._indexed, self._first):
            # Without a first one everything was forgotten.
            past = max(indexed + 1, first) if first else self._seen + 1
            self._new = {digest: at for digest, at in self._new.items() if at >= past}
            self._indexed, self._first = indexed, first
            self._seen = max(self._seen, indexed)
        found = self._pairs(
            "SELECT group_concat(digest), group_concat(id) FROM "
            "(SELECT digest, id FROM results WHERE id > ? ORDER BY id)",
            [self._seen],
        )
        if found:
            self._new |= found
            self._seen = max(found.values())
        return is_news or bool(found)

    def _waiting(self) -> int:
        """How many results aren't in the index."""
        return self._number("SELECT max(id) FROM results") - self._indexed

    def take_in(self) -> None:
        """Take into the index what it lacks, once that is much. Every page is written once then."""
        if self._waiting() < INDEXED_TOGETHER:
            return
        self._database.execute(
            "INSERT OR IGNORE INTO places SELECT digest, id FROM results WHERE id > ? "
            "ORDER BY digest, id",
            (self._indexed,),
        )
        self._database.execute("DELETE FROM indexed")
        self._database.execute("INSERT INTO indexed SELECT max(id) FROM results")
