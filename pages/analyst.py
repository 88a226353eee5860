"""The Analyst: one text in, the distribution over the labels out."""

import time

import streamlit as st

from golems.errors import BadRow
from golems.sureness import hardly_read, headline
from golems.words import counted
from ui.errors import errors_in_words
from ui.figures import bars, draw_chart
from ui.inputs import draw_provenance, pick_checkpoint, pick_examples, pick_golem, pick_long_texts
from ui.shelf import lend, wake_soon
from ui.text import draw_read_and_cut, plain

st.title("Analyst")
card = pick_golem("text-classification")
st.markdown(card.summary)
checkpoint = pick_checkpoint(card)
# No form: it would keep what was typed from the page, which then forgets it and shows old answers.
text = st.text_area(
    "Text", key="analyst-text", height=140, persist_state="session",
    placeholder="Type or paste a text, then Read it.",
)  # fmt: skip
long_texts = pick_long_texts(card, "analyst")
asked = st.button("Read it", type="primary", icon=card.icon, shortcut="Ctrl+Enter")
pick_examples(card, "analyst-example", "analyst-text")
given = (text, card.name, checkpoint.id, long_texts)

if asked:
    st.session_state.pop("analyst-result", None)
    with errors_in_words(), lend(card, checkpoint) as golem:
        start = time.perf_counter()
        outcome = golem.predict([text], golem.parameters(long_texts=long_texts))[0]
        elapsed_ms = (time.perf_counter() - start) * 1000
        if outcome.prediction is None:
            raise BadRow(f"{outcome.error} Type a text, or take an example.")
        st.session_state["analyst-result"] = (given, outcome.prediction, elapsed_ms)

answered, prediction, elapsed_ms = st.session_state.get("analyst-result", (None, None, 0.0))
if answered == given:
    scores = prediction.scores
    st.header(plain(headline(scores)))
    if prediction.note is not None:
        st.warning(plain(hardly_read(prediction.note)), icon=":material/translate:")
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
        read, cut = ("last", "first") if long_texts == "tail" else ("first", "last")
        st.warning(
            f"The golem read the {read} {counted(prediction.tokens, 'token')}. The {cut} "
            f"{prediction.tokens_dropped:,} were cut off; they are struck out below.",
            icon=":material/content_cut:",
        )
    with st.container(border=True):
        draw_read_and_cut(text, prediction.chars_skipped or 0, prediction.chars_read or len(text))
    parts = f" in {prediction.chunks:,} parts" if prediction.chunks > 1 else ""
    draw_provenance(
        checkpoint, f"{counted(prediction.tokens, 'token')} read{parts}",
        f"{prediction.tokens_dropped:,} cut off", f"{elapsed_ms:,.0f} ms",
    )  # fmt: skip
elif answered is None:
    st.info("No text was read yet. Type one above, or take an example.", icon=":material/edit:")
else:
    st.info("This was not read yet. Press Read it.", icon=":material/edit:")
wake_soon(card, checkpoint)
