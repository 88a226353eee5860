"""Rows to look at first: confident errors, and truths that may be wrong themselves."""

from __future__ import annotations

import streamlit as st

from golems.reports.selection import Selection
from golems.reports.suspects import Suspects, confident_errors, label_suspects, texts_at
from golems.reports.view import View
from golems.words import counted
from ui.report.going import ask_for_rows
from ui.text import without_middle

SHOWN = 10  # rows of a short table
SHOWN_CHARS = 160


def draw_suspects(view: View) -> None:
    """Rows to look at first."""
    wrong = confident_errors(view)
    st.markdown("### Most confident errors")
    if wrong.rows:
        st.caption(
            f"{counted(wrong.candidates, 'row')} of {wrong.judged:,} with a truth and a score "
            "are wrong; these have the highest scores."
        )
        _draw_rows(view, wrong, "errors", "Wrong rows with the highest scores")
    else:
        st.caption("No row is wrong.")
    likely = label_suspects(view)
    st.markdown("### Likely errors in the truth")
    if likely.rows:
        st.caption(
            f"In {counted(likely.candidates, 'row')} of {likely.judged:,} the truth itself may be "
            "wrong: the golem scores another label as high as it does where that is the truth "
            "(confident learning). Those whose truth scores lowest come first. "
            "If the golem was trained on these very rows it finds too few of them."
        )
        _draw_rows(view, likely, "labels", "Rows whose truth may be wrong, least likely first")
    else:
        st.caption(f"None was found in {counted(likely.judged, 'row')}.")
    if likely.unjudged:
        st.caption(
            f"{counted(likely.unjudged, 'row')} could not be judged: the score of their truth was "
            "not kept, or it is no label of this golem."
        )


def _draw_rows(view: View, found: Suspects, name: str, why: str) -> None:
    import pandas as pd

    first = found.rows[:SHOWN]
    texts = texts_at(view, tuple(one.place for one in first))
    st.dataframe(
        pd.DataFrame(
            [
                (one.place + 1, one.truth, one.label, one.score, one.truth_score,
                 without_middle(texts.get(one.place, ""), SHOWN_CHARS))
                for one in first
            ],
            columns=["Row", "Truth", "Predicted", "Score", "Score of the truth", "Content"],
        ),
        hide_index=True, placeholder="", key=f"report-truth-{name}",
        column_config={
            one: st.column_config.NumberColumn(format="%.4f")
            for one in ("Score", "Score of the truth")
        },
    )  # fmt: skip
    label = "Show these rows" if len(found.rows) == found.candidates else (
        f"Show the first {len(found.rows):,}"
    )  # fmt: skip
    st.button(
        label, key=f"report-truth-{name}-show", on_click=ask_for_rows,
        args=(view.run, Selection(places=tuple(one.place for one in found.rows)), why),
    )  # fmt: skip
