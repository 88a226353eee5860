"""A table read record by record: which column holds the content, and records as rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.csv_columns import describe_guess, find_column, guess_column

SAMPLE_RECORDS = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table.

    Attributes:
        where: Its place as a person finds it: ``Line 3``.
        fields: Every column in order; None where the record has nothing.
        error: Why the fields are not all, or not as in the file.
        data: What the content's column holds, if that is a picture's bytes.
    """

    where: str
    fields: dict[str, str | None]
    error: str | None = None
    data: bytes | None = None


class Table(Dataset):
    """Rows out of records: the content is what one column holds.

    Attributes:
        pictures: Columns that hold pictures' bytes rather than text.
    """

    column: str
    pictures: tuple[str, ...] = ()

    def __init__(self, path: Path, *, limit: int | None = None) -> None:
        super().__init__(path, limit=limit)

    def count(self) -> int:
        """Count the rows; reads the file once."""
        return sum(1 for _ in islice(self._records(), self.limit))

    @abstractmethod
    def _records(self) -> Iterator[Record]:
        """Stream all the records, one for every row."""

    def _stream(self) -> Iterator[Row]:
        for index, record in enumerate(self._records()):
            yield self._row(index, record)

    def _row(self, index: int, record: Record) -> Row:
        content = record.fields[self.column] if record.data is None else record.data
        error = record.error
        if error is None and content is None:
            error = f"{record.where} has nothing in column {self.column!r}."
        return Row(index, None if error else content, record.fields, error)

    def _choose_column(self, given: str | None, sample: Sequence[Record]) -> tuple[str, ...]:
        """Settle which column holds the content.

        Args:
            given: As chosen by a person; None to guess.
            sample: The first records.

        Returns:
            What to say of a guess.

        Raises:
            BadInput: There is no column of the given name.
        """
        if given is not None:
            self.column = find_column(given, self.columns, self.name)
            return ()
        if self.pictures and len(self.pictures) == len(self.columns):
            self.column = self.columns[0]
            return ()
        texts = [name for name in self.columns if name not in self.pictures]
        cells = [[record.fields[name] or "" for name in texts] for record in sample]
        self.column = guess_column(texts, cells)
        chosen = [record.fields[self.column] or "" for record in sample]
        return describe_guess(self.column, chosen, is_alone=len(self.columns) == 1)
