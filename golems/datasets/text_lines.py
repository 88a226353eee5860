"""A file of plain text as a dataset: one row a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golems.datasets.csv_columns import TEXT_NAMES, find_column
from golems.datasets.csv_delimiter import guess_dialect, named_delimiter, sample_records
from golems.datasets.csv_lines import Lines
from golems.datasets.csv_records import NO_DELIMITER
from golems.datasets.packed import UNREADABLE, unreadable
from golems.datasets.table import Record, Table
from golems.datasets.text_encoding import bad_bytes, without_bad_bytes
from golems.datasets.text_source import TextSource
from golems.errors import BadInput

COLUMN = "text"
# A table has this share of rows with as many cells as its first one.
_SAME_WIDTH = 0.9
_KEPT_CHARS = 1000


class TextLines(Table):
    """Every line of a text is a row, without its line end; quotes and commas mean nothing.

    A blank line is an empty text, except at the end of the file.
    """

    kind = "lines"

    def __init__(
        self,
        path: Path,
        *,
        max_cell_mb: float,
        column: str | None = None,
        encoding: str | None = None,
        limit: int | None = None,
    ) -> None:
        """Look at the file's beginning.

        Args:
            path: An existing file.
            max_cell_mb: Longest line, in millions of characters.
            column: None, or ``text``, the only column there is.
            encoding: Any that Python knows; guessed when None.
            limit: Read only the first ``limit`` rows.

        Raises:
            BadInput: It is empty, no text, or can't be read; or an option doesn't fit it.
        """
        super().__init__(path, limit=limit)
        self._max_chars = int(max_cell_mb * 1e6)
        self._source = TextSource(path, self.name, encoding)
        self.columns = (COLUMN,)
        self.column = find_column(column or COLUMN, self.columns, self.name)
        if not self._source.sample.strip():
            raise BadInput(f"{self.name} is empty; it needs lines of text.")
        self._source.forget_sample()
        self.notes = (
            f"Read as {self._source.encoding_name}, one text a line.",
            *self._source.notes,
        )

    def _options(self) -> dict[str, Any]:
        return {"encoding": self._source.encoding}

    def _records(self) -> Iterator[Record]:
        blank: list[int] = []
        try:
            with Lines(self._source.open, max_chars=self._max_chars) as lines:
                while line := lines.take():
                    number = lines.number
                    text = line.rstrip("\r\n")
                    if not text.strip():
                        # Rows only if a text follows.
                        blank.append(number)
                        continue
                    yield from (Record(f"Line {place:,}", {COLUMN: ""}) for place in blank)
                    blank.clear()
                    yield self._record(f"Line {number:,}", text, cut=lines.is_cut(line))
                    while lines.is_cut(line) and (line := lines.take()):
                        pass
        except UNREADABLE as error:
            raise unreadable(self.path, error) from error

    def _record(self, where: str, text: str, *, cut: bool) -> Record:
        if cut:
            return Record(
                where,
                {COLUMN: without_bad_bytes(text[:_KEPT_CHARS])},
                f"{where} is longer than the {self._max_chars:,} characters that are read "
                f"(PANTHEON_MAX_CELL_MB); kept are {_KEPT_CHARS:,}.",
            )
        if bad := bad_bytes(text):
            name = self._source.encoding_name
            fields: dict[str, str | None] = {COLUMN: without_bad_bytes(text)}
            return Record(where, fields, f"{where} has the byte 0x{bad[0]:02X}: not valid {name}.")
        return Record(where, {COLUMN: text})


def looks_like_table(path: Path, encoding: str | None) -> bool:
    """Whether a ``.txt`` is clearly a table: cells in columns, or one column under its name.

    Raises:
        BadInput: It is no text or can't be read.
    """
    source = TextSource(path, path.name, encoding)
    if named_delimiter(source.sample)[0] is not None:
        return True
    dialect = guess_dialect(source.sample, whole=source.whole)
    delimiter = dialect.delimiter
    records = [
        record.cells for record in sample_records(source.sample, dialect, whole=source.whole)
    ]
    if not records:
        return False
    first = records[0]
    if delimiter == NO_DELIMITER:
        return len(records) > 1 and first[0].strip().casefold() in TEXT_NAMES
    same = sum(len(cells) == len(first) for cells in records) / len(records)
    # In prose, commas are followed by spaces.
    spaced = any(cell.startswith(" ") for cells in records for cell in cells[1:])
    return same >= _SAME_WIDTH and (delimiter != "," or not spaced)
