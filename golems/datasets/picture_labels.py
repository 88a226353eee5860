"""Sub-folders as labels, as the ``datasets`` library's image folders have them."""

from __future__ import annotations

from collections.abc import Sequence

from golems.datasets.names import alike, split_name

COLUMN = "label"
NOTE = "Each picture's sub-folder is taken for its label and kept in the column 'label'."


def parts_of(name: str) -> list[str]:
    """The parts of a relative path, with slashes of either kind."""
    return [part for part in split_name(name) if part not in ("", ".")]


def labels_of(names: Sequence[str]) -> list[str] | None:
    """Take the label of every picture from the folder it lies in.

    Args:
        names: Relative paths of all the pictures.

    Returns:
        A label for each; None unless all lie in sub-folders of one folder, at least two of them,
        and none deeper.
    """
    folders = {tuple(parts_of(name)[:-1]) for name in names}
    depths = {len(folder) for folder in folders}
    if len(folders) < 2 or len(depths) > 1 or len({folder[:-1] for folder in folders}) > 1:
        return None
    return [alike(parts_of(name)[-2]) for name in names]
