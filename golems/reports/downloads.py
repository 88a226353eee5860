"""A run's results as files to send: pieces of bytes, made while they are sent."""

from __future__ import annotations

import tempfile
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from golems.errors import BadInput, UnknownName
from golems.reports.excel import excel_steps
from golems.reports.export import csv_pieces
from golems.reports.json_lines import jsonl_pieces
from golems.reports.parquet import parquet_pieces
from golems.runs import Run
from golems.runs.files import cannot_write

PIECE_BYTES = 2**18

Pieces = Generator[bytes, None, None]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        title: What people call it.
        media_type: As HTTP calls it.
        about: Whom it is for, in a few words.
    """

    title: str
    media_type: str
    about: str
    pieces: Callable[[Run], Pieces]


def download(
    run: Run, suffix: str, *, failed: bool = False, bom: bool = False
) -> tuple[Format, Pieces]:
    """A file of a run's results.

    The first of its pieces comes once it is known that the run can be read; close them to end the
    work early. A piece may be empty, while a file is made that can't be sent before it is whole.

    Args:
        suffix: Of the file's name: one of ``FORMATS``.
        failed: Only rows without a prediction; as CSV.
        bom: Begin a CSV with a byte order mark, by which Excel knows UTF-8.

    Raises:
        UnknownName: There is no such kind of file.
        BadInput: Failed rows alone, or a byte order mark, don't come in this format.
    """
    if suffix not in FORMATS:
        raise UnknownName(f"There are no results as '{suffix}'; there are {', '.join(FORMATS)}.")
    if failed and suffix != "csv":
        raise BadInput(f"The failed rows alone come as csv, not as {suffix}.")
    if bom and suffix != "csv":
        raise BadInput(f"A byte order mark comes with csv, not with {suffix}.")
    found = FORMATS[suffix]
    return found, _csv(run, failed=failed, bom=bom) if failed or bom else found.pieces(run)


def _csv(run: Run, *, failed: bool = False, bom: bool = False) -> Pieces:
    pieces = (piece.encode() for piece in csv_pieces(run, failed=failed))
    return _joined(chain([BOM_UTF8], pieces) if bom else pieces)


def _jsonl(run: Run) -> Pieces:
    return _joined(piece.encode() for piece in jsonl_pieces(run))


def _joined(pieces: Iterable[bytes]) -> Pieces:
    """Small pieces together; each that is sent costs a switch between threads."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _excel(run: Run) -> Pieces:
    """An Excel file is whole before its first byte is known; until then the pieces are empty."""
    try:
        with tempfile.TemporaryDirectory(
            prefix="pantheon-excel-", ignore_cleanup_errors=True
        ) as folder:
            path = Path(folder, "results.xlsx")
            with closing(excel_steps(run, path)) as steps:
                for _ in steps:
                    yield b""
            with path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
    except OSError as error:
        raise cannot_write(Path(tempfile.gettempdir()), error) from error


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", "for spreadsheets and scripts", _csv),
    "parquet": Format(
        "Parquet", "application/vnd.apache.parquet", "exact and small, for data tools",
        parquet_pieces,
    ),
    "jsonl": Format(
        "JSON Lines", "application/jsonl; charset=utf-8", "an object a row, for programs", _jsonl
    ),
    "xlsx": Format(
        "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "for Excel, with a sheet about the run", _excel,
    ),
}  # fmt: skip
