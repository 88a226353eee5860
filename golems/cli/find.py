"""A run as it is named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from golems.errors import UnknownName

if TYPE_CHECKING:
    from golems.runs import Run


def run_named(name: str) -> Run:
    """A run by its folder or its id.

    Raises:
        UnknownName: There is no such run.
    """
    from golems.runs import open_run
    from golems.runs.find import RUN_ID

    if not name.strip():
        raise UnknownName("There is no run without a name; `python -m golems runs` lists all.")
    folder = Path(name)
    is_id = RUN_ID.fullmatch(name) and not folder.is_dir()
    return open_run(name if is_id else folder)
