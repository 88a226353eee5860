"""From a figure to its rows: which section of a report is open, and which rows it shows."""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from golems.reports.selection import ALL, Selection
from golems.runs import Run
from ui.address import SAID
from ui.report.address import (
    PAGE,
    forget_written,
    new_selection,
    write_selection,
    written_selection,
)

SECTION, ROWS, ROW = "section", "Rows", "row"  # the names of the page's address too
Drawn = TypeVar("Drawn")
NEXT = f"{SECTION}-next"  # which section the page is to be drawn with


def selected(run: Run) -> tuple[Selection, str]:
    """The rows that were asked for, and in words why; all of them at first."""
    found: tuple[Selection, str] = st.session_state.get(_key(run), (ALL, ""))
    return found


def select(run: Run, selection: Selection, why: str = "", *, keep: bool = False) -> None:
    """Keep which rows are asked for.

    Args:
        keep: The filters say so already; else they begin anew with this.
    """
    if keep:
        why = selected(run)[1]
    else:
        st.session_state[f"{_key(run)}-turn"] = turn_of(run) + 1
    st.session_state[_key(run)] = (selection, why)
    write_selection(selection)
    if PAGE in st.query_params:
        del st.query_params[PAGE]  # of other rows


def follow_address(run: Run) -> None:
    """Ask for the rows that the address names, before anything of the page is drawn.

    Who comes back with an address that names none finds what was asked for before.
    """
    arrives = SECTION not in st.session_state or st.session_state.get(f"{SAID}-run") != run.id
    st.session_state[f"{SAID}-run"] = run.id
    if arrives:
        forget_written()
        if not written_selection():
            write_selection(selected(run)[0])
    if (selection := new_selection()) is not None:
        # The page of an address goes with its filters.
        page = st.query_params.get(PAGE)
        select(run, selection)
        if page is not None:
            st.query_params[PAGE] = page


def turn_of(run: Run) -> int:
    """How often rows were asked for by something else than the filters."""
    return int(st.session_state.get(f"{_key(run)}-turn", 0))


def ask_for_rows(run: Run, selection: Selection, why: str) -> None:
    """Have the page drawn next with the section of the rows, and there only these.

    Args:
        why: What they are, in plain words: ``negative, predicted as positive``.
    """
    select(run, selection, why)
    st.session_state[NEXT] = ROWS


def show_rows(run: Run, selection: Selection, why: str) -> None:
    """Open the section with the rows, and there only these; ends the script."""
    ask_for_rows(run, selection, why)
    st.rerun()


def now(key: str, drawn: Drawn) -> Drawn:
    """What a widget says when a button is pressed, which is before the page is drawn again.

    Args:
        drawn: What it said when it was drawn; of the second press of two the widget is gone.
    """
    said: Drawn = st.session_state.get(key, drawn)
    return said


def open_row(place: int) -> None:
    """Open one row, from 0; ends the script. The browser's way back leads back too."""
    st.query_params[ROW] = str(place + 1)
    st.rerun()


def close_row() -> None:
    """Back to the rows; ends the script."""
    del st.query_params[ROW]
    st.rerun()


def _key(run: Run) -> str:
    return f"report-selection-{run.id}"
