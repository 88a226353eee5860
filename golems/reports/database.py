"""The DuckDB database that all reports of this process are counted in."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock

import duckdb

from golems.runs.segments import BROKEN

# Of all who ask at the same time; one of them rarely needs a fifth of it.
MEMORY, THREADS = "1GB", 2
SPILLED = ".spilled"  # folder, beside the runs, for what doesn't fit in there

_opening = Lock()


@contextmanager
def connection(spilled: Path, *, apart: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with temporary tables and views of its own, which end with it.

    To open a database anew takes longer than most questions do, so there is one for all; its
    memory, and so that of all who ask at the same time, is bounded.

    Args:
        spilled: Folder for what doesn't fit in there; it is made when there is something.
        apart: In a database of its own, whose threads have the priority of the one that asks.
    """
    if apart:
        with _open(spilled) as mine:
            yield mine
        return
    with _opening:
        mine = _database(spilled).cursor()
    try:
        with mine:
            yield mine
    except Exception as error:
        if isinstance(error, BROKEN) or isinstance(error.__cause__, BROKEN):
            _database.cache_clear()
        raise


def open_database(spilled: Path) -> None:
    """Open the database before somebody asks; the first one of a process takes a tenth second."""
    with _opening:
        _database(spilled).execute("SELECT 1")


@lru_cache(maxsize=1)
def _database(spilled: Path) -> duckdb.DuckDBPyConnection:
    return _open(spilled)


atexit.register(_database.cache_clear)  # closed before DuckDB's library is


def _open(spilled: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": str(spilled),
            # Files that were read are the system's to keep.
            "enable_external_file_cache": False,
        }
    )
