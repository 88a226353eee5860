"""A story on the screen: what it waits for, and what is written of it."""

from __future__ import annotations

import streamlit as st

from golems.base import Card
from golems.streaming import Story
from ui.errors import draw_error
from ui.inputs import draw_provenance


def draw_state(story: Story, card: Card) -> None:
    """What the story waits for, or why there is none."""
    if story.state == "waking":
        waking = "Somebody else's text comes first" if story.in_line else f"Waking the {card.title}"
        st.progress(story.preparing or 0.0, text=f"{waking} …")
    if story.state == "stopped" and not story.texts:
        st.info("Stopped before the first word.", icon=":material/stop:")
    if story.error:
        draw_error(story.error)


def draw_texts(story: Story) -> None:
    """The continuations side by side, and a way to take them along."""
    columns = st.columns(len(story.texts))
    for column, text, seed in zip(columns, story.texts, story.seeds, strict=False):
        with column.container(border=True):
            if len(story.texts) > 1:
                st.caption(f"Seed {seed}")
            st.text(text.generated_text)
    words = sum(text.new_tokens for text in story.texts)
    rate = f"{words / story.writing_s:,.0f} tokens a second" if story.writing_s else ""
    draw_provenance(
        story.checkpoint,
        f"{words:,} tokens",
        rate,
        f"seed {story.parameters.seed}",
        story.state,
    )
    if not story.running:
        st.download_button(
            "Download as text",
            "\n\n---\n\n".join(text.generated_text for text in story.texts),
            "story.txt", "text/plain", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
