"""Data sets in the folders of the server that its operator named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from golems.datasets import TaskKind
from golems.datasets.kinds import PICTURES, TABLES, kind_of
from golems.datasets.names import in_order, is_litter, printable
from golems.errors import BadInput
from golems.settings import settings

MOST_ENTRIES = 500
MOST_LEVELS = 4
ALL = "."


def pick_on_server(kind: TaskKind) -> Path | None:
    """A file or folder under the roots that the operator named.

    Raises:
        BadInput: The root can't be read; says why.
    """
    roots = settings().roots
    # Strings and numbers, not paths: a name that isn't Unicode can't travel to the browser.
    place = st.selectbox(
        "Folder", range(len(roots)), key="batch-root", persist_state="session",
        format_func=lambda number: printable(str(roots[number])),
    )  # fmt: skip
    root = Path(roots[place])
    entries = entries_of(root, kind)
    if not entries:
        raise BadInput(f"There is no table in {printable(str(root))}. Put a .csv or .tsv there.")
    number = st.selectbox(
        "Dataset", range(len(entries)), key=f"batch-entry-{kind}-{place}", persist_state="session",
        format_func=lambda number: (
            "all of it" if entries[number] == ALL else printable(entries[number])
        ),
    )  # fmt: skip
    if len(entries) >= MOST_ENTRIES:
        st.caption(f"The first {MOST_ENTRIES} are offered here.")
    return root / entries[number]


def entries_of(root: Path, kind: TaskKind) -> list[str]:
    """What this kind of golem can read below a root, as relative paths in order.

    Texts are offered from tables only; pictures from the whole root, its folders, archives,
    Parquet files and pictures. Nothing hidden, and no link out of the root.

    Raises:
        BadInput: The root can't be read; says why.
    """
    try:
        inside = root.resolve(strict=True)
        next(os.scandir(inside), None)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"The folder {printable(str(root))} can't be read: {reason}. Whoever runs this server "
            "named it in PANTHEON_ROOTS."
        ) from error
    names = sorted(found_below(inside, kind), key=in_order)[:MOST_ENTRIES]
    return [ALL, *names] if kind == "image" else names


def found_below(root: Path, kind: TaskKind) -> Iterator[str]:
    """Relative paths of what can be read; at most ``MOST_ENTRIES``."""
    found = 0
    for folder, subfolders, files in os.walk(root):
        place = Path(folder)
        subfolders[:] = sorted(name for name in subfolders if not is_litter([name]))
        names = [*subfolders, *sorted(files)] if kind == "image" else sorted(files)
        for name in names:
            path = place / name
            if not is_litter([name]) and fits(path, kind) and stays_in(path, root):
                yield path.relative_to(root).as_posix()
                found += 1
                if found == MOST_ENTRIES:
                    return
        # Pictures in subfolders come with their folder.
        if kind == "image" or len(place.relative_to(root).parts) >= MOST_LEVELS:
            subfolders.clear()


def fits(path: Path, kind: TaskKind) -> bool:
    """Whether a golem of this kind may be able to read it, by its name."""
    # A Parquet file may hold pictures as well.
    readable = TABLES if kind == "text" else (*PICTURES, "parquet")
    return kind_of(path, is_folder=path.is_dir()) in readable


def stays_in(path: Path, root: Path) -> bool:
    """Whether a path leads to something that is there, and below the root."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # nothing there, or links in a circle
        return False
