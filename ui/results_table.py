"""The rows of a run as a table: what the golem saw and what it says of it stand first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from golems.reports import result_page
from golems.runs import Manifest, Run
from ui.errors import errors_in_words

if TYPE_CHECKING:
    import pandas as pd

PAGE_ROWS = 100
CONTENT_PIXELS, CONTENT_CHARS = 280, 40
SCORE = st.column_config.NumberColumn(format="%.4f")
FIRST_RESULTS = ("predicted_label", "predicted_score", "generated_text")


@st.fragment
def draw_rows(run: Run, rows: int) -> None:
    """The results, a page of rows at a time; another page leaves the figures as they are."""
    with errors_in_words():
        pages = -(-rows // PAGE_ROWS)
        page = 1
        if pages > 1:
            page = int(
                st.number_input(f"Page of {pages:,}", 1, pages, 1, key="run-page", width=160)
            )
        table = result_page(run, first=(page - 1) * PAGE_ROWS, rows=PAGE_ROWS)
        manifest = run.manifest()
        order = reading_order(manifest, table)
        named = manifest.result_columns
        config = {
            order[0]: st.column_config.TextColumn(width=width_of(table[order[0]])),
            named.get("predicted_score", ""): SCORE,
        }
        st.dataframe(
            table, hide_index=True, column_order=order, column_config=config, placeholder=""
        )


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
