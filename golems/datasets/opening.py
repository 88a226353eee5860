"""Which reader fits a path and a task."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import Literal

from golems.datasets.archive import PictureZip
from golems.datasets.contract import Dataset
from golems.datasets.csv_file import CsvFile
from golems.datasets.csv_header import HeaderChoice
from golems.datasets.folder import PictureFolder
from golems.datasets.names import PICTURE_EXTENSIONS, is_picture, refuse_unwritable
from golems.datasets.pictures import PictureFile
from golems.errors import BadInput
from golems.settings import settings

TaskKind = Literal["text", "image"]

CSV_EXTENSIONS = (".csv", ".tsv", ".txt")


def open_dataset(
    path: str | PathLike[str],
    *,
    task_kind: TaskKind,
    column: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: HeaderChoice = "auto",
    limit: int | None = None,
) -> Dataset:
    """Open the texts or pictures at a path.

    Args:
        path: A CSV file for texts; a picture, a folder or a ZIP for pictures.
        task_kind: What the golem reads.
        column: The CSV column that holds the texts; guessed when None.
        delimiter: What separates the CSV's cells, one character or ``tab``; guessed when None.
        encoding: Encoding of the CSV as Python names it; guessed when None.
        header: Whether the CSV's first row holds the names of the columns.
        limit: Read only the first ``limit`` rows.

    Returns:
        A dataset; what was found and guessed is in its ``notes``.

    Raises:
        BadInput: There is nothing at the path, it isn't of a kind this task reads, it can't be
            read, or an option doesn't fit it.
    """
    if not fspath(path):
        raise BadInput("The path is empty; give a file or folder, or . for the current folder.")
    place = Path(path).expanduser()
    refuse_unwritable(place.absolute())
    try:
        if not place.exists():
            raise BadInput(f"There is no file or folder {place}; check the path.")
        is_folder = place.is_dir()
    except OSError as error:
        raise BadInput(f"{place} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadInput(f"{str(place)!r} is not a path: {error}.") from error
    if task_kind == "image":
        _refuse_csv_options(
            place,
            column=column,
            delimiter=delimiter,
            encoding=encoding,
            header=None if header == "auto" else header,
        )
        return _open_pictures(place, is_folder=is_folder, limit=limit)
    _refuse_as_text(place, is_folder=is_folder)
    return CsvFile(
        place,
        column=column,
        delimiter=delimiter,
        encoding=encoding,
        header=header,
        limit=limit,
        max_cell_mb=settings().max_cell_mb,
    )


def _open_pictures(place: Path, *, is_folder: bool, limit: int | None) -> Dataset:
    max_image_mb = settings().max_image_mb
    if is_folder:
        return PictureFolder(place, limit=limit, max_image_mb=max_image_mb)
    suffix = place.suffix.lower()
    if suffix == ".zip":
        return PictureZip(
            place,
            limit=limit,
            max_image_mb=max_image_mb,
            max_archive_gb=settings().max_archive_gb,
        )
    if is_picture(place.name):
        return PictureFile(place, limit=limit, max_image_mb=max_image_mb)
    if suffix in CSV_EXTENSIONS:
        raise BadInput(
            f"{place.name} is a table of texts, and this golem reads pictures; "
            "give it a picture, a folder or a .zip of pictures, or choose a golem that reads texts."
        )
    raise BadInput(
        f"{place.name} is not a kind of file this golem reads; give it a folder, a .zip, "
        f"or a picture: {', '.join(PICTURE_EXTENSIONS)}."
    )


def _refuse_csv_options(place: Path, **options: str | None) -> None:
    for option, value in options.items():
        if value is not None:
            raise BadInput(
                f"{option} {value!r} is for the texts of a CSV, and this golem reads pictures; "
                f"leave it out for {place}."
            )


def _refuse_as_text(place: Path, *, is_folder: bool) -> None:
    kinds = "CSV or TSV files (.csv, .tsv, .txt)"
    if is_folder:
        raise BadInput(f"{place} is a folder, and texts are read from {kinds}; give one file.")
    suffix = place.suffix.lower()
    if is_picture(place.name) or suffix == ".zip":
        what = "a picture" if is_picture(place.name) else "a ZIP"
        raise BadInput(
            f"{place.name} is {what}, and this golem reads texts from {kinds}; "
            "choose a golem that reads pictures, or give a CSV."
        )
    if suffix not in CSV_EXTENSIONS:
        raise BadInput(
            f"{place.name} can't be read: {suffix or 'files without an extension'} "
            f"{'is' if suffix else 'are'} not among the kinds read now, which are {kinds}. "
            "Save it as CSV."
        )
