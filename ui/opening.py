"""Datasets opened on the page, where what is costly isn't done again each time it is drawn.

A dataset of the Hub takes requests, and a sample of a file takes reading all of it. Such datasets
stay open for a while, with their first rows; what went wrong is tried again much sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from golems.datasets import Dataset, HubReach, hub_reach, hub_splits, open_dataset
from golems.errors import GolemError

KEPT_S = 15 * 60
ERROR_KEPT_S = 20
MOST_KEPT = 16
PREVIEW_ROWS = 6
HUB = "hub:"

Options = tuple[tuple[str, Any], ...]
Splits = dict[str, tuple[str, ...]]
# What an answer depends on beside the question: how the Hub is asked, or a file's time and size.
State = HubReach | tuple[int, int]


def open_here(path: str | Path, **options: Any) -> Dataset:
    """Open a dataset as ``open_dataset`` does.

    Raises:
        BadInput: As ``open_dataset``.
        HubError: As ``open_dataset``.
    """
    state = state_of(path, options)
    if state is None:
        return open_dataset(path, **options)
    with st.spinner("Opening the dataset …"):
        found: Dataset = answered(tried("dataset", str(path), tuple(options.items()), state))
    return found


def splits_of(address: str, revision: str | None) -> Splits:
    """The configs and splits of a dataset of the Hub, as ``hub_splits`` says.

    Raises:
        BadInput: As ``hub_splits``.
        HubError: As ``hub_splits``.
    """
    with st.spinner("Asking the Hub …"):
        key = ("splits", address, (("revision", revision),), hub_reach())
        found: Splits = answered(tried(*key))
    return found


def ask_again() -> None:
    """Forget what went wrong, so that it is tried again at once."""
    tried.clear()


def state_of(path: str | Path, options: dict[str, Any]) -> State | None:
    """What a dataset that is kept open depends on; None for one that is opened each time."""
    if str(path).startswith(HUB):
        return hub_reach()
    if options.get("sample") is None or not Path(path).is_file():
        return None
    stat = Path(path).stat()
    return stat.st_mtime_ns, stat.st_size


def opened_with_rows(path: str, **options: Any) -> Dataset:
    """A dataset whose first rows are read, so that drawing them reads nothing."""
    dataset = open_dataset(path, **options)
    dataset.preview(PREVIEW_ROWS)
    return dataset


ASK: dict[str, Callable[..., Any]] = {"dataset": opened_with_rows, "splits": hub_splits}


@st.cache_resource(ttl=KEPT_S, max_entries=MOST_KEPT, show_spinner=False)
def kept(what: str, path: str, options: Options, state: State) -> Any:  # noqa: ARG001 - a key
    """An answer; an error is not kept here."""
    return ASK[what](path, **dict(options))


@st.cache_resource(ttl=ERROR_KEPT_S, max_entries=4 * MOST_KEPT, show_spinner=False)
def tried(what: str, path: str, options: Options, state: State) -> Any:
    """An answer, or the error instead of one."""
    try:
        return kept(what, path, options, state)
    except GolemError as error:
        return error


def answered(answer: Any) -> Any:
    """An answer that isn't an error.

    Raises:
        GolemError: It is one.
    """
    if isinstance(answer, GolemError):
        raise type(answer)(str(answer))
    return answer
