"""Which reader fits a path and a task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Literal

from golems.datasets.archive import PictureZip
from golems.datasets.contract import Dataset
from golems.datasets.csv_dialect import Blanks, Escape, LineEnd
from golems.datasets.csv_file import CsvFile
from golems.datasets.csv_header import HeaderChoice
from golems.datasets.excel_file import ExcelFile
from golems.datasets.folder import PictureFolder
from golems.datasets.hub_dataset import PREFIX, HubDataset
from golems.datasets.json_file import JsonFile
from golems.datasets.kinds import (
    OPTIONS,
    PICTURES,
    check_kind,
    check_options,
    kind_of,
    not_for_pictures,
    not_for_texts,
    table_or_lines,
)
from golems.datasets.names import refuse_unwritable
from golems.datasets.parquet_file import ParquetFile
from golems.datasets.picture_column import PictureColumn, guess_picture_column
from golems.datasets.pictures import PictureFile
from golems.datasets.sample import Sample
from golems.datasets.tar_archive import PictureTar
from golems.datasets.text_lines import TextLines
from golems.errors import BadInput
from golems.settings import settings

TaskKind = Literal["text", "image"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a table was asked for with."""

    kind: str
    column: str | None
    delimiter: str | None
    quote: str | None
    escape: Escape | None
    blanks: Blanks | None
    line_end: LineEnd | None
    encoding: str | None
    header: HeaderChoice
    sheet: str | None
    config: str | None
    split: str | None
    revision: str | None
    limit: int | None

    def options(self) -> dict[str, str | None]:
        """All that was asked for and that not every kind has; None where nothing was."""
        given = {name: getattr(self, name) for name in OPTIONS}
        return {**given, "header": None if self.header == "auto" else self.header}


def open_dataset(
    path: str | PathLike[str],
    *,
    task_kind: TaskKind,
    column: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: HeaderChoice = "auto",
    limit: int | None = None,
    kind: str | None = None,
    sheet: str | None = None,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    quote: str | None = None,
    escape: Escape | None = None,
    blanks: Blanks | None = None,
    line_end: LineEnd | None = None,
) -> Dataset:
    """Open the texts or pictures at a path, or in a dataset of the Hub.

    Args:
        path: A table (CSV, JSON, Parquet, Excel), a text file, or ``hub:owner/name``; for
            pictures also a picture, a folder, a ZIP or a tar archive.
        task_kind: What the golem reads.
        column: The column that holds the texts or pictures; guessed when None.
        delimiter: What separates a CSV's cells, one character, ``tab`` or ``none``; guessed when
            None.
        encoding: Encoding of a CSV, JSON or text file as Python names it; guessed when None.
        header: Whether the first row of a CSV or sheet holds the names of the columns.
        limit: Read only the first ``limit`` rows.
        kind: Which reader to use, such as ``lines``; by the path when None.
        sheet: Of an Excel file; the first one when None.
        config: Of a Hub dataset; needed where it has several.
        split: Of a Hub dataset; ``train`` or the first one when None.
        revision: Of a Hub dataset: a branch, tag or commit; ``main`` when None.
        sample: Read only so many rows, drawn with ``seed``, in file order.
        seed: Any whole number; the same one draws the same rows.
        quote: What is around a CSV's cells: ``double``, ``single`` or ``none``; guessed when None.
        escape: How a quote inside a CSV's cell is told: ``doubled`` or ``backslash``.
        blanks: Whether blanks behind a CSV's delimiter are part of the cell: ``keep`` or ``skip``.
        line_end: What ends a CSV's lines: ``lf`` (CRLF too) or ``cr``.

    Returns:
        A dataset; what was found and guessed is in its ``notes``.

    Raises:
        BadInput: There is nothing at the path, it isn't of a kind this task reads, it can't be
            read, or an option doesn't fit it.
        HubError: The Hub doesn't give the dataset, or can't be reached.
    """
    if limit is not None and sample is not None:
        raise BadInput(
            f"A limit ({limit}) and a sample ({sample}) were asked for; choose one of them."
        )
    if not fspath(path):
        raise BadInput("The path is empty; give a file or folder, or . for the current folder.")
    place = Path(path).expanduser()
    if kind == "hub" or str(place).startswith(PREFIX):
        kind, is_folder = "hub", False
    else:
        is_folder = _is_folder(place)
    found = check_kind(kind) if kind is not None else kind_of(place, is_folder=is_folder)
    if task_kind == "text" and (found is None or found in PICTURES):
        raise not_for_texts(place, found)
    if found is None:
        raise not_for_pictures(place, is_table=False)
    note = ""
    if kind is None and found == "lines" and place.name.lower().endswith((".txt", ".txt.gz")):
        of_table = (delimiter, column, quote, escape, blanks, line_end)
        as_table = header != "auto" or any(option is not None for option in of_table)
        found, note = table_or_lines(place, encoding, as_table=as_table)
    asked = _Asked(
        found, column, delimiter, quote, escape, blanks, line_end, encoding, header, sheet, config,
        split, revision, limit,
    )  # fmt: skip
    check_options(found, place, asked.options())
    if found in PICTURES:
        dataset = _open_pictures(place, found, limit)
    else:
        dataset = _with_task(place, asked, task_kind)
    if note:
        dataset.notes = (*dataset.notes, note)
    return dataset if sample is None else Sample(dataset, sample, seed)


def _is_folder(place: Path) -> bool:
    refuse_unwritable(place.absolute())
    try:
        if not place.exists():
            raise BadInput(f"There is no file or folder {place}; check the path.")
        return place.is_dir()
    except OSError as error:
        raise BadInput(f"{place} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadInput(f"{str(place)!r} is not a path: {error}.") from error


def _open_pictures(place: Path, kind: str, limit: int | None) -> Dataset:
    max_image_mb = settings().max_image_mb
    if kind == "image-folder":
        return PictureFolder(
            place, limit=limit, max_image_mb=max_image_mb, max_cell_mb=settings().max_cell_mb
        )
    if kind in ("zip", "tar"):
        archive = PictureZip if kind == "zip" else PictureTar
        return archive(
            place,
            limit=limit,
            max_image_mb=max_image_mb,
            max_archive_gb=settings().max_archive_gb,
        )
    return PictureFile(place, limit=limit, max_image_mb=max_image_mb)


def _with_task(place: Path, asked: _Asked, task_kind: TaskKind) -> Dataset:
    """Open a table; its content is pictures where that is what the task reads."""
    table = _open_table(place, asked, task_kind)
    pictures: tuple[str, ...] = getattr(table, "pictures", ())
    if task_kind == "text":
        if table.column in pictures:
            raise BadInput(
                f"Column {table.column!r} of {table.name} holds pictures or other bytes, and this "
                "golem reads texts; choose another column, or a golem that reads pictures."
            )
        return table
    if asked.column is None:
        column = guess_picture_column(table, pictures)
        if column is None:
            raise not_for_pictures(place, is_table=True)
        table = _open_table(place, replace(asked, column=column), task_kind)
        if len(table.columns) > 1:
            table.notes += (f"Column {column!r} was guessed to hold the pictures.",)
    return PictureColumn(table, roots=settings().roots, max_image_mb=settings().max_image_mb)


def _open_table(place: Path, asked: _Asked, task_kind: TaskKind) -> Dataset:
    texts = task_kind == "text"
    column, limit, encoding = asked.column, asked.limit, asked.encoding
    max_cell_mb = settings().max_cell_mb
    if asked.kind == "hub":
        return HubDataset(
            str(place),
            config=asked.config,
            split=asked.split,
            revision=asked.revision,
            column=column,
            limit=limit,
            texts=texts,
        )
    if asked.kind == "parquet":
        return ParquetFile(place, column=column, limit=limit, texts=texts)
    if asked.kind == "excel":
        return ExcelFile(
            place,
            sheet=asked.sheet,
            column=column,
            header=asked.header,
            limit=limit,
            max_cell_mb=max_cell_mb,
        )
    if asked.kind == "lines":
        return TextLines(
            place, column=column, encoding=encoding, limit=limit, max_cell_mb=max_cell_mb
        )
    if asked.kind in ("json", "jsonl"):
        return JsonFile(
            place,
            kind="json" if asked.kind == "json" else "jsonl",
            column=column,
            encoding=encoding,
            limit=limit,
            max_cell_mb=max_cell_mb,
        )
    return CsvFile(
        place, column=column, delimiter=asked.delimiter, quote=asked.quote, escape=asked.escape,
        blanks=asked.blanks, line_end=asked.line_end, encoding=encoding, header=asked.header,
        limit=limit, max_cell_mb=max_cell_mb,
    )  # fmt: skip
