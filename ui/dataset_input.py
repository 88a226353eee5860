"""Choosing a dataset: where it is, what of it is read, and its first rows."""

from __future__ import annotations

import streamlit as st

from golems.base import Card
from golems.datasets import Dataset, Doubt
from golems.datasets.names import printable
from golems.runs import Manifest
from golems.tasks import task_class
from ui.hub_input import pick_hub
from ui.opening import open_here
from ui.preview import draw_preview
from ui.rows_input import pick_rows
from ui.source import Source, pick_source
from ui.table_input import pick_table
from ui.text import plain


def pick_dataset(card: Card, like: Manifest | None) -> Dataset | None:
    """Ask for a dataset that a golem can read, and show its first rows; None without one.

    Args:
        like: The run whose dataset is offered first.

    Raises:
        BadInput: It can't be read; says why.
    """
    task_kind = task_class(card.task).content
    source = pick_source(card, like)
    if source is None:
        st.info("No data yet. Add it above, or take the sample data.", icon=":material/upload:")
        return None
    dataset: Dataset | None
    if source.is_hub:
        dataset = pick_hub(source, task_kind)
    elif source.holds_pictures:
        dataset = pick_pictures(source)
    else:
        dataset = pick_table(source, task_kind)
    if dataset is None:
        return None
    if source.was and like is not None and dataset.columns != like.dataset.columns:
        st.warning(
            plain(
                f"{dataset.name} has changed since that run: its columns were "
                f"{', '.join(like.dataset.columns)}, and are {', '.join(dataset.columns)}."
            )
        )
    for doubt in (one for one in dataset.notes if isinstance(one, Doubt)):
        st.warning(plain(doubt), icon=":material/help:")
    st.caption(plain(" ".join(one for one in dataset.notes if not isinstance(one, Doubt))))
    draw_preview(dataset, task_kind)
    return dataset


def pick_pictures(source: Source) -> Dataset:
    """Ask which of the pictures of a folder or archive.

    Raises:
        BadInput: They can't be read; says why.
    """
    rows = pick_rows(f"{source.key}-{printable(str(source.path))}", source.was)
    kind = source.was.get("kind")
    return open_here(source.path, task_kind="image", kind=kind, **rows)
