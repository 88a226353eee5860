"""The pictures of selected rows, a page at a time."""

from __future__ import annotations

from typing import Any

import streamlit as st

from golems.reports.rows import find_rows, page_of_rows
from golems.reports.selection import ALL, Order, Selection
from golems.reports.view import View
from golems.reports.words import shortened
from golems.tasks import task_class
from ui.address import begin_with, keep_in_address
from ui.report.address import PAGE as PAGE_NAME
from ui.report.address import page_of
from ui.report.thumbnails import Thumbnails, as_url, look_up
from ui.text import plain

PAGE = 24
TILE, PICTURE = 168, 140  # pixels wide
SHARP = 2 * PICTURE  # so that they aren't blurred on screens of two dots a pixel


def has_pictures(view: View) -> bool:
    """Whether the rows of a run are pictures."""
    return task_class(view.manifest.task).content == "image"


def draw_gallery(view: View, selection: Selection = ALL, order: Order = "place") -> int | None:
    """Draw the pictures of selected rows as tiles, each with a button.

    Returns:
        The place of the row whose button was pressed just now; None without one.

    Raises:
        BadInput: The selection names a column that isn't there.
    """
    rows = find_rows(view, selection, order, PAGE).rows
    if not rows:
        st.info("No rows to show.", icon=":material/image:")
        return None
    first = PAGE * (page_number(view, rows) - 1)
    page = page_of_rows(view, selection, order=order, first=first, rows=PAGE)
    # Missing cells are NaN in a table, and nothing here.
    cells = page.astype(object).where(page.notna(), None)
    shown = [dict(zip(page.columns, row, strict=True)) for row in cells.itertuples(index=False)]
    small = look_up(view, [int(row["place"]) for row in shown], SHARP)
    if small.notice is not None:
        st.warning(plain(small.notice), icon=":material/hide_image:")
    pressed = None
    with st.container(horizontal=True):
        for row in shown:
            if draw_tile(view, row, small):
                pressed = int(row["place"])
    st.caption(f"Pictures {first + 1:,} to {first + len(shown):,} of {rows:,}.")
    return pressed


def page_number(view: View, rows: int) -> int:
    """Ask which page is wanted, where there are several."""
    pages = -(-rows // PAGE)
    key = f"report-gallery-page-{view.run.id}"
    begin_with(PAGE_NAME, key, page_of(pages), 1)
    if pages == 1:
        keep_in_address(PAGE_NAME, 1, 1)
        return 1
    # Another selection may have fewer pages than the one before.
    if st.session_state.get(key, 1) > pages:
        st.session_state[key] = 1
    page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=key, width=160))
    keep_in_address(PAGE_NAME, page, 1)
    return page


def draw_tile(view: View, row: dict[str, Any], small: Thumbnails) -> bool:
    """One picture with what is known of it; whether its button was pressed."""
    place, name = int(row["place"]), name_of(view, row)
    label = (row["error"] and "failed") or row["label"] or "no label"
    with st.container(border=True, width=TILE, gap="xsmall"):
        picture = small.pictures.get(place)
        if picture is not None:
            st.image(as_url(picture), width=PICTURE, alt=f"{name}: {label}")
        else:
            why = small.missing.get(place, "There is no picture.")
            st.markdown(":material/hide_image: No picture", help=plain(why))
        st.caption(said_of(row))
        return st.button(
            f"Row {place + 1:,}", key=f"report-gallery-{place}", help=plain(name),
            icon=":material/open_in_full:", type="tertiary",
        )  # fmt: skip


def said_of(row: dict[str, Any]) -> str:
    """Label, score and truth of a row, or why it failed, as Markdown."""
    if row["error"]:
        return f":material/error: {plain(shortened(str(row['error'])))}"
    lines = [f"**{plain(shortened(str(row['label'])))}**" if row["label"] else "No label"]
    if row["score"] is not None:
        lines[0] += f" · {row['score']:.2f}"
    if row["truth"] is not None and row["label"] is not None:
        right = row["truth"] == row["label"]
        mark = ":material/check: right" if right else ":material/close: truth"
        lines.append(mark if right else f"{mark}: {plain(shortened(str(row['truth'])))}")
    return "  \n".join(lines)


def name_of(view: View, row: dict[str, Any]) -> str:
    """The file of a row, or its place where nothing names it."""
    dataset = view.manifest.dataset
    column = dataset.column or dataset.columns[0]
    return str(row.get(view.columns.get(column, "")) or f"row {int(row['place']) + 1:,}")
