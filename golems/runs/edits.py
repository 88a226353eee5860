"""The texts of a run that were mended by hand: its ``edits.jsonl`` says what stood there."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from golems.errors import RunFailed
from golems.runs.files import cannot_write, write_whole
from golems.runs.manifest import Manifest
from golems.runs.store import Run

NAME = "edits.jsonl"


def edited_places(run: Run) -> frozenset[int]:
    """Places, from 0, of the rows whose text may be another one than the dataset's.

    Raises:
        RunFailed: The list of them is damaged.
    """
    path = run.folder / NAME
    try:
        lines = path.read_text("utf-8", "surrogateescape").splitlines()
        return frozenset(int(json.loads(line)["row"]) - 1 for line in lines if line)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise RunFailed(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunFailed(
            f"{path} is damaged, so it isn't known which rows were mended. Start the run again."
        ) from error


def keep_edits(
    run: Run, manifest: Manifest, before: Mapping[int, str | None], after: Mapping[int, str]
) -> None:
    """Write down what stood in the edited cells, before anything of it is changed.

    Args:
        before: Place -> what stood there, of each row that is edited.
        after: Place -> what stands there from now on.

    Raises:
        RunFailed: It can't be written.
    """
    if not before:
        return
    path = run.folder / NAME
    lines = [
        json.dumps(
            {
                "at": time.time(),
                "row": place + 1,
                "column": manifest.dataset.column,
                "before": text,
                "after": after[place],
            },
            ensure_ascii=False,
        )
        for place, text in sorted(before.items())
    ]
    try:
        earlier = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise cannot_write(path, error) from error
    said = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    write_whole(path, earlier + said)
