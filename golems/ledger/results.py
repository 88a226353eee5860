"""The file of results, which several processes may use at once.

New results are appended, which costs little however many there are; see ``index`` for the finding.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from filelock import FileLock

from golems.errors import LedgerError
from golems.ledger.index import Index, slices
from golems.ledger.keys import KEY_BYTES, digests_of
from golems.ledger.values import as_json
from golems.settings import settings

EVICTED = 8  # the oldest eighth of the results, at a time
PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    # Without waiting for the disk: after a power cut the last results may be missing, never wrong.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA cache_size = -8000",
)
# Counted up when the tables or the results change; those of another layout are forgotten.
LAYOUT = 2
TABLES = (
    # An id is never given twice, so one that is remembered means this result or none.
    "CREATE TABLE IF NOT EXISTS results (id INTEGER PRIMARY KEY AUTOINCREMENT, "
    "digest INTEGER NOT NULL, key BLOB NOT NULL, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS places (digest INTEGER PRIMARY KEY, id INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS indexed (id INTEGER NOT NULL)",
)


def usual_place() -> Path:
    """The ledger's file in the home folder."""
    return settings().home / "ledger" / "ledger.sqlite"


def remove() -> None:
    """Forget everything, also where the file is damaged.

    Raises:
        LedgerError: It can't be deleted.
    """
    path = usual_place()
    try:
        with Ledger() as ledger:
            ledger.empty()
    except LedgerError:
        try:
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(f"{path} can't be deleted: {error.strerror}.") from error


class Kept(NamedTuple):
    """Results that were kept.

    Attributes:
        digests: Of their keys.
        first: Id of the first one; the others follow on it.
    """

    digests: list[int]
    first: int


class Ledger:
    """Results by key, in one SQLite file that several processes may use at once.

    Raises:
        LedgerError: From every method: the file is damaged, or can't be read or written.
    """

    def __init__(self, path: Path | None = None, *, max_mb: float | None = None) -> None:
        """Open the ledger, or make an empty one.

        Args:
            path: The file; None for the one in the home folder.
            max_mb: The most room it takes on disk; None for the setting.
        """
        self.path = path or usual_place()
        self.max_bytes = int((max_mb or settings().ledger_mb) * 1e6)
        with self._in_words():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite doesn't wait for its turn while a new file's kind is being settled.
            with FileLock(self.path.with_suffix(".lock")):
                self._database = sqlite3.connect(
                    self.path, isolation_level=None, timeout=60, check_same_thread=False
                )
                for statement in PRAGMAS:
                    self._database.execute(statement)
                self._make_tables()
            self._index = Index(self._database)

    def _make_tables(self) -> None:
        [layout] = self._database.execute("PRAGMA user_version").fetchone()
        if layout != LAYOUT:
            for name in ("results", "places", "indexed"):
                self._database.execute(f"DROP TABLE IF EXISTS {name}")
        for statement in TABLES:
            self._database.execute(statement)
        self._database.execute(f"PRAGMA user_version = {LAYOUT}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def get(self, key: bytes) -> list[Any] | None:
        """The result under a key; None where it isn't known."""
        return self.get_all([key]).get(key)

    def get_all(self, keys: Sequence[bytes]) -> dict[bytes, list[Any]]:
        """The results under those of the keys that are known."""
        known: dict[bytes, list[Any]] = {}
        with self._transaction("BEGIN"):
            self._index.refresh()
            for where, values in self._index.places(digests_of(keys)):
                # In one row: each further one would let other threads have their turn.
                found, results = self._database.execute(
                    f"SELECT group_concat(hex(key), ''), group_concat(value) FROM results {where}",
                    values,
                ).fetchone()
                if found:
                    joined = bytes.fromhex(found)
                    starts = range(0, len(joined), KEY_BYTES)
                    of = (joined[start : start + KEY_BYTES] for start in starts)
                    known.update(zip(of, json.loads(f"[{results}]"), strict=True))
        if not known or len(known) == len(keys):
            return known
        return {key: known[key] for key in keys if key in known}

    def put(self, results: Mapping[bytes, Sequence[Any]], *, are_new: bool = False) -> Kept:
        """Keep results, all or none; those already known stay as they are.

        Args:
            results: Key -> texts, numbers and None.
            are_new: A moment ago none of them was known; then they are only looked up again where
                others have kept something since this connection did.

        Returns:
            What was kept, for ``learn``.
        """
        if not results:
            return Kept([], 0)
        values = as_json(results.values())
        rows = dict(zip(digests_of(results), zip(results, values, strict=True), strict=True))
        with self._transaction("BEGIN IMMEDIATE"):
            others_were_here = self._index.refresh()
            known = self._index.ids(list(rows)) if others_were_here or not are_new else {}
            new = [(digest, *row) for digest, row in rows.items() if digest not in known]
            last = 0
            for some in slices(new):
                marks = ",".join(["(?,?,?)"] * len(some))
                last = (
                    self._database.execute(
                        f"INSERT INTO results (digest, key, value) VALUES {marks}",
                        [value for row in some for value in row],
                    ).lastrowid
                    or 0
                )
            kept = Kept([digest for digest, *_ in new], last - len(new) + 1)
            self._index.learn(*kept)
            self._index.take_in()
        if self.size_bytes() > self.max_bytes:
            self._evict()
        return kept

    def learn(self, kept: Kept) -> None:
        """Take another connection's word for what it has kept, which spares a look."""
        self._index.learn(*kept)

    def count(self) -> int:
        """How many results are known."""
        with self._in_words():
            return int(self._database.execute("SELECT count(*) FROM results").fetchone()[0])

    def size_bytes(self) -> int:
        """Room the results take on disk, without the log of the last changes."""
        with self._in_words():
            pages, size, free = (
                self._database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "page_size", "freelist_count")
            )
            return int((pages - free) * size)

    def empty(self) -> None:
        """Forget everything and give the room back."""
        with self._transaction("BEGIN IMMEDIATE"):
            self._database.execute("DELETE FROM results")
            self._database.execute("DELETE FROM places")
        with self._in_words():
            self._give_room_back()

    def _evict(self) -> None:
        """Forget the oldest until there is room."""
        with self._in_words():
            while self.size_bytes() > self.max_bytes:
                with self._transaction("BEGIN IMMEDIATE"):
                    first, last = self._database.execute(
                        "SELECT min(id), max(id) FROM results"
                    ).fetchone()
                    if first is None:
                        break
                    past = first + -(-(last - first + 1) // EVICTED)
                    self._database.execute("DELETE FROM results WHERE id < ?", (past,))
                    self._database.execute("DELETE FROM places WHERE id < ?", (past,))
            self._give_room_back()

    def _give_room_back(self) -> None:
        # Frees a page a step, and only a script is stepped to its end.
        self._database.executescript("PRAGMA incremental_vacuum")
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._in_words():
            self._database.execute(begin)
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise LedgerError(
                f"The ledger {self.path} can't be used: {why}. Empty it with `python -m golems "
                "ledger --empty`, or run without it (--no-ledger, or PANTHEON_LEDGER=false)."
            ) from error
