"""A table: how it is read, which of its columns, and which rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import streamlit as st

from golems.datasets import QUOTES, USUAL_ENCODINGS, Dataset, HeaderChoice, TaskKind
from golems.datasets.kinds import OPTIONS, kind_of
from golems.datasets.names import printable
from golems.errors import BadInput
from ui.opening import open_here
from ui.rows_input import pick_rows
from ui.source import Source

AUTO = "auto"
ENCODINGS = [AUTO, "utf-8", "utf-16", "utf-16-le", "utf-16-be", *USUAL_ENCODINGS]
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "nothing": "none"}
DIALECT: dict[str, tuple[str, dict[str, str]]] = {
    "escape": (
        "Quotes inside cells",
        {AUTO: AUTO, "doubled": 'doubled ("")', "backslash": r"backslash (\")"},
    ),
    "blanks": (
        "Blanks after separators",
        {AUTO: AUTO, "keep": "part of the cell", "skip": "left out"},
    ),
    "line_end": ("Lines end with", {AUTO: AUTO, "lf": "LF or CRLF", "cr": "CR (old Mac)"}),
}
KINDS = {
    AUTO: "auto", "csv": "CSV", "lines": "Text, one a line", "jsonl": "JSON lines", "json": "JSON",
    "parquet": "Parquet", "excel": "Excel",
}  # fmt: skip


def pick_table(source: Source, task_kind: TaskKind) -> Dataset:
    """Ask how a table is read, which of its columns, and which rows.

    The questions stand there before it is opened: an answer may be what opens it.

    Raises:
        BadInput: It can't be read; says why.
    """
    name, was = printable(str(source.path)), source.was
    key = f"{source.key}-{name}"
    top = st.container()
    left, right = st.columns(2)
    rows = pick_rows(key, was)
    read = {"task_kind": task_kind, **ask_how_read(source, key, right)}
    dataset, failure = columns_of(source, read)
    read["kind"] = dataset.kind
    sheets: tuple[str, ...] = getattr(dataset, "sheets", ())
    if len(sheets) > 1:
        sheet = top.selectbox(
            "Sheet", sheets, sheets.index(was["sheet"]) if was.get("sheet") in sheets else 0,
            key=f"{key}-sheet", persist_state="session",
        )  # fmt: skip
        if sheet != sheets[0]:
            read["sheet"] = sheet
            dataset, failure = columns_of(source, read)
    guessed = was["column"] if was.get("column") in dataset.columns else dataset.column
    column = left.selectbox(
        "Column to read" if task_kind == "text" else "Column of the pictures",
        dataset.columns,
        None if failure else dataset.columns.index(guessed or dataset.columns[0]),
        key="-".join([key, "column", *map(str, read.values())]),
        persist_state="session",
        placeholder="Choose one",
    )
    if column is None and failure is not None:
        raise failure
    if column == dataset.column and not rows and failure is None:
        return dataset
    if column != dataset.column or failure is not None:
        read["column"] = column
    return open_here(source.path, **read, **rows)


def columns_of(source: Source, read: dict[str, Any]) -> tuple[Dataset, BadInput | None]:
    """The table as it is guessed to be read.

    Returns:
        The table, and why it holds no pictures as far as can be told; then it is one of texts.

    Raises:
        BadInput: It can't be read at all.
    """
    try:
        return open_here(source.path, **read), None
    except BadInput as error:
        if read["task_kind"] == "text":
            raise
        return open_here(source.path, **{**read, "task_kind": "text"}), error


def ask_how_read(
    source: Source, key: str, beside: st.delta_generator.DeltaGenerator
) -> dict[str, Any]:
    """Ask for the kind of the file, and what else there is to ask of that kind.

    Args:
        beside: Where the question for its header belongs, which is the most frequent one.
    """
    was, path = source.was, str(source.path)
    with st.expander("How the file is read", icon=":material/text_fields:"):
        columns = st.columns(3)
        kind = columns[0].selectbox(
            "Read as", list(KINDS), list(KINDS).index(was.get("kind", AUTO)),
            format_func=KINDS.__getitem__, key=f"{key}-kind", persist_state="session",
        )  # fmt: skip
        chosen: dict[str, Any] = {} if kind == AUTO else {"kind": kind}
        if kind == AUTO:
            # A .txt may be a table too, and is one once somebody says how.
            is_text = path.lower().endswith((".txt", ".txt.gz"))
            kind = "csv" if is_text else kind_of(Path(path), is_folder=False) or AUTO
        if kind in OPTIONS["encoding"]:
            chosen |= ask_encoding(was, f"{key}-encoding", columns[1])
        if kind in OPTIONS["delimiter"]:
            chosen |= ask_separator(was, f"{key}-separator", columns[2])
            names = [AUTO, *QUOTES]
            quote = columns[0].selectbox(
                "Quotes around cells", names, names.index(was.get("quote", AUTO)),
                key=f"{key}-quote", persist_state="session",
                help="A cell that holds what separates the cells needs them.",
            )  # fmt: skip
            chosen |= {} if quote == AUTO else {"quote": quote}
            for place, (option, (label, values)) in zip(columns, DIALECT.items(), strict=True):
                value = place.selectbox(
                    label, list(values), list(values).index(was.get(option, AUTO)),
                    format_func=values.__getitem__,
                    key=f"{key}-{option}", persist_state="session",
                )  # fmt: skip
                chosen |= {} if value == AUTO else {option: value}
    if kind in OPTIONS["header"]:
        chosen["header"] = beside.segmented_control(
            "Does the first row hold the names of the columns?", list(get_args(HeaderChoice)),
            default=was.get("header", AUTO), required=True, key=f"{key}-header",
            persist_state="session",
        )  # fmt: skip
    return chosen


def ask_encoding(
    was: Mapping[str, Any], key: str, place: st.delta_generator.DeltaGenerator
) -> dict[str, str]:
    """Ask for the encoding of a text; any that Python knows can be typed."""
    first = was.get("encoding", AUTO)
    names = [*ENCODINGS, *([] if first in ENCODINGS else [first])]
    encoding = place.selectbox(
        "Encoding", names, names.index(first), key=key, persist_state="session",
        accept_new_options=True,
    )  # fmt: skip
    return {} if encoding == AUTO else {"encoding": encoding}


def ask_separator(
    was: Mapping[str, Any], key: str, place: st.delta_generator.DeltaGenerator
) -> dict[str, str]:
    """Ask for what separates the cells of a CSV; any character can be typed."""
    names = [AUTO, *SEPARATORS]
    spelled = {sign: name for name, sign in SEPARATORS.items()}
    first = was.get("delimiter", AUTO)
    first = spelled.get(first, first)
    names += [] if first in names else [first]
    separator = place.selectbox(
        "Separated by", names, names.index(first), key=key, persist_state="session",
        accept_new_options=True,
    )  # fmt: skip
    return {} if separator == AUTO else {"delimiter": SEPARATORS.get(separator, separator)}
