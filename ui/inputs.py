"""Inputs that several pages share: which golem, which checkpoint, which parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from golems.base import Card, Checkpoint
from golems.errors import UnknownName
from golems.fetched import checkpoints_of
from golems.loading import commit_of, is_here
from golems.registry import cards, choose_checkpoint
from golems.tasks.long_texts import LONG_TEXTS, LongTexts
from ui.text import plain, short_commit

DATA = Path(__file__).resolve().parents[1] / "data"
LONG_TEXTS_IN_WORDS: dict[LongTexts, str] = {
    "head": "Read its start",
    "tail": "Read its end",
    "chunks": "Read all of it, in parts",
}


def pick_golem(task: str | None = None, *, first: Card | None = None) -> Card:
    """The golem to use; asked for only where there is a choice.

    Args:
        task: Only golems of this task; None for all.
        first: The one to begin with; it needn't be of the roster.
    """
    able = {name: card for name, card in cards().items() if task in (None, card.task)}
    key = f"golem-{task}"
    if first is not None:
        able.setdefault(first.name, first)
        key += f"-{first.name}"
    usual = first.name if first is not None else next(iter(able))
    if len(able) == 1:
        return able[usual]
    name = st.segmented_control(
        "Golem", list(able), default=usual, required=True, key=key, persist_state="session",
        format_func=lambda name: f"{able[name].icon} {plain(able[name].title)}",
    )  # fmt: skip
    return able[name]


def pick_checkpoint(card: Card, first: str | None = None) -> Checkpoint:
    """The checkpoint to use among those on this machine.

    Args:
        first: Id of the one to begin with; where it isn't on this machine any more, that is said.
    """
    here = [checkpoint.id for checkpoint in checkpoints_of(card) if is_here(checkpoint)]
    if first is not None and first not in here:
        if is_there(card, first):
            here.append(first)
        else:
            st.warning(f"The checkpoint {plain(first)} is not on this machine any more.")
            first = None
    if len(here) < 2:
        return choose_checkpoint(card, *here)
    chosen = st.selectbox(
        "Checkpoint", here, here.index(first) if first is not None else 0,
        key="-".join(["checkpoint", card.name, *([first] if first else [])]),
        persist_state="session",
    )  # fmt: skip
    return choose_checkpoint(card, chosen)


def is_there(card: Card, checkpoint: str) -> bool:
    """Whether a checkpoint that is not among a golem's own can be loaded from this machine."""
    try:
        return is_here(choose_checkpoint(card, checkpoint))
    except UnknownName:
        return False


def draw_provenance(checkpoint: Checkpoint, *facts: str) -> None:
    """One line below a result: what gave it, and further facts such as the time it took."""
    commit = short_commit(commit_of(checkpoint) or "not on this machine")
    st.caption(" · ".join([plain(f"{checkpoint.id} at {commit}"), *filter(None, facts)]))


def pick_examples(card: Card, key: str, target: str) -> None:
    """Examples to click; a click puts the example into the widget ``target``."""

    def take() -> None:
        if st.session_state[key] is not None:
            st.session_state[target] = st.session_state[key]
            st.session_state[key] = None

    st.pills(
        "Or take an example", card.examples, key=key, on_change=take,
        format_func=lambda text: plain(text if len(text) < 60 else f"{text[:57]}…"),
    )  # fmt: skip


def pick_long_texts(card: Card, key: str) -> LongTexts:
    """What is read of a text with more tokens than the model's limit."""
    chosen: LongTexts = st.selectbox(
        "If a text is too long", LONG_TEXTS, key=f"{key}-long-texts", width=320,
        persist_state="session",
        index=LONG_TEXTS.index(card.parameters.get("long_texts", "head")),
        format_func=lambda way: LONG_TEXTS_IN_WORDS[way],
        help="A golem can read only so much at once, often a page. The scores of a text read in "
        "parts are the mean over its parts, which overlap; a part counts by its length.",
    )  # fmt: skip
    return chosen


def pick_generation(card: Card, key: str) -> dict[str, Any]:
    """The parameters of text generation."""
    default = card.parameters
    # The ranges are those of use; a run may have been given something beyond.
    length, heat = default.get("max_new_tokens", 100), float(default.get("temperature", 1.0))
    share, most = float(default.get("top_p", 1.0)), default.get("top_k", 0)
    penalty_was = float(default.get("repetition_penalty") or 1.0)
    columns = st.columns(3)
    with columns[0]:
        new = st.slider(
            "New tokens", 1, max(1000, length), length, key=f"{key}-new",
            persist_state="session",
            help="A token is a piece of a word; 100 are about 75 words.",
        )  # fmt: skip
        sample = st.toggle(
            "Sampling", default.get("sample", False), key=f"{key}-sample", persist_state="session",
            help="On: each word is drawn by its score. Off: always the likeliest word.",
        )  # fmt: skip
    with columns[1]:
        temperature = st.slider(
            "Temperature", min(0.05, heat), max(2.0, heat), heat, 0.05, disabled=not sample,
            key=f"{key}-temperature", persist_state="session", help="Higher is more surprising.",
        )  # fmt: skip
        top_p = st.slider(
            "Top-p", min(0.05, share), 1.0, share, 0.05, disabled=not sample,
            key=f"{key}-top-p", persist_state="session",
            help="Draw from the likeliest words that add up to this share.",
        )  # fmt: skip
    with columns[2]:
        top_k = st.slider(
            "Top-k", 0, max(200, most), most, disabled=not sample, key=f"{key}-top-k",
            persist_state="session", help="Draw only from this many words; 0 is all.",
        )  # fmt: skip
        penalty = st.slider(
            "Repetition penalty", 1.0, max(2.0, penalty_was), penalty_was, 0.05,
            key=f"{key}-penalty", persist_state="session", help="Higher repeats less; 1 is off.",
        )  # fmt: skip
    seed = st.number_input(
        "Seed", 0, 2**32 - 1, default.get("seed", 0), disabled=not sample,
        key=f"{key}-seed", persist_state="session",
        help="The same seed gives the same text again.",
    )  # fmt: skip
    return {
        "max_new_tokens": new, "sample": sample, "temperature": temperature, "top_p": top_p,
        "top_k": top_k, "repetition_penalty": penalty, "seed": int(seed),
    }  # fmt: skip
