"""What a person calls a run: a file of its own, as the manifest is the worker's to write."""

from __future__ import annotations

import unicodedata

from golems.errors import BadInput, RunFailed
from golems.runs.files import cannot_write, write_whole
from golems.runs.store import Run

FILE = "name.txt"
MOST_CHARS = 80


def name_of(run: Run) -> str:
    """The name somebody gave the run; empty where nobody did.

    Raises:
        RunFailed: It can't be read.
    """
    path = run.folder / FILE
    try:
        return one_line(path.read_text("utf-8", "replace"))[:MOST_CHARS]
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise RunFailed(f"{path} can't be read: {error.strerror}.") from error


def rename(run: Run, name: str) -> str:
    """Give a run a name; an empty one takes it away.

    Returns:
        The name as it is kept: on one line.

    Raises:
        BadInput: It is too long.
        RunFailed: It can't be written.
    """
    kept = one_line(name)
    if len(kept) > MOST_CHARS:
        raise BadInput(
            f"A name may have {MOST_CHARS} characters, and '{kept[:20]}…' has {len(kept):,}; "
            "choose a shorter one."
        )
    path = run.folder / FILE
    if kept:
        write_whole(path, kept.encode("utf-8", "replace"))
        return kept
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    return kept


def one_line(text: str) -> str:
    """A text on one line, without signs that can't be seen or that turn others around."""
    seen = (" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return " ".join("".join(one for one in seen if one not in TURNING).split())


# Overrides of the direction of writing: what follows a name would be read backwards.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
