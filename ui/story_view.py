"""A story on the screen: what it waits for, and what is written of it."""

from __future__ import annotations

import streamlit as st

from golems.base import Card, Generation
from golems.streaming import Story
from golems.sureness import hardly_read
from golems.words import counted
from ui.errors import draw_error
from ui.inputs import draw_provenance
from ui.text import plain


def draw_state(story: Story, card: Card) -> None:
    """What the story waits for, or why there is none."""
    if story.state == "waking":
        st.progress(story.preparing or 0.0, text=f"{waking_for(story, card)} …")
    if story.state == "writing" and not story.texts:
        st.progress(0.0, text=f"The {card.title} reads the prompt …")
    if story.state == "stopped" and not story.texts:
        st.info("Stopped before the first word.", icon=":material/stop:")
    if story.error:
        draw_error(story.error)


def waking_for(story: Story, card: Card) -> str:
    """What happens before the first word, in words."""
    if story.in_line:
        return "Somebody else's text comes first"
    if story.preparing is not None and story.preparing < 1:
        return (
            f"Putting the weights of the {card.title} together, once on this machine: "
            f"{story.preparing:.0%}"
        )
    return f"Waking the {card.title}: its weights are loaded, for {story.waited_s:.0f} s so far"


def go_on_from(texts: tuple[Generation, ...], instruction: bool) -> None:
    """Make the text so far the beginning, where there is one and not several to choose from.

    Args:
        instruction: Whether it answers one; an answer is no beginning.
    """
    if len(texts) == 1 and not instruction:
        st.session_state["story-prompt"] = texts[0].generated_text


def draw_texts(story: Story) -> None:
    """The continuations side by side, and a way to take them along."""
    if (note := story.texts[0].note) is not None:
        st.warning(plain(hardly_read(note)), icon=":material/translate:")
    columns = st.columns(len(story.texts))
    for column, text, seed in zip(columns, story.texts, story.seeds, strict=False):
        with column.container(border=True):
            if len(story.texts) > 1:
                st.caption(f"Seed {seed}")
            st.text(text.generated_text)
            if len(story.texts) > 1 and not story.running and not story.parameters.instruction:
                st.button(
                    "Take as the beginning", key=f"story-take-{seed}", on_click=go_on_from,
                    args=((text,), False),
                )  # fmt: skip
    words = sum(text.new_tokens for text in story.texts)
    rate = f"{words / story.writing_s:,.0f} tokens a second" if story.writing_s else ""
    draw_provenance(
        story.checkpoint,
        f"{counted(words, 'token')}",
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
