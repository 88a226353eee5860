"""What a report shows, in the page's address: it can be shared, and the way back leads back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from golems.errors import BadInput
from golems.reports.address import Query, as_query, filters, from_query, number_in
from golems.reports.selection import Selection
from ui.text import plain

ORDER, PAGE = "order", "page"  # the names in an address
SAID = "report-address"  # what the address said when it was written last
Value = TypeVar("Value")


def written_selection() -> Query:
    """The filters that the address holds."""
    found = {name: st.query_params.get_all(name) for name in filters()}
    return {name: cells for name, cells in found.items() if cells}


def write_selection(selection: Selection) -> None:
    """Put the filters into the address, and nothing where they are too many for one."""
    query = as_query(selection) or {}
    st.session_state[f"{SAID}-filters"] = query
    for name, cells in query.items():
        if st.query_params.get_all(name) != cells:
            st.query_params[name] = cells
    for name in written_selection():
        if name not in query:
            del st.query_params[name]


def new_selection() -> Selection | None:
    """The filters of an address that isn't the one that was written last; None without any news."""
    found = written_selection()
    if found == st.session_state.get(f"{SAID}-filters", {}):
        return None
    selection, wrong = from_query(found)
    for one in wrong:
        st.warning(plain(one), icon=":material/link_off:")
    return selection


def forget_written() -> None:
    """Take whatever the address says for news."""
    for name in ("filters", ORDER, PAGE):
        st.session_state.pop(f"{SAID}-{name}", None)


def begin_with(name: str, key: str, read: Callable[[str], object], usual: object) -> None:
    """Have a widget that isn't drawn yet say what the address says, where that is news.

    Args:
        key: The widget's.
        read: The value that a word of the address means; it raises ``BadInput`` where none is.
        usual: The value where the address says nothing.
    """
    said = st.query_params.get(name)
    known = said == st.session_state.get(f"{SAID}-{name}")
    if known and (said is None or key in st.session_state):
        return
    try:
        st.session_state[key] = usual if said is None else read(said)
    except BadInput as error:
        st.warning(plain(str(error)), icon=":material/link_off:")


def keep_in_address(name: str, value: object, usual: object) -> None:
    """Write what a widget says into the address, where that isn't the usual."""
    said = None if value == usual else str(value)
    st.session_state[f"{SAID}-{name}"] = said
    if said is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != said:
        st.query_params[name] = said


def one_of(possible: Sequence[Value], what: str) -> Callable[[str], Value]:
    """Reads a word of an address that names one of these."""

    def read(said: str) -> Value:
        for one in possible:
            if str(one) == said:
                return one
        raise BadInput(
            f"The address asks for the {what} '{said[:80]}'; there are: "
            f"{', '.join(map(str, possible))}."
        )

    return read


def page_of(pages: int) -> Callable[[str], int]:
    """Reads a page's number."""

    def read(said: str) -> int:
        page = number_in(said, "page")
        if page > pages:
            raise BadInput(
                f"The address asks for page {page:,}; there {'is' if pages == 1 else 'are'} "
                f"{pages:,} of these rows."
            )
        return page

    return read
