"""The Pantheon: all golems, what they run on, and what is in memory."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from golems.base import Card, HubSource
from golems.errors import GolemError
from golems.loading import fetch, is_here, locate
from golems.registry import cards, choose_checkpoint
from ui.errors import draw_error
from ui.shelf import shelf
from ui.text import megabytes, plain, short_commit

PAGES = {
    "text-classification": "pages/analyst.py",
    "image-classification": "pages/visionary.py",
    "text-generation": "pages/storyteller.py",
}


def draw_card(card: Card) -> None:
    """One golem: what it does, with what, and where it is."""
    used = choose_checkpoint(card)
    folder = locate(used)
    places = [place for place in shelf().places() if place.plan.card.name == card.name]
    st.subheader(f"{card.icon} {plain(card.title)}")
    st.markdown(plain(card.summary))
    with st.container(horizontal=True):
        st.badge(card.task, color="gray")
        if places:
            st.badge("in memory", icon=":material/memory:", color="green")
            st.badge(places[-1].plan.device, color="gray")
        else:
            st.badge("not in memory", color="gray")
    commit = f"`{short_commit(folder.commit)}`" if folder else "made on first use"
    st.markdown(
        f"**Checkpoint** {plain(used.id)}  \n**Commit** {commit}  \n"
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


def draw_fetching(card: Card) -> None:
    """The card's checkpoints that are on the Hub and not here."""
    for checkpoint in card.checkpoints:
        if not isinstance(checkpoint.source, HubSource):
            continue
        if is_here(checkpoint):
            st.caption(f":material/check: {plain(checkpoint.id)} is on this machine.")
        elif st.button(
            f"Fetch {plain(checkpoint.id)} ({checkpoint.size_mb:,.0f} MB)",
            key=f"fetch-{checkpoint.id}", icon=":material/download:",
        ):  # fmt: skip
            bar = st.progress(0.0, text="Asking the Hub …")
            try:
                fetch(checkpoint, partial(draw_share, bar))
            except GolemError as error:
                bar.empty()
                draw_error(str(error))
            else:
                st.rerun()


def draw_share(bar: DeltaGenerator, share: float) -> None:
    bar.progress(share, text=f"{share:.0%} is here")


st.title("Pantheon of Golems")
st.markdown(
    "Golems are pretrained models. Give one a text or a picture, or a whole table or folder on the "
    "Batch page. Nothing leaves this machine."
)
columns = st.columns(3)
for place, card in enumerate(cards().values()):
    with columns[place % 3].container(border=True):
        draw_card(card)
        with st.expander("Other checkpoints"):
            draw_fetching(card)
