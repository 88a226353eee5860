"""Small facts that runs remember for each other, a JSON file a kind in the home folder."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from filelock import FileLock

from golems.errors import RunFailed
from golems.runs.files import write_whole
from golems.settings import settings

log = logging.getLogger(__name__)


def place(name: str) -> Path:
    """The file of that name."""
    return settings().home / f"{name}.json"


def read(name: str) -> dict[str, Any]:
    """All facts by their keys; none where the file is missing or damaged."""
    try:
        known = json.loads(place(name).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s can't be read: %s", place(name), error)
        return {}
    return known if isinstance(known, dict) else {}


def note(name: str, key: str, fact: Any | None) -> None:
    """Remember one fact, or forget it. What can't be written is worth some time, not a run."""
    path = place(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            known = read(name)
            if fact is None:
                known.pop(key, None)
            else:
                known[key] = fact
            write_whole(path, json.dumps(known, indent=1).encode())
    except (OSError, RunFailed) as error:
        log.warning("%s can't be written: %s", path, error)
