"""A dataset of the Hub, streamed: no more of it is fetched than is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from golems.base import Row
from golems.datasets.hub_access import HubFile, HubRepo, NoRevision, read_repo
from golems.datasets.hub_files import DEFAULT, Layout, choose, lay_out
from golems.datasets.names import printable
from golems.datasets.parquet_rows import ParquetRows
from golems.datasets.table import Record, Table
from golems.errors import BadInput

PREFIX = "hub:"
# Where the Hub keeps what it has converted from other formats by itself.
_CONVERTED = "refs/convert/parquet"
_BUFFER_MB = 4
_SAMPLE_RECORDS = 100


class HubDataset(Table):
    """One split of a dataset in Parquet, or of the Hub's own conversion to it.

    Pictures are left as bytes; nothing of the dataset is run or decoded here.
    """

    kind = "hub"

    def __init__(
        self,
        address: str,
        *,
        config: str | None = None,
        split: str | None = None,
        revision: str | None = None,
        column: str | None = None,
        limit: int | None = None,
        texts: bool = False,
    ) -> None:
        """Ask the Hub what there is, and read the first file's footer.

        Args:
            address: ``hub:owner/name``.
            config: Needed where there are several and none is called ``default``.
            split: ``train`` when None, or the first one.
            revision: A branch, tag or commit; ``main`` when None.
            column: The column that holds the content; guessed when None.
            limit: Read only the first ``limit`` rows.

        Raises:
            BadInput: It has no such config, split or column, or nothing in Parquet.
            HubError: Unknown, gated, offline, or the Hub can't be reached.
        """
        self._id = dataset_id(address)
        super().__init__(Path(self.address), limit=limit)
        self._texts = texts
        self.name = printable(self._id)
        repo, layout = find_files(self._id, revision)
        self._repo = repo
        self.config = choose("config", config, list(layout), DEFAULT, self.name)
        splits = layout[self.config]
        self.split = choose("split", split, list(splits), "train", self.name)
        self._files = splits[self.split]
        self._numbers: dict[int, int] = {}
        first = self._open(0)
        self.columns, self.pictures = first.columns, first.pictures
        self.classes, self.types = first.classes, first.types
        if not self.columns:
            raise BadInput(f"{self.name} has no columns.")
        others = [name for name in splits if name != self.split]
        read = f"Read from the Hub: split {self.split!r} of {self.name} at {repo.commit[:8]}"
        read += f"; other splits: {', '.join(others)}." if others else "."
        sample: list[Record] = []
        if column is None and not self.pictures:
            sample = list(islice(first.records(None), _SAMPLE_RECORDS))
        self.notes = (read, *first.notes, *self._choose_column(column, sample))

    @property
    def address(self) -> str:
        return f"{PREFIX}{self._id}"

    def count(self) -> int:
        """Count the rows by the files' footers, as many of them as the limit asks for."""
        total = 0
        for number in range(len(self._files)):
            total += self._number(number)
            if self.limit is not None and total >= self.limit:
                return self.limit
        return total

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the rows at some places; parts of files without any of them aren't fetched."""
        offset = 0
        for number in range(len(self._files)):
            end = offset + self._number(number)
            inside = [place for place in places if offset <= place < end]
            if inside:
                only = [place - offset for place in inside]
                records = self._open(number).records(self.column, offset=offset, only=only)
                for place, record in zip(inside, records, strict=True):
                    yield self._row(place, self._fitted(record))
            offset = end

    def _options(self) -> dict[str, Any]:
        return {"config": self.config, "split": self.split, "revision": self._repo.commit}

    def _records(self) -> Iterator[Record]:
        offset = 0
        for number in range(len(self._files)):
            rows = self._open(number)
            yield from map(self._fitted, rows.records(self.column, offset=offset))
            offset += rows.number

    def _fitted(self, record: Record) -> Record:
        """A record under the columns of the first file, whatever its own file has."""
        if tuple(record.fields) == self.columns:
            return record
        fields = {name: record.fields.get(name) for name in self.columns}
        return Record(record.where, fields, record.error, record.data)

    def _number(self, number: int) -> int:
        if number not in self._numbers:
            self._open(number)
        return self._numbers[number]

    def _open(self, number: int) -> ParquetRows:
        import pyarrow as pa

        path = self._files[number]
        try:
            rows = ParquetRows(HubFile(self._repo, path), buffer_mb=_BUFFER_MB, texts=self._texts)
        except pa.ArrowException as error:
            raise BadInput(
                f"{printable(path)} in {self.name} is not a Parquet file, or it is damaged."
            ) from error
        self._numbers[number] = rows.number
        return rows


def dataset_id(address: str) -> str:
    """The id in an address such as ``hub:owner/name``.

    Raises:
        BadInput: There is none.
    """
    found = address.removeprefix(PREFIX).strip("/")
    if not found:
        raise BadInput(f"{address!r} names no dataset; those of the Hub are hub:owner/name.")
    return found


def find_files(name: str, revision: str | None) -> tuple[HubRepo, Layout]:
    """Find a dataset's Parquet files, its own or those that the Hub has made of it.

    Args:
        name: ``owner/name``.
        revision: A branch, tag or commit; ``main`` when None.

    Returns:
        Where they are, and config -> split -> paths.

    Raises:
        BadInput: There are none.
        HubError: Unknown, gated, offline, or the Hub can't be reached.
    """
    repo = read_repo(name, revision)
    layout = lay_out(list(repo.sizes), repo.configs)
    if not layout and revision in (None, "main"):
        with suppress(NoRevision):
            repo = read_repo(name, _CONVERTED)
            layout = lay_out(list(repo.sizes), [])
    if not layout:
        raise BadInput(
            f"The dataset {name} has no Parquet files on the Hub, and those are what is streamed; "
            "download it and give its files."
        )
    return repo, layout


def hub_splits(address: str, revision: str | None = None) -> dict[str, tuple[str, ...]]:
    """Ask which configs and splits a dataset of the Hub has.

    Args:
        address: ``hub:owner/name``.
        revision: A branch, tag or commit; ``main`` when None.

    Returns:
        Config -> its splits, in the Hub's order.

    Raises:
        BadInput: It has nothing in Parquet.
        HubError: Unknown, gated, offline, or the Hub can't be reached.
    """
    _, layout = find_files(dataset_id(address), revision)
    return {config: tuple(splits) for config, splits in layout.items()}
