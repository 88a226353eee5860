"""The parts of an Excel workbook, whichever dialect of Office Open XML they are written in.

openpyxl reads the transitional dialect. Of its reader only what cells depend on is used: the list
of sheets, the table of texts and the number formats; fills, fonts, themes, properties and defined
names aren't looked at, so that an oddity there spoils nothing.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any
from zipfile import ZipFile

_STRICT = b"http://purl.oclc.org/ooxml/"
# A tag with a name space of the strict dialect; a text can't be one, as it holds no "<".
_STRICT_TAG = re.compile(rb"<[^<>]*" + re.escape(_STRICT) + rb"[^<>]*>")
_STRICT_NAME = re.compile(re.escape(_STRICT) + rb"(\w+)/(\w+)")
_TRANSITIONAL_NAME = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_START_BYTES = 4096
_CHUNK_BYTES = 1 << 16
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


class Missing(Enum):
    """In place of the value of a formula that no spreadsheet has computed yet."""

    NOT_COMPUTED = "not computed"


@dataclass(frozen=True)
class Book:
    """What is needed to read a workbook's sheets.

    Attributes:
        parts: The open package.
        sheets: Name -> the part that holds the sheet's cells, in the workbook's order.
        strings: The texts that cells refer to by number.
        epoch: The day from which dates are counted.
        formats: Number format by a cell's style; None for one that openpyxl doesn't know.
        format_ids: The format's number, likewise.
        computed_on_load: Whether values of formulas are placeholders until a spreadsheet opens it.
    """

    parts: Package
    sheets: dict[str, str]
    strings: list[str]
    epoch: datetime
    formats: tuple[str | None, ...]
    format_ids: tuple[int, ...]
    computed_on_load: bool


class Package(ZipFile):
    """A workbook's ZIP, in which parts of the strict dialect read as transitional ones."""

    def open(self, *args: Any, **options: Any) -> Any:
        """Open a part for reading; see ``ZipFile.open``."""
        file = super().open(*args, **options)
        is_strict = _STRICT in file.read(_START_BYTES)
        file.seek(0)
        return _Transitional(file) if is_strict else file


class _Transitional(io.BufferedIOBase):
    """A part of the strict dialect, whose names are changed while it is read."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Read all of it, or some bytes: about as many as asked for."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))
        while True:
            piece = self._file.read(max(size, _CHUNK_BYTES))
            data, self._rest = self._rest + piece, b""
            if piece and (cut := data.rfind(b"<")) >= 0:  # the last tag may not be whole
                data, self._rest = data[:cut], data[cut:]
            if data or not piece:
                return _STRICT_TAG.sub(_as_transitional, data) if _STRICT in data else data

    def close(self) -> None:
        self._file.close()
        super().close()


def _as_transitional(tag: re.Match[bytes]) -> bytes:
    return _STRICT_NAME.sub(_TRANSITIONAL_NAME, tag[0])


def open_book(path: Path) -> Book:
    """Open a workbook, whose ``parts`` are to be closed.

    What openpyxl raises for damaged ones is raised here too.
    """
    parts = Package(path)
    try:
        return _read_book(path, parts)
    except BaseException:
        parts.close()
        raise


def _read_book(path: Path, parts: Package) -> Book:
    from openpyxl.reader.excel import ExcelReader

    reader = ExcelReader(path, read_only=True, data_only=True, keep_links=False)
    reader.archive.close()
    reader.archive = parts
    reader.read_manifest()
    reader.read_workbook()
    there = set(parts.namelist())
    ids, formats = _formats(parts, reader.package)
    return Book(
        parts,
        {
            sheet.name: relation.target
            for sheet, relation in reader.parser.find_sheets()
            if relation.target in there and "chartsheet" not in relation.Type
        },
        _strings(parts, reader.package),
        reader.wb.epoch,
        formats,
        ids,
        _is_computed_on_load(parts, reader.parser.workbook_part_name),
    )


def _is_computed_on_load(parts: Package, workbook: str) -> bool:
    """Whether a workbook asks for all formulas to be computed; openpyxl takes it for granted."""
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring

    said = fromstring(parts.read(workbook)).find(f"{{{SHEET_MAIN_NS}}}calcPr")
    return said is not None and said.get("fullCalcOnLoad") in ("1", "true")


def _strings(parts: Package, package: Any) -> list[str]:
    """The table of texts as they are written; openpyxl's own reader changes escaped ones."""
    from openpyxl.cell.text import Text
    from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    found = package.find(SHARED_STRINGS)
    if found is None:
        return []
    tag = f"{{{SHEET_MAIN_NS}}}si"
    strings = []
    with parts.open(found.PartName[1:]) as part:
        for _, element in iterparse(part):
            if element.tag == tag:
                strings.append(Text.from_tree(element).content)
                element.clear()
    return strings


def _formats(parts: Package, package: Any) -> tuple[tuple[int, ...], tuple[str | None, ...]]:
    """The number formats of the cells' styles: their numbers, and as they are written."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS
    from openpyxl.xml.constants import SHEET_MAIN_NS
    from openpyxl.xml.functions import fromstring

    found = package.find(_STYLES)
    if found is None or found.PartName[1:] not in parts.namelist():
        return (), ()
    root = fromstring(parts.read(found.PartName[1:]))
    name = f"{{{SHEET_MAIN_NS}}}"
    codes: dict[int, str] = {
        **BUILTIN_FORMATS,
        **{
            int(one.get("numFmtId")): one.get("formatCode", "")
            for one in root.iterfind(f"{name}numFmts/{name}numFmt")
        },
    }
    ids = tuple(int(style.get("numFmtId", 0)) for style in root.iterfind(f"{name}cellXfs/{name}xf"))
    return ids, tuple(codes.get(number) for number in ids)
