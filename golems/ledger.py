"""The ledger: results already known, so that nothing is computed twice.

A result is kept under a digest of the row's content and of everything that decides what the golem
says about it: task, weights, parameters and precision. It is a cache: emptying it loses time only.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from filelock import FileLock

from golems.errors import LedgerError
from golems.settings import settings

FORMAT = 1  # counted up when a task's results mean something else than before
EVICTED = 32  # of 256 first bytes of keys: an eighth of the results, at a time
ASKED_TOGETHER = 256  # keys of one question; SQLite allows 999 or more
compact = json.JSONEncoder(separators=(",", ":")).encode
PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    # Without waiting for the disk: after a power cut the last results may be missing, never wrong.
    "PRAGMA synchronous = NORMAL",
)


def scope(
    task: str, commit: str, parameters: Mapping[str, Any], precision: str, handler: str = ""
) -> bytes:
    """What all rows of a run have in common, as a digest of 32 bytes.

    Args:
        commit: The Hub's commit of the weights, or their digest.
        handler: Digest of a person's own code around the model; empty where there is none.
    """
    said = json.dumps([FORMAT, task, commit, dict(parameters), precision, handler], sort_keys=True)
    return hashlib.sha256(said.encode()).digest()


def key_of(common: bytes, content: str | bytes) -> bytes:
    """The key of one row's result, 20 bytes: a clash among 10**12 rows has odds of 10**-24."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=20, key=common).digest()


def remove() -> None:
    """Forget everything, also where the file is damaged.

    Raises:
        LedgerError: It can't be deleted.
    """
    path = settings().home / "ledger" / "ledger.sqlite"
    try:
        with Ledger() as ledger:
            ledger.empty()
    except LedgerError:
        try:
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise LedgerError(f"{path} can't be deleted: {error.strerror}.") from error


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
        self.path = path or settings().home / "ledger" / "ledger.sqlite"
        self.max_bytes = int((max_mb or settings().ledger_mb) * 1e6)
        with self._in_words():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite doesn't wait for its turn while a new file's kind is being settled.
            with FileLock(self.path.with_suffix(".lock")):
                self._database = sqlite3.connect(
                    self.path, isolation_level=None, timeout=60, check_same_thread=False
                )
                for pragma in PRAGMAS:
                    self._database.execute(pragma)
                self._database.execute(
                    "CREATE TABLE IF NOT EXISTS results "
                    "(key BLOB PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
                )

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
        with self._in_words():
            for start in range(0, len(keys), ASKED_TOGETHER):
                some = keys[start : start + ASKED_TOGETHER]
                # The text has one form for each number of keys, which SQLite keeps prepared.
                marks = ",".join("?" * len(some))
                rows = self._database.execute(
                    f"SELECT key, value FROM results WHERE key IN ({marks})", some
                ).fetchall()
                values = json.loads(f"[{','.join([value for _, value in rows])}]")
                known.update(zip([key for key, _ in rows], map(list, values), strict=True))
        return known

    def put(self, results: Mapping[bytes, list[Any]]) -> None:
        """Keep results, all or none; those already known stay as they are."""
        if not results:
            return
        # In the order of the keys, which is the file's: fewer of its pages are touched.
        rows = [(key, compact(results[key])) for key in sorted(results)]
        with self._in_words():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._database.executemany("INSERT OR IGNORE INTO results VALUES (?, ?)", rows)
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        if self.size_bytes() > self.max_bytes:
            self._evict()

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
        with self._in_words():
            self._database.execute("DELETE FROM results")
            self._give_room_back()

    def _evict(self) -> None:
        """Forget until there is room: keys are digests, so a range of them is a random choice."""
        with self._in_words():
            for first in secrets.SystemRandom().sample(range(0, 256, EVICTED), 256 // EVICTED):
                past = bytes([first + EVICTED]) if first + EVICTED < 256 else b"\xff" * 21
                self._database.execute(
                    "DELETE FROM results WHERE key >= ? AND key < ?", (bytes([first]), past)
                )
                if self.size_bytes() <= self.max_bytes:
                    break
            self._give_room_back()

    def _give_room_back(self) -> None:
        # Frees a page a step, and only a script is stepped to its end.
        self._database.executescript("PRAGMA incremental_vacuum")
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

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
