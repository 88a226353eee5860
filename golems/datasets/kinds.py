"""Kinds of datasets: which one a path is, and which options each has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from golems.datasets.names import PICTURE_EXTENSIONS, is_picture
from golems.datasets.packed import PACKED, suffix_of
from golems.datasets.text_lines import looks_like_table
from golems.errors import BadInput

TABLE_EXTENSIONS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "lines", ".text": "lines", ".log": "lines",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".parquet": "parquet",
    ".xlsx": "excel",
}  # fmt: skip
TABLES = ("csv", "lines", "jsonl", "json", "parquet", "excel", "hub")
PICTURES = ("image", "image-folder", "zip", "tar")
KINDS = (*TABLES, *PICTURES)
# Those that can't be read packed with gzip, as they are packed already.
_NEVER_PACKED = ("parquet", "excel")
_TEXTS = ("csv", "lines", "jsonl", "json")
OPTIONS = {
    "column": TABLES,
    "delimiter": ("csv",),
    "quote": ("csv",),
    "escape": ("csv",),
    "blanks": ("csv",),
    "line_end": ("csv",),
    "encoding": _TEXTS,
    "header": ("csv", "excel"),
    "sheet": ("excel",),
    "config": ("hub",),
    "split": ("hub",),
    "revision": ("hub",),
}
_IN_WORDS = {
    ("csv",): "CSV files",
    _TEXTS: "CSV, JSON and text files",
    ("csv", "excel"): "CSV and Excel files",
    ("excel",): "Excel files",
    ("hub",): "datasets of the Hub (hub:owner/name)",
}
READ_AS_TEXTS = (
    "CSV or TSV (.csv, .tsv), JSON (.jsonl, .ndjson, .json), Parquet (.parquet), Excel (.xlsx) and "
    "text files (.txt, .text, .log); all but Parquet and Excel also packed with gzip (.csv.gz)"
)


def kind_of(place: Path, *, is_folder: bool) -> str | None:
    """Which kind of dataset is at a path, by its name; None for none that is known."""
    if is_folder:
        return "image-folder"
    name = place.name.lower()
    if name.endswith((".tar", ".tar.gz", ".tgz")):
        return "tar"
    if name.endswith(".zip"):
        return "zip"
    if is_picture(name):
        return "image"
    kind = TABLE_EXTENSIONS.get(suffix_of(name))
    return None if kind in _NEVER_PACKED and name.endswith(PACKED) else kind


def table_or_lines(place: Path, encoding: str | None, *, as_table: bool) -> tuple[str, str]:
    """Whether a ``.txt`` is read as a table or line by line.

    Args:
        place: An existing file.
        encoding: As chosen; guessed when None.
        as_table: Whether it was asked for with options that only tables have.

    Returns:
        ``csv`` or ``lines``, and what to say of it.

    Raises:
        BadInput: It is no text or can't be read.
    """
    if as_table:
        return "csv", ""
    if looks_like_table(place, encoding):
        return "csv", "It looks like a table; to read it line by line, choose kind: lines."
    return "lines", "It doesn't look like a table; to read it as one, choose kind: csv."


def check_kind(kind: str) -> str:
    """Return a kind that a person chose.

    Raises:
        BadInput: There is none of that name.
    """
    if kind not in KINDS:
        raise BadInput(f"{kind!r} is not a kind of dataset; choose one of: {', '.join(KINDS)}.")
    return kind


def check_options(kind: str, place: Path, options: Mapping[str, Any]) -> None:
    """Refuse options that a kind of dataset doesn't have.

    Raises:
        BadInput: There is one; says for which kinds it is.
    """
    for option, kinds in OPTIONS.items():
        value = options.get(option)
        if value is None or kind in kinds:
            continue
        if kind in PICTURES and "csv" in kinds:
            raise BadInput(
                f"{option} {value!r} is for a table such as a CSV, and {place} holds pictures; "
                "leave it out."
            )
        raise BadInput(
            f"{place.name} has no {option}: {option} is for {_IN_WORDS[kinds]}. Leave it out."
        )


def not_for_pictures(place: Path, *, is_table: bool) -> BadInput:
    """What to say of a file that a golem for pictures can't read."""
    if is_table:
        return BadInput(
            f"{place.name} is a table of texts, and this golem reads pictures: no column of it "
            "has the names of picture files. Name their column, give it a picture, a folder, a "
            ".zip or a .tar of pictures, or choose a golem that reads texts."
        )
    return BadInput(
        f"{place.name} is not a kind of file this golem reads; give it a folder, a .zip or .tar, "
        f"a table with a column of pictures, or a picture: {', '.join(PICTURE_EXTENSIONS)}."
    )


def not_for_texts(place: Path, kind: str | None) -> BadInput:
    """What to say of a file or folder that a golem for texts can't read."""
    if kind == "image-folder":
        return BadInput(f"{place} is a folder, and texts are read from {READ_AS_TEXTS}. Give one.")
    if kind is not None:
        what = {"image": "a picture", "zip": "a ZIP", "tar": "a tar archive"}[kind]
        return BadInput(
            f"{place.name} is {what}, and this golem reads texts from {READ_AS_TEXTS}. "
            "Choose a golem that reads pictures, or give one of those."
        )
    suffix = place.suffix.lower()
    return BadInput(
        f"{place.name} can't be read: {suffix or 'files without an extension'} "
        f"{'is' if suffix else 'are'} not among the kinds read now, which are {READ_AS_TEXTS}. "
        "Save it as one of those."
    )
