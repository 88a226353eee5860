"""The Pantheon: all golems, what they run on, and what is in memory."""

import streamlit as st

from golems.base import Card
from golems.loading import commit_of
from golems.registry import cards, choose_checkpoint
from ui.errors import errors_in_words
from ui.fetching import draw_fetching
from ui.shelf import shelf
from ui.text import megabytes, plain, short_commit

PAGES = {
    "text-classification": "pages/analyst.py",
    "image-classification": "pages/visionary.py",
    "text-generation": "pages/storyteller.py",
}
A_ROW = 3


def draw_card(card: Card) -> None:
    """One golem: what it does, with what, and where it is."""
    st.header(f"{card.icon} {plain(card.title)}")
    st.markdown(plain(card.summary))
    used = choose_checkpoint(card)
    commit = commit_of(used)
    places = [place for place in shelf().places() if place.plan.card.name == card.name]
    with st.container(horizontal=True):
        st.badge(card.task, color="gray")
        if places:
            st.badge("in memory", icon=":material/memory:", color="green")
        else:
            st.badge("not in memory", color="gray")
    shown = f"`{short_commit(commit)}`" if commit else "not on this machine"
    st.markdown(
        f"**Checkpoint** {plain(used.id)}  \n**Commit** {shown}  \n"
        f"**Size** {used.size_mb:,.0f} MB · **Licence** {plain(used.license)}"
    )
    for place in places:
        plan = place.plan
        st.caption(
            f"{plain(plan.checkpoint.id)}: {megabytes(plan.memory_bytes)} as {plan.precision} "
            f"on {plan.device}"
        )
    with st.container(horizontal=True):
        st.page_link(PAGES[card.task], label="Open", icon=":material/arrow_forward:")
        if places and st.button("Unload", key=f"unload-{card.name}", icon=":material/eject:"):
            left = shelf().unload(card)
            if left:
                st.toast(f"The {card.title} is in use; try again when it has finished.")
            else:
                st.rerun()


st.title("Pantheon of Golems")
st.markdown(
    "Golems are pretrained models. Give one a text or a picture, or a whole table or folder on the "
    "Batch page. Nothing leaves this machine."
)
golems = list(cards().values())
for first in range(0, len(golems), A_ROW):
    for column, card in zip(st.columns(A_ROW), golems[first : first + A_ROW], strict=False):
        with column.container(border=True, height="stretch"), errors_in_words():
            draw_card(card)
            with st.expander("Other checkpoints"):
                draw_fetching(card)
