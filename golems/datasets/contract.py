"""What every kind of dataset offers, whatever it is read from."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from golems.base import Row
from golems.datasets.names import printable
from golems.errors import BadInput


class Dataset(ABC):
    """Rows in a fixed order, read as a stream as often as asked.

    Attributes:
        kind: ``csv``, ``image``, ``image-folder`` or ``zip``.
        path: Where it is read from.
        name: Its file or folder name.
        columns: Names of the original columns in their order, each one once.
        column: The column that holds the content; None for pictures.
        notes: What was found or guessed on opening, in plain sentences.
        limit: Only the first ``limit`` rows are read; None for all.
    """

    kind: str

    def __init__(self, path: Path, *, limit: int | None = None) -> None:
        if limit is not None and limit < 1:
            raise BadInput(f"A limit of {limit} rows leaves nothing; use 1 or more.")
        self.path = path
        self.name = printable(path.name or str(path))
        self.limit = None if limit is None else min(limit, sys.maxsize)
        self.columns: tuple[str, ...] = ()
        self.column: str | None = None
        self.notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Stream the rows from the first one, with memory that doesn't grow with their number.

        Returns:
            The rows in file order. One that can't be read has no content and says why in ``error``.

        Raises:
            BadInput: The file as a whole can't be read any more.
        """
        return islice(self._stream(), self.limit)

    def preview(self, n: int) -> list[Row]:
        """Read the first n rows, or all if there are fewer."""
        return list(islice(self.rows(), min(n, sys.maxsize)))

    @abstractmethod
    def count(self) -> int:
        """Count the rows that ``rows`` gives, exactly."""

    @abstractmethod
    def _stream(self) -> Iterator[Row]:
        """Stream all the rows, whatever the limit."""
