"""Where the data of a run come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from golems.base import Card
from golems.datasets import TABLE_EXTENSIONS, TaskKind
from golems.datasets.kinds import PICTURES, TABLES, kind_of
from golems.errors import BadInput
from golems.runs import Manifest
from golems.settings import settings
from golems.tasks import task_class
from ui.inputs import DATA
from ui.opening import HUB
from ui.server_folder import pick_on_server
from ui.uploads import spool

SAMPLES = {
    "text-classification": DATA / "reviews.csv",
    "image-classification": DATA / "photos",
    "text-generation": DATA / "prompts.csv",
}
SAMPLE, TABLE, IMAGES, FOLDER = (
    "Sample data",
    "Upload a table",
    "Upload pictures",
    "Upload a folder",
)
ON_HUB, ON_SERVER = "Hub dataset", "Server folder"
TABLE_TYPES = [*(name.removeprefix(".") for name in TABLE_EXTENSIONS), "gz"]
WHEN_CHARS = 15  # of a run's id: the second at which it was made
IN_WORDS = {"text": "texts", "image": "pictures"}


@dataclass(frozen=True, slots=True)
class Source:
    """Data that were chosen, and how they were read before, if they were.

    Attributes:
        path: A file or folder, or ``hub:owner/name``; of the Hub without a name where it is yet to
            be asked for.
        key: What the names of its widgets begin with.
        was: What ``open_dataset`` was given then.
    """

    path: str | Path
    key: str = "batch"
    was: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_hub(self) -> bool:
        return str(self.path).startswith(HUB)

    @property
    def holds_pictures(self) -> bool:
        """Whether it is a picture, a folder or an archive of pictures."""
        path = Path(self.path)
        return (self.was.get("kind") or kind_of(path, is_folder=path.is_dir())) in PICTURES


def pick_source(card: Card, like: Manifest | None) -> Source | None:
    """Ask where the data come from; None as long as there are none.

    Args:
        like: The run whose data are offered too, where the golem can read them.
    """
    kind = task_class(card.task).content
    uploads = [TABLE] if kind == "text" else [IMAGES, FOLDER, TABLE]
    sources = [SAMPLE, *uploads, ON_HUB, *([ON_SERVER] if settings().roots else [])]
    key, again = "batch", ""
    if like is not None:
        key = f"batch-{like.id}"
        before = task_class(like.task).content
        if before == kind:
            again = f"As in run {like.id[:WHEN_CHARS]}"
            sources.insert(0, again)
        else:
            st.info(
                f"The data of that run are {IN_WORDS[before]}, and this golem reads "
                f"{IN_WORDS[kind]}: choose others.",
                icon=":material/swap_horiz:",
            )
    source = st.segmented_control(
        "Data from", sources, default=sources[0], required=True, key=f"{key}-source-{kind}",
        persist_state="session",
    )  # fmt: skip
    if like is not None and source == again:
        spec = like.dataset
        was = {"kind": spec.kind, "column": spec.column, "limit": spec.limit, **spec.options}
        return Source(spec.path, key, was)
    if source == SAMPLE:
        return Source(SAMPLES[card.task])
    if source == ON_HUB:
        return Source(HUB)
    path = pick_on_server(kind) if source == ON_SERVER else pick_upload(source, kind)
    return None if path is None else Source(path)


def pick_upload(source: str, kind: TaskKind) -> Path | None:
    """Take files from the browser.

    Raises:
        BadInput: There is no table among them, or several, where one was asked for.
        RunFailed: They can't be written to the disk.
    """
    if source == TABLE and kind == "text":
        file = st.file_uploader(
            "A table (CSV, JSON, Parquet, Excel) or a text file, also packed with gzip",
            type=TABLE_TYPES, key="batch-table",
        )  # fmt: skip
        return None if file is None else spool([file])
    if source == TABLE:
        files = st.file_uploader(
            "A table with a column of pictures; if it has their names, add the pictures too",
            accept_multiple_files=True, key="batch-picture-table",
        )  # fmt: skip
        return table_in(spool(files)) if files else None
    if source == FOLDER:
        files = st.file_uploader(
            "A folder of pictures, with those in its sub-folders",
            accept_multiple_files="directory", key="batch-folder",
        )  # fmt: skip
        return spool(files, folder=True) if files else None
    files = st.file_uploader(
        "Pictures, or one ZIP or tar of pictures", accept_multiple_files=True, key="batch-pictures"
    )
    return spool(files) if files else None


def table_in(path: Path) -> Path:
    """The one table among uploaded files.

    Raises:
        BadInput: There is none, or there are several.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    tables = [file for file in files if kind_of(file, is_folder=False) in TABLES]
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise BadInput(
            f"There is no table among {', '.join(file.name for file in files[:5])}: add one, such "
            "as a .csv or .parquet, or choose another kind of upload."
        )
    raise BadInput(f"There are several tables: {', '.join(t.name for t in tables)}. Give one.")
