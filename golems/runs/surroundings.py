"""What a process works under, so that a run is never done under the settings of another server."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from golems.settings import settings

PROJECT = Path(__file__).resolve().parents[2]
# Where somebody sits, and not what a program does; and what libraries set once they are loaded.
NO_MATTER = frozenset(
    {
        *("_", "SHLVL", "PWD", "OLDPWD", "TERM", "COLUMNS", "LINES", "WINDOWID"),
        *("MPLBACKEND", "TORCHINDUCTOR_CACHE_DIR"),
    }
)


def environment() -> dict[str, str]:
    """The environment of a process that stands where this one stands, and finds the package.

    Relative paths mean the same in both. Started with -P, so that it never finds a package in that
    folder just because it is called golems.
    """
    paths = list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    if str(PROJECT) not in paths:
        paths.insert(0, str(PROJECT))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def environment_under(variables: Mapping[str, str]) -> dict[str, str]:
    """The same with the settings of whoever asked for a run, but for the home folder.

    Args:
        variables: As ``settings().as_variables()`` says them.
    """
    kept = {name: value for name, value in environment().items() if name[:9] != "PANTHEON_"}
    return {**kept, "PANTHEON_HOME": str(settings().home), **variables}


def digest() -> str:
    """A digest of all that a process started now would work under.

    Interpreter, folder, environment, and the state of the program and of the libraries on the disk:
    whoever was started before an upgrade doesn't work as one started now.
    """
    program = [
        (str(path), path.stat().st_mtime_ns) for path in sorted((PROJECT / "golems").rglob("*.py"))
    ]
    libraries = sorted({sysconfig.get_path(name) for name in ("purelib", "platlib")})
    installed = [(path, Path(path).stat().st_mtime_ns) for path in libraries]
    around = [item for item in sorted(environment().items()) if item[0] not in NO_MATTER]
    said = json.dumps([sys.executable, folder(), around, program, installed])
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def folder() -> str:
    """The folder that relative paths start from; empty where it was deleted."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""
