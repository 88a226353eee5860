"""The first rows of a dataset on the screen."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import streamlit as st

from golems.datasets import Dataset, TaskKind
from golems.settings import settings
from ui.opening import PREVIEW_ROWS
from ui.text import plain

THUMBNAIL_PIXELS = 110


def draw_preview(dataset: Dataset, task_kind: TaskKind) -> None:
    """The first rows, as a table, with thumbnails where they are pictures."""
    rows = dataset.preview(PREVIEW_ROWS)
    if not rows:
        st.info("This table has no rows.", icon=":material/table_rows:")
        return
    import pandas as pd

    table = pd.DataFrame([dict(row.fields) for row in rows], columns=list(dataset.columns))
    if task_kind == "image":
        with st.container(horizontal=True):
            for row in rows:
                name = row.fields[dataset.column or dataset.columns[0]]
                draw_thumbnail(row.content, name or "", row.error)
    # The names of pictures are below them already.
    if task_kind == "text" or len(dataset.columns) > 1:
        st.dataframe(table, hide_index=True, placeholder="")
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
