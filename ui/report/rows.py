"""The rows of a run, those that were asked for, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from golems.errors import BadInput
from golems.reports.overview import counts
from golems.reports.rows import PAGE_ROWS, RESULTS, find_rows, page_of_rows
from golems.reports.selection import ALL, ORDER, Order
from golems.reports.view import View
from golems.runs.columns import PLACE, free_name
from ui.report.filters import pick_rows
from ui.report.gallery import PAGE, draw_gallery, has_pictures
from ui.report.going import ROW, open_row, select, selected
from ui.report.row_card import draw_row
from ui.text import plain

if TYPE_CHECKING:
    import pandas as pd

TABLE_PIXELS = 430
GALLERY, TABLE = "Gallery", "Table"
ORDERS: dict[Order, str] = {
    "place": "As in the dataset",
    "least sure": "Least sure first",
    "most sure": "Most sure first",
    "longest": "Longest first",
    "shortest": "Shortest first",
}
SHOWN = {
    "label": "predicted_label", "score": "predicted_score", "generated_text": "generated_text",
    "truth": "truth", "error": "error", "tokens": "tokens", "tokens_dropped": "tokens_dropped",
}  # fmt: skip


def draw(view: View) -> None:
    """Draw the rows that were asked for, a page at a time; or the one that was opened."""
    opened = st.query_params.get(ROW)
    if opened is None:
        draw_rows(view)
    elif opened.isdecimal():
        draw_row(view, int(opened) - 1)
    else:
        raise BadInput(f"'{opened}' is not the number of a row; rows are counted from 1.")


def draw_rows(view: View) -> None:
    """The rows that were asked for, as a table or a gallery, under what they were asked for by."""
    draw_why(view)
    selection = pick_rows(view, selected(view.run)[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        as_gallery = has_pictures(view) and pick_look() == GALLERY
        order = pick_order(view)
        found = find_rows(view, selection, order, PAGE if as_gallery else PAGE_ROWS).rows
        page = 1 if as_gallery else pick_page(found, key=str(hash((selection, order))))
    st.markdown(f"**{found:,}** of {counts(view).rows:,} rows")
    if found and not as_gallery:
        st.caption("Tick a row at its left edge to see all of it.")
    if not found:
        st.info("No row is like that. Take a filter away.", icon=":material/search_off:")
    elif as_gallery:
        if (place := draw_gallery(view, selection, order)) is not None:
            open_row(place)
    else:
        first = (page - 1) * PAGE_ROWS
        draw_table(view, page_of_rows(view, selection, order=order, first=first, rows=PAGE_ROWS))


def draw_why(view: View) -> None:
    """What the rows were asked for by, and the way back to all of them."""
    selection, why = selected(view.run)
    if selection == ALL:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if why:
            st.markdown(f":material/filter_alt: {plain(why)}", width="content")
        if st.button("Show all rows", icon=":material/filter_alt_off:", key="report-rows-all"):
            select(view.run, ALL)
            st.rerun()


def pick_look() -> str:
    """Ask whether pictures are shown as such, or as a table."""
    return st.segmented_control(
        "Look", [GALLERY, TABLE], default=GALLERY, required=True, key="report-rows-look",
        persist_state="page",
    )  # fmt: skip


def pick_page(rows: int, key: str) -> int:
    """Ask for a page, where there are several."""
    pages = max(1, -(-rows // PAGE_ROWS))
    if pages == 1:
        return 1
    return int(
        st.number_input(f"Page of {pages:,}", 1, pages, 1, width=160, key=f"report-rows-page-{key}")
    )


def pick_order(view: View) -> Order:
    """Ask for the order of the rows."""
    scored = "predicted_score" in view.manifest.result_columns
    orders = [one for one in ORDER if scored or not one.endswith("sure")]
    return st.selectbox(
        "Order", orders, format_func=ORDERS.__getitem__, key="report-rows-order", width=220,
        persist_state="page",
    )  # fmt: skip


def draw_table(view: View, table: pd.DataFrame) -> None:
    """A page of rows; one that is chosen is opened."""
    has = [name for name in RESULTS if table[name].notna().any()]
    originals = view.columns
    taken = [*originals]
    shown = {}
    for name in has:
        shown[name] = free_name(SHOWN[name], taken)
        taken.append(shown[name])
    number = free_name("row", taken)
    places = [int(place) for place in table[PLACE]]
    # What was read stands beside what came of it; how much was read matters less.
    last = [name for name in has if name.startswith("tokens")]
    first = [name for name in has if name not in last]
    content = originals.get(view.manifest.dataset.column or "")
    own = sorted(originals.values(), key=lambda name: name != content)
    whole = table[[PLACE, *first, *own, *last]].rename(
        columns={PLACE: number, **shown, **{own: name for name, own in originals.items()}}
    )
    whole[number] += 1
    # Who is back quickly brings the tick along; a table of another key knows nothing of it.
    turn = st.session_state.setdefault("report-rows-turn", 0)
    event = st.dataframe(
        whole,
        hide_index=True,
        height=TABLE_PIXELS,
        on_select="rerun",
        selection_mode="single-row",
        key=f"report-rows-table-{turn}-{places[0]}-{len(places)}",
        column_config={
            number: st.column_config.NumberColumn(width="small", format="localized"),
            shown.get("score", ""): st.column_config.NumberColumn(format="%.4f"),
        },
    )
    if rows := event["selection"]["rows"]:
        st.session_state["report-rows-turn"] = turn + 1
        open_row(places[rows[0]])
    # A table is hard to use by keys alone; its rows can be opened by their numbers too.
    with (
        st.form("report-rows-open", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        wanted = st.number_input("Row", 1, None, places[0] + 1, width=160, key="report-rows-number")
        if st.form_submit_button("Open the row", icon=":material/open_in_full:"):
            open_row(int(wanted) - 1)
