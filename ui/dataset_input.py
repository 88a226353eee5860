"""Choosing a dataset: uploaded, from the samples, or from a folder of the server."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import streamlit as st

from golems.base import Card
from golems.datasets import TABLE_EXTENSIONS, Dataset, HeaderChoice, TaskKind, open_dataset
from golems.datasets.kinds import OPTIONS, PICTURES, kind_of
from golems.datasets.names import printable
from golems.settings import settings
from golems.tasks import task_class
from ui.inputs import DATA
from ui.server_folder import pick_on_server
from ui.text import plain
from ui.uploads import spool

SAMPLES = {
    "text-classification": DATA / "reviews.csv",
    "image-classification": DATA / "photos",
    "text-generation": DATA / "prompts.csv",
}
# As in the error that advises to choose one, and those that it names.
ENCODINGS = [
    "auto", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "latin-1", "shift_jis",
    "gb18030",
]  # fmt: skip
SEPARATORS = {"auto": None, "comma": ",", "semicolon": ";", "tab": "tab", "pipe": "|"}
PREVIEW_ROWS = 6
THUMBNAIL_PIXELS = 110


def pick_path(card: Card) -> Path | None:
    """Where the dataset is, once it was chosen."""
    kind = task_class(card.task).content
    sources = ["Sample data", *(["Upload a CSV"] if kind == "text" else ["Pictures", "Folder"])]
    if settings().roots:
        sources.append("Server folder")
    source = st.segmented_control(
        "Data from",
        sources,
        default=sources[0],
        required=True,
        key=f"batch-source-{kind}",
        persist_state="session",
    )
    if source == "Sample data":
        return SAMPLES[card.task]
    if source == "Server folder":
        return pick_on_server(kind)
    if source == "Upload a CSV":
        file = st.file_uploader(
            "CSV file, or JSON, Parquet, Excel or text",
            type=[*(name.removeprefix(".") for name in TABLE_EXTENSIONS), "gz"],
            key="batch-csv",
        )
        return None if file is None else spool([file])
    if source == "Folder":
        files = st.file_uploader(
            "Folder of pictures", accept_multiple_files="directory", key="batch-folder"
        )
        return spool(files, folder=True) if files else None
    files = st.file_uploader(
        "Pictures, or one ZIP or tar of pictures", accept_multiple_files=True, key="batch-pictures"
    )
    return spool(files) if files else None


def pick_dataset(card: Card, path: Path) -> Dataset:
    """Open a dataset, ask for its column, and show its first rows.

    Raises:
        BadInput: It can't be read; says why.
    """
    task_kind = task_class(card.task).content
    if kind_of(path, is_folder=path.is_dir()) in PICTURES:
        dataset = open_dataset(path, task_kind=task_kind)
    else:
        dataset = pick_table(path, task_kind)
    st.caption(plain(" ".join(dataset.notes)))
    draw_preview(dataset, task_kind)
    return dataset


def pick_table(path: Path, task_kind: TaskKind) -> Dataset:
    """Ask how a table is read and which of its columns.

    The questions stand there before it is opened: an answer may be what opens it.

    Raises:
        BadInput: It can't be read; says why.
    """
    name = printable(str(path))
    kind = kind_of(path, is_folder=False)
    # A .txt may be a table too, and is one once somebody says how.
    is_csv = kind == "csv" or path.name.lower().endswith((".txt", ".txt.gz"))
    top = st.container()
    left, right = st.columns(2)
    chosen: dict[str, Any] = {"task_kind": task_kind}
    if is_csv or kind == "excel":
        chosen["header"] = right.segmented_control(
            "Does the first row hold the names of the columns?", list(get_args(HeaderChoice)),
            default="auto", required=True, key=f"batch-header-{name}", persist_state="session",
        )  # fmt: skip
    if kind in OPTIONS["encoding"]:
        chosen |= ask_how_read(name, is_csv=is_csv)
    dataset = open_dataset(path, **chosen)
    chosen["kind"] = dataset.kind
    sheets: tuple[str, ...] = getattr(dataset, "sheets", ())
    if len(sheets) > 1:
        chosen["sheet"] = top.selectbox(
            "Sheet", sheets, key=f"batch-sheet-{name}", persist_state="session"
        )
        if chosen["sheet"] != sheets[0]:
            dataset = open_dataset(path, **chosen)
    guessed = dataset.columns.index(dataset.column or dataset.columns[0])
    layout = "-".join(str(value) for value in chosen.values())
    column = left.selectbox(
        "Column to read", dataset.columns, guessed, key=f"batch-column-{name}-{layout}",
        persist_state="session",
    )  # fmt: skip
    return dataset if column == dataset.column else open_dataset(path, **chosen, column=column)


def ask_how_read(name: str, *, is_csv: bool) -> dict[str, str | None]:
    """Ask for the encoding of a text, and for what separates the cells of a CSV."""
    with st.expander("How the file is read", icon=":material/text_fields:"):
        first, second = st.columns(2)
        encoding = first.selectbox(
            "Encoding", ENCODINGS, key=f"batch-encoding-{name}", persist_state="session"
        )
        chosen = {"encoding": None if encoding == "auto" else encoding}
        if is_csv:
            separator = second.selectbox(
                "Separated by", list(SEPARATORS), key=f"batch-separator-{name}",
                persist_state="session",
            )  # fmt: skip
            chosen["delimiter"] = SEPARATORS[separator]
    return chosen


def draw_preview(dataset: Dataset, task_kind: TaskKind) -> None:
    """The first rows, as a table or as thumbnails."""
    rows = dataset.preview(PREVIEW_ROWS)
    if not rows:
        st.info("This table has no rows.", icon=":material/table_rows:")
    elif task_kind == "text":
        st.dataframe(
            pd.DataFrame([dict(row.fields) for row in rows], columns=list(dataset.columns)),
            hide_index=True,
        )
    else:
        with st.container(horizontal=True):
            for row in rows:
                name = row.fields[dataset.column or dataset.columns[0]]
                draw_thumbnail(row.content, name or "", row.error)
    if len(rows) == PREVIEW_ROWS:
        st.caption(f"The first {PREVIEW_ROWS} rows.")


def draw_thumbnail(content: str | bytes | None, name: str, error: str | None) -> None:
    """One picture of the preview, or why there is none."""
    from golems.datasets.decode import open_picture
    from golems.errors import BadRow

    try:
        if not isinstance(content, bytes):
            raise BadRow(error or "no picture")
        picture = open_picture(content, max_pixels=settings().max_image_pixels)
    except BadRow as fault:
        st.caption(f"{plain(name)}: {plain(str(fault))}", width=THUMBNAIL_PIXELS)
    else:
        picture.thumbnail((2 * THUMBNAIL_PIXELS, 2 * THUMBNAIL_PIXELS))
        # Within the page: a file would be gone, and asked for, while Run draws the next one.
        buffer = BytesIO()
        picture.convert("RGB").save(buffer, "JPEG", quality=80)
        url = f"data:image/jpeg;base64,{b64encode(buffer.getvalue()).decode()}"
        st.image(url, caption=plain(name), width=THUMBNAIL_PIXELS, alt=f"The picture {name}")
