"""The rows of a run, those that were asked for, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from golems.reports.address import as_query, number_in
from golems.reports.overview import counts
from golems.reports.rows import PAGE_ROWS, RESULTS, find_rows, page_of_rows
from golems.reports.selection import ALL, ORDER, Order
from golems.reports.view import View
from golems.runs.columns import PLACE, free_name
from golems.words import counted
from ui.address import begin_with, keep_in_address, one_of
from ui.report.address import ORDER as ORDER_NAME
from ui.report.address import PAGE as PAGE_NAME
from ui.report.address import page_of
from ui.report.filters import pick_rows
from ui.report.gallery import PAGE, draw_gallery, has_pictures
from ui.report.going import ROW, open_row, select, selected
from ui.report.row_card import draw_row
from ui.results_table import SCORE, width_of
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
    "truth": "truth", "error": "error", "note": "note", "tokens": "tokens",
    "tokens_dropped": "tokens_dropped",
}  # fmt: skip


def draw(view: View) -> None:
    """Draw the rows that were asked for, a page at a time; or the one that was opened."""
    opened = st.query_params.get(ROW)
    if opened is None:
        draw_rows(view)
    else:
        place = number_in(opened, "row") - 1
        draw_row(view, place, selected(view.run)[0], order_asked(view))


def draw_rows(view: View) -> None:
    """The rows that were asked for, as a table or a gallery, under what they were asked for by."""
    draw_why(view)
    selection = pick_rows(view, selected(view.run)[0])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        as_gallery = has_pictures(view) and pick_look() == GALLERY
        order = pick_order(view)
        found = find_rows(view, selection, order, PAGE if as_gallery else PAGE_ROWS).rows
        page = 1 if as_gallery else pick_page(found, key=str(hash((selection, order))))
    st.markdown(f"**{found:,}** of {counted(counts(view).rows, 'row')}")
    if as_query(selection) is None:
        st.caption("What is asked for is too long for an address, so it can't be shared by it.")
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
    pages, key, page = max(1, -(-rows // PAGE_ROWS)), f"report-rows-page-{key}", 1
    begin_with(PAGE_NAME, key, page_of(pages), 1)
    if pages > 1:
        page = int(st.number_input(f"Page of {pages:,}", 1, pages, width=160, key=key))
    keep_in_address(PAGE_NAME, page, 1)
    return page


def pick_order(view: View) -> Order:
    """Ask for the order of the rows."""
    orders = orders_of(view)
    begin_with(ORDER_NAME, "report-rows-order", one_of(orders, "order"), orders[0])
    order: Order = st.selectbox(
        "Order", orders, format_func=ORDERS.__getitem__, key="report-rows-order", width=220,
        persist_state="page",
    )  # fmt: skip
    if order != st.query_params.get(ORDER_NAME, orders[0]) and PAGE_NAME in st.query_params:
        del st.query_params[PAGE_NAME]
    keep_in_address(ORDER_NAME, order, orders[0])
    return order


def orders_of(view: View) -> list[Order]:
    """The orders that the rows of a run can have, the dataset's first."""
    scored = "predicted_score" in view.manifest.result_columns
    return [one for one in ORDER if scored or not one.endswith("sure")]


def order_asked(view: View) -> Order:
    """The order of the rows that one was opened out of; an unknown one is said with the rows."""
    said = st.query_params.get(ORDER_NAME)
    orders = orders_of(view)
    return next((one for one in orders if one == said), orders[0])


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
    # What was read stands before what came of it; how much was read matters less.
    last = [name for name in has if name.startswith("tokens")]
    first = [name for name in has if name not in last]
    content = view.manifest.dataset.column or view.manifest.dataset.columns[0]
    own = sorted(originals.values(), key=lambda name: name != originals[content])
    whole = table[[PLACE, *own[:1], *first, *own[1:], *last]].rename(
        columns={PLACE: number, **shown, **{own: name for name, own in originals.items()}}
    )
    whole[number] += 1
    width = width_of(whole[content])
    # Who is back quickly brings the tick along; a table of another key knows nothing of it.
    turn = st.session_state.setdefault("report-rows-turn", 0)
    event = st.dataframe(
        whole,
        hide_index=True,
        placeholder="",
        height=TABLE_PIXELS,
        on_select="rerun",
        selection_mode="single-row",
        key=f"report-rows-table-{turn}-{places[0]}-{len(places)}",
        column_config={
            number: st.column_config.NumberColumn(width="small", format="localized"),
            content: st.column_config.TextColumn(width=width),
            shown.get("score", ""): SCORE,
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
