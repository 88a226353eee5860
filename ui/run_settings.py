"""The settings of a run: checkpoint, parameters, and how it is computed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from golems.base import PRECISIONS, Card, Checkpoint
from golems.runs import Manifest
from golems.settings import settings
from ui.inputs import pick_checkpoint, pick_generation, pick_long_texts

USUAL_FAILED = 10.0
LABELS = {"text-classification": ("text", None), "image-classification": ("picture", 5)}
PRECISION_HELP = (
    "fp32 is exact. auto takes bf16 where this machine is fast at it, if it gives the same labels "
    "as fp32 on some of your rows. int8 is fast on most processors and the least exact. The report "
    "says how many labels were the same."
)
CHOICES = ["auto", *PRECISIONS]


def pick_settings(card: Card, like: Manifest | None) -> tuple[Checkpoint, dict[str, Any]]:
    """Ask for everything that ``draft`` takes beside golem and dataset.

    Args:
        card: Its parameters are what those of the run begin with.
        like: The run whose other settings are the ones to begin with.
    """
    key = "batch" if like is None else f"batch-{like.id}"
    with st.expander("Settings", icon=":material/tune:"):
        wanted = like.checkpoint if like is not None and like.task == card.task else None
        checkpoint = pick_checkpoint(card, wanted)
        parameters = pick_parameters(card, key, same=wanted is not None)
        return checkpoint, {"parameters": parameters, **pick_computing(key, like)}


def pick_parameters(card: Card, key: str, *, same: bool) -> dict[str, Any]:
    """The parameters of the card's task.

    Args:
        same: Whether the card's parameters are those of a run that is to be done again.
    """
    if card.task == "text-generation":
        values: dict[str, Any] = pick_generation(card, key)
        if same and card.parameters.get("repetition_penalty") is None:
            # That is what the checkpoint itself says, which the slider has no place for.
            penalty = values["repetition_penalty"]
            values["repetition_penalty"] = None if penalty == 1 else penalty
        return values
    values = {}
    if card.task == "text-classification":
        values["long_texts"] = pick_long_texts(card, key)
    if card.task in LABELS:
        what, usual = LABELS[card.task]
        values["top_k"] = st.number_input(
            f"Labels to keep for each {what}", 1, None, card.parameters.get("top_k", usual),
            key=f"{key}-top-k-{card.task}", persist_state="session", placeholder="all", width=320,
            help="Those with the highest scores; leave it empty to keep all.",
        )  # fmt: skip
    return values


def pick_computing(key: str, like: Manifest | None) -> dict[str, Any]:
    """What is done with known results and with failures, and what it is computed on."""
    ledger = st.toggle(
        "Use results already known", settings().ledger if like is None else like.ledger,
        key=f"{key}-ledger", persist_state="session",
        help="A row that the same checkpoint has predicted before, with the same parameters, is "
        "not computed again; and new results are kept for the next time.",
    )  # fmt: skip
    share = None if like is None else like.max_failed_share
    with st.container(horizontal=True, vertical_alignment="center"):
        stops = st.toggle(
            "Stop when too many rows fail", share is not None, key=f"{key}-stops",
            persist_state="session", help="Otherwise every row is tried, whatever becomes of it.",
        )  # fmt: skip
        if stops:
            percent = st.number_input(
                "More than this share of the rows (%)", 0.0, 100.0,
                USUAL_FAILED if share is None else 100 * share, 1.0, format="%g",
                key=f"{key}-stop-percent", persist_state="session", width=240,
            )  # fmt: skip
    device = settings().device if like is None else like.device
    precision = "auto" if like is None else like.precision
    left, right, _ = st.columns(3)
    devices = list(dict.fromkeys(["auto", "cpu", settings().device, device]))
    return {
        "ledger": ledger,
        "max_failed_share": percent / 100 if stops else None,
        "device": left.selectbox(
            "Device", devices, devices.index(device), key=f"{key}-device", persist_state="session",
        ),
        "precision": right.selectbox(
            "Precision", CHOICES, CHOICES.index(precision), key=f"{key}-precision",
            persist_state="session", help=PRECISION_HELP,
        ),
    }  # fmt: skip
