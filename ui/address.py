"""What widgets say, in the page's address: a view can be shared, and the way back leads back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from golems.errors import BadInput
from ui.text import plain

SAID = "address"  # what the address said when it was written last
Value = TypeVar("Value")


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
