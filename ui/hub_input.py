"""A dataset of the Hub: which one, and what of it."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from golems.datasets import Dataset, TaskKind, hub_reach
from golems.datasets.hub_files import DEFAULT
from golems.errors import GolemError
from ui.errors import draw_error
from ui.opening import HUB, Splits, ask_again, open_here, splits_of
from ui.rows_input import FIRST, pick_rows
from ui.source import Source

USUAL_SPLIT = "train"
PAGE = re.compile(r"https?://[^/]+/datasets/([^/?#]+/[^/?#]+)")
OFFLINE = (
    "This app is offline: HF_HUB_OFFLINE is set where it was started, so it asks the Hub for "
    "nothing. Unset it and start the app again, or take other data."
)
HINT = "Of a dataset of the Hub, a sample fetches most of its files, and the first rows only a bit."


def pick_hub(source: Source, task_kind: TaskKind) -> Dataset | None:
    """Ask for a dataset of the Hub; what is wrong with it is said here, beside its name."""
    key, was = source.key, source.was
    offline = hub_reach().offline
    typed = st.text_input(
        "Dataset on the Hub", str(source.path).removeprefix(HUB), placeholder="owner/name",
        key=f"{key}-hub", persist_state="session", disabled=offline,
        help="Its id, or the address of its page. Parquet files are read, or what the Hub has "
        "converted to Parquet. For private and gated ones, HF_TOKEN has to be set where the app "
        "was started.",
    )  # fmt: skip
    if offline:
        st.info(OFFLINE, icon=":material/cloud_off:")
        return None
    name = id_in(typed or "")
    if not name:
        st.info("Type the id of a dataset, such as owner/name.", icon=":material/cloud_download:")
        return None
    top, rows_place = st.container(), st.container()
    with st.expander("Revision", icon=":material/history:"):
        revision = st.text_input(
            "Branch, tag or commit", was.get("revision") or "", placeholder="main",
            key=f"{key}-revision-{name}", persist_state="session",
            help="A run is fixed to the commit that this is when it is made.",
        )  # fmt: skip
    try:
        address, wanted = f"{HUB}{name}", (revision or "").strip() or None
        splits = splits_of(address, wanted)
        with rows_place:
            rows = pick_rows(f"{key}-{name}", was, usual=FIRST, hint=HINT)
        with top:
            asked = {"task_kind": task_kind, "revision": wanted, **rows}
            return pick_part(source, address, splits, asked)
    except GolemError as error:
        with top:
            draw_error(str(error))
            st.button("Try again", icon=":material/refresh:", on_click=ask_again)
        return None


def id_in(typed: str) -> str:
    """The id in what a person typed: ``owner/name``, with ``hub:`` before it, or an address."""
    typed = typed.strip()
    page = PAGE.match(typed)
    return page[1] if page else typed.removeprefix(HUB).strip("/ ")


def pick_part(source: Source, address: str, splits: Splits, asked: dict[str, Any]) -> Dataset:
    """Ask for config, split and column.

    Raises:
        BadInput: It can't be read as this task needs it; says why.
        HubError: The Hub doesn't give it.
    """
    was, key = source.was, f"{source.key}-{address}-{asked['revision']}"
    first, second, third = st.columns(3)
    configs = list(splits)
    asked["config"] = first.selectbox(
        "Config", configs, place(configs, was.get("config"), DEFAULT), key=f"{key}-config",
        persist_state="session", disabled=len(configs) < 2,
    )  # fmt: skip
    names = list(splits[asked["config"]])
    asked["split"] = second.selectbox(
        "Split", names, place(names, was.get("split"), USUAL_SPLIT),
        key=f"{key}-split-{asked['config']}", persist_state="session", disabled=len(names) < 2,
    )  # fmt: skip
    dataset = open_here(address, **asked)
    columns = list(dataset.columns)
    column = third.selectbox(
        "Column to read", columns, place(columns, was.get("column"), dataset.column or ""),
        key=f"{key}-column-{asked['config']}-{asked['split']}", persist_state="session",
    )  # fmt: skip
    return dataset if column == dataset.column else open_here(address, **asked, column=column)


def place(names: list[str], *wanted: str | None) -> int:
    """Where the first of the wanted names is that there is; else 0."""
    return next((names.index(name) for name in wanted if name in names), 0)
