"""The Storyteller: a prompt in, its continuations out, as they are written."""

import streamlit as st

from golems.streaming import Story
from ui.errors import errors_in_words
from ui.inputs import pick_checkpoint, pick_examples, pick_generation, pick_golem
from ui.shelf import session_is_open, shelf, wake_soon
from ui.story_view import draw_state, draw_texts, go_on_from

POLL_S = 0.3
KEY = "story"
OF = "story-of"  # the beginning and the choices that it was written for

st.title("Storyteller")
card = pick_golem("text-generation")
st.markdown(card.summary)
checkpoint = pick_checkpoint(card)
prompt = st.text_area(
    "Beginning", key="story-prompt", height=120, persist_state="session",
    placeholder="Begin a story, a letter, a list …",
)  # fmt: skip
pick_examples(card, "story-example", "story-prompt")
with st.expander("How it writes", icon=":material/tune:"):
    values = pick_generation(card, "story")
    several = values["sample"]  # without drawing, all would be the same
    copies = st.slider(
        "Continuations side by side", 1, 4, 1, key="story-copies", disabled=not several,
        persist_state="session",
    )  # fmt: skip
    values["instruction"] = st.toggle(
        "The text is an instruction", key="story-instruction", persist_state="session",
        help="On: the golem answers it. Off: the golem goes on with it.",
    )  # fmt: skip
story: Story | None = st.session_state.get(KEY)
given = (prompt, checkpoint.id, values["instruction"])
is_of_this = story is not None and st.session_state.get(OF) == given
busy = story is not None and story.running
with st.container(horizontal=True):
    go = st.button(
        "Answer" if values["instruction"] else "Go on", type="primary", icon=card.icon,
        disabled=busy, key="story-go", on_click=go_on_from,
        args=(story.texts if story is not None and is_of_this else (), values["instruction"]),
    )  # fmt: skip
    again = is_of_this and st.button(
        "Start over", icon=":material/restart_alt:", disabled=busy, key="story-again",
        help="Writes it again from the beginning above.",
    )  # fmt: skip
if go or again:
    with errors_in_words():
        story = Story(
            shelf(), card, checkpoint, prompt, values, copies if several else 1, session_is_open()
        )
        st.session_state[KEY], st.session_state[OF] = story, given
        st.rerun()


@st.fragment(run_every=POLL_S if story is not None and story.running else None)
def draw_story() -> None:
    """Show the story so far; while it runs, look again and again."""
    story: Story | None = st.session_state.get(KEY)
    if story is None:
        st.info("Nothing is written yet. Begin a text, or take an example.", icon=":material/edit:")
        return
    running = story.running
    if running and st.button("Stop", icon=":material/stop:", key="story-stop"):
        story.stop()
    draw_state(story, card)
    if not is_of_this:
        st.warning("What follows was written for another beginning.", icon=":material/history:")
    if story.texts:
        draw_texts(story)
    if not running and st.session_state.pop("story-was-running", False):
        st.rerun()
    st.session_state["story-was-running"] = running


draw_story()
wake_soon(card, checkpoint)
