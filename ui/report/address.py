"""What a report shows, in the page's address: it can be shared, and the way back leads back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from golems.errors import BadInput
from golems.reports.address import Query, as_query, filters, from_query, number_in
from golems.reports.selection import Selection
from ui.address import SAID
from ui.text import plain

ORDER, PAGE = "order", "page"  # the names in an address


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
