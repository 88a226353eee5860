"""The rows of a run as a table: what the golem saw and what it says of it stand first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from golems.reports import result_page
from golems.reports.view import view_of
from golems.runs import Manifest, Run
from golems.runs.columns import free_name
from golems.tasks import task_class
from ui.errors import errors_in_words
from ui.report.thumbnails import as_url, look_up
from ui.text import plain

if TYPE_CHECKING:
    import pandas as pd

PAGE_ROWS, PAGE_PICTURES = 100, 24
PICTURE_PIXELS = 56
SHARP = 2 * PICTURE_PIXELS  # so that they aren't blurred on screens of two dots a pixel
CONTENT_PIXELS, CONTENT_CHARS = 280, 40
SCORE = st.column_config.NumberColumn(format="%.4f")
FIRST_RESULTS = ("predicted_label", "predicted_score", "generated_text")


@st.fragment
def draw_rows(run: Run, rows: int) -> None:
    """The results, a page of rows at a time; another page leaves the figures as they are."""
    with errors_in_words():
        manifest = run.manifest()
        has_pictures = task_class(manifest.task).content == "image"
        page_rows = PAGE_PICTURES if has_pictures else PAGE_ROWS
        pages, page = -(-rows // page_rows), 1
        if pages > 1:
            page = int(
                st.number_input(f"Page of {pages:,}", 1, pages, 1, key="run-page", width=160)
            )
        first = (page - 1) * page_rows
        table = result_page(run, first=first, rows=page_rows)
        order = reading_order(manifest, table)
        config = {
            order[0]: st.column_config.TextColumn(width=width_of(table[order[0]])),
            manifest.result_columns.get("predicted_score", ""): SCORE,
        }
        if has_pictures:
            name = free_name("picture", [*table.columns])
            table[name] = pictures_of(run, range(first, first + len(table)))
            order = [name, *order]
            config[name] = st.column_config.ImageColumn(width="small")
        st.dataframe(
            table, hide_index=True, column_order=order, column_config=config, placeholder="",
            row_height=PICTURE_PIXELS if has_pictures else None,
        )  # fmt: skip


def pictures_of(run: Run, places: Sequence[int]) -> list[str | None]:
    """Small pictures of some rows, as addresses; None for those that can't be had."""
    with view_of(run) as view:
        found = look_up(view, places, SHARP)
    if found.notice is not None:
        st.caption(plain(found.notice))
    pictures = [found.pictures.get(place) for place in places]
    return [None if one is None else as_url(one) for one in pictures]


def width_of(texts: pd.Series) -> int | None:
    """The width in pixels that leaves room for what the golem says; None for that of the texts."""
    return CONTENT_PIXELS if texts.astype(str).str.len().max() > CONTENT_CHARS else None


def reading_order(manifest: Manifest, table: pd.DataFrame) -> list[str]:
    """The columns as they are read: what the golem saw, what it says of it, and all others."""
    named = manifest.result_columns
    results = [named[one] for one in FIRST_RESULTS if one in named]
    if "error" in named and table[named["error"]].notna().any():
        results.append(named["error"])
    of_results = set(named.values())
    originals = [name for name in table.columns if name not in of_results]
    # Of files of pictures the first column has their names.
    read = [manifest.dataset.column] if manifest.dataset.column in originals else originals[:1]
    return list(dict.fromkeys([*read, *results, *originals, *table.columns]))
