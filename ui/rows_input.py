"""Which rows of a dataset: all, the first ones, or a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

ALL, FIRST, SAMPLE = "All", "First", "Random sample"
USUAL_ROWS = 1000
MOST_ROWS = 10**9
MOST_SEED = 2**32 - 1
HELP = (
    "A random sample is drawn from all rows and kept in their order; the same seed draws it again."
)


def pick_rows(
    key: str, was: Mapping[str, Any], *, usual: str = ALL, hint: str = ""
) -> dict[str, int]:
    """Ask for the rows; what ``open_dataset`` is told of them.

    Args:
        was: What to begin with, as ``open_dataset`` takes it, where there is something.
        usual: What to begin with otherwise.
        hint: More to say of a sample.
    """
    if was:
        usual = SAMPLE if was.get("sample") else FIRST if was.get("limit") else ALL
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            "Rows", [ALL, FIRST, SAMPLE], default=usual, required=True, key=f"{key}-rows",
            persist_state="session", width="content", help=f"{HELP} {hint}".strip(),
        )  # fmt: skip
        if way == ALL:
            return {}
        number = st.number_input(
            "How many", 1, MOST_ROWS, was.get("sample") or was.get("limit") or USUAL_ROWS,
            key=f"{key}-number", persist_state="session", width=150,
        )  # fmt: skip
        if way == FIRST:
            return {"limit": int(number)}
        seed = st.number_input(
            "Seed", min(0, was.get("seed", 0)), max(MOST_SEED, was.get("seed", 0)),
            was.get("seed", 0), key=f"{key}-sample-seed", persist_state="session", width=150,
        )  # fmt: skip
    return {"sample": int(number), "seed": int(seed)}
