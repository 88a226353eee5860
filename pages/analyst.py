"""The Analyst: one text in, the distribution over the labels out."""

import time

import streamlit as st

from golems.errors import BadRow
from ui.errors import errors_in_words
from ui.figures import bars, draw_chart
from ui.inputs import (
    draw_provenance,
    pick_checkpoint,
    pick_examples,
    pick_golem,
    pick_long_texts,
)  # fmt: skip
from ui.shelf import lend, wake_soon
from ui.text import draw_read_and_cut, plain

st.title("Analyst")
card = pick_golem("text-classification")
st.markdown(card.summary)
checkpoint = pick_checkpoint(card)
with st.form("analyst", border=False):
    text = st.text_area(
        "Text",
        key="analyst-text",
        height=140,
        persist_state="session",
        placeholder="Type or paste a text, then Read it.",
    )
    long_texts = pick_long_texts(card, "analyst")
    asked = st.form_submit_button("Read it", type="primary", icon=card.icon)
pick_examples(card, "analyst-example", "analyst-text", "analyst-result")

if asked:
    st.session_state.pop("analyst-result", None)
    with errors_in_words(), lend(card, checkpoint) as golem:
        start = time.perf_counter()
        outcome = golem.predict([text], golem.parameters(long_texts=long_texts))[0]
        elapsed_ms = (time.perf_counter() - start) * 1000
        if outcome.prediction is None:
            raise BadRow(f"{outcome.error} Type a text, or take an example.")
        result = (text, checkpoint, long_texts, outcome.prediction, elapsed_ms)
        st.session_state["analyst-result"] = result

if "analyst-result" in st.session_state:
    text, used, way, prediction, elapsed_ms = st.session_state["analyst-result"]
    scores = prediction.scores
    st.header(plain(f"{prediction.label}, with a score of {prediction.score:.3f}"))
    draw_chart(
        bars(
            [entry.label for entry in scores[:20]],
            [entry.score for entry in scores[:20]],
            texts=[f"{entry.score:.4f}" for entry in scores[:20]],
            axis="Score",
        ),
        f"{scores[0].label} scores highest of {len(scores)} labels. "
        "A score says how the golem leans, not how likely it is to be right.",
        [(entry.label, entry.score) for entry in scores],
        ["Label", "Score"],
        key="analyst-chart",
    )
    if prediction.tokens_dropped:
        read, cut = ("last", "first") if way == "tail" else ("first", "last")
        st.warning(
            f"The golem read the {read} {prediction.tokens:,} tokens. The {cut} "
            f"{prediction.tokens_dropped:,} were cut off; they are struck out below.",
            icon=":material/content_cut:",
        )
    with st.container(border=True):
        draw_read_and_cut(text, prediction.chars_skipped or 0, prediction.chars_read or len(text))
    parts = f" in {prediction.chunks:,} parts" if prediction.chunks > 1 else ""
    draw_provenance(
        used, f"{prediction.tokens:,} tokens read{parts}", f"{prediction.tokens_dropped:,} cut off",
        f"{elapsed_ms:,.0f} ms",
    )  # fmt: skip
else:
    st.info("No text was read yet. Type one above, or take an example.", icon=":material/edit:")
wake_soon(card, checkpoint)
