"""JSON as a dataset: one object a line, or one list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from golems.datasets.column_types import types_of_json
from golems.datasets.csv_columns import unique_names
from golems.datasets.json_elements import (
    Element,
    line_elements,
    list_elements,
    written_values,
)
from golems.datasets.json_values import find_end, skip_space
from golems.datasets.json_wrapped import MOST_MILLION_CHARS, Wrapping, whole_object, wrapping_of
from golems.datasets.packed import UNREADABLE, unreadable
from golems.datasets.table import SAMPLE_RECORDS, Record, Table
from golems.datasets.text_encoding import bad_bytes
from golems.datasets.text_source import TextSource
from golems.errors import BadInput

JsonKind = Literal["jsonl", "json"]
# The columns are the keys of this many records.
_COLUMN_RECORDS = 1000
# As in CSV: a record may be as large as this many cells of the largest size.
_CELLS_PER_RECORD = 4


def why_broken(text: str) -> str | None:
    """What is wrong with a JSON text and where; None where it is one, or too deep to tell."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return (
            f"line {error.lineno}, column {error.colno}: {error.msg.removesuffix(' starting at')}"
        )
    except RecursionError:
        return None
    return None


class JsonFile(Table):
    """Records of JSON objects; a missing key or null is an empty cell.

    Strings are decoded; numbers, lists and objects stay as they are written.
    """

    def __init__(
        self,
        path: Path,
        *,
        kind: JsonKind,
        max_cell_mb: float,
        column: str | None = None,
        encoding: str | None = None,
        limit: int | None = None,
    ) -> None:
        """Look at the file's beginning: its layout and the columns of its first records.

        Args:
            path: An existing file.
            kind: ``jsonl``, or ``json`` for a list; a ``json`` file with an object a line is found.
            max_cell_mb: A quarter of the largest record, in millions of characters.
            column: The column that holds the content; guessed when None.
            encoding: Any that Python knows; guessed when None.
            limit: Read only the first ``limit`` rows.

        Raises:
            BadInput: It holds no JSON objects or can't be read; or an option doesn't fit it.
        """
        super().__init__(path, limit=limit)
        self._max_chars = int(max_cell_mb * 1e6) * _CELLS_PER_RECORD
        self._source = TextSource(path, self.name, encoding)
        sample = self._source.sample
        first = sample[skip_space(sample, 0) :][:1]
        may_be_object = kind == "json" and first == "{" and self._source.whole
        self._broken = why_broken(sample) if may_be_object else None
        self._wrapping = self._find_wrapping(sample, may_be_a_row=kind == "jsonl")
        self._source.forget_sample()
        if not first:
            raise BadInput(f"{self.name} is empty; it needs JSON objects.")
        listed = kind == "json" and first == "["
        self.kind = "json" if listed or self._wrapping else "jsonl"
        found = self._first_elements(listed=kind == "json")
        keys = list(dict.fromkeys(key for element in found for key in element.members))
        self.columns, notes = unique_names(keys)
        self._names = dict(zip(keys, self.columns, strict=True))
        types = types_of_json(written_values(element) for element in found[:SAMPLE_RECORDS])
        self.types = {self._names[key]: kind for key, kind in types.items()}
        layout = "a list of objects" if self.kind == "json" else "an object a line"
        if self._wrapping:
            layout = self._wrapping.layout
        records = [self._record(element) for element in found[:SAMPLE_RECORDS]]
        guessed = self._choose_column(column, records)
        more = (
            (
                f"The columns are those of the first {_COLUMN_RECORDS:,} records; keys that only "
                "later ones have are left out.",
            )
            if len(found) == _COLUMN_RECORDS
            else ()
        )
        read = f"Read as {self._source.encoding_name}, JSON with {layout}."
        self.notes = (read, *self._source.notes, *notes, *guessed, *more)

    def _find_wrapping(self, sample: str, *, may_be_a_row: bool) -> Wrapping | None:
        """How the file's one object wraps its rows; None where it is no single object.

        Raises:
            BadInput: It could be read in several ways.
        """
        start = skip_space(sample, 0)
        if sample[start : start + 1] != "{":
            return None
        if not self._source.whole:
            if find_end(sample, start) is not None:
                return None  # and more values follow
            sample = self._whole_text()
        text = whole_object(sample)
        if text is None or bad_bytes(text):
            return None
        return wrapping_of(text, self.name, may_be_a_row=may_be_a_row)

    def _whole_text(self) -> str:
        """The file's text as far as it is held in memory."""
        with self._source.open() as file:
            return file.read(MOST_MILLION_CHARS * 1_000_000)

    def _first_elements(self, *, listed: bool) -> list[Element]:
        found = list(islice(self._elements(), _COLUMN_RECORDS))
        if any(element.members for element in found):
            return found
        if listed and self.kind == "jsonl":
            if self._broken:
                raise BadInput(f"{self.name} is no JSON: {self._broken}.")
            raise BadInput(
                f"{self.name} is one JSON object; what is read is a list of objects, or an object "
                "a line (.jsonl). Save its records so."
            )
        reason = f" {found[0].error}" if found and found[0].error else ""
        raise BadInput(f"{self.name} holds no JSON objects with values.{reason}")

    def _options(self) -> dict[str, Any]:
        return {"encoding": self._source.encoding}

    def _elements(self) -> Iterator[Element]:
        read = line_elements if self.kind == "jsonl" else list_elements
        try:
            if self._wrapping:
                yield from self._wrapping.read(whole_object(self._whole_text()) or "")
                return
            yield from read(
                self._source.open, max_chars=self._max_chars, encoding=self._source.encoding_name
            )
        except UNREADABLE as error:
            raise unreadable(self.path, error) from error

    def _records(self) -> Iterator[Record]:
        return map(self._record, self._elements())

    def _record(self, element: Element) -> Record:
        members = element.members
        fields = {name: members.get(key) for key, name in self._names.items()}
        return Record(element.where, fields, element.error)
