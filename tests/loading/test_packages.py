"""A checkpoint out of a package is assembled once, whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors import SafetensorError

import golems
from golems.base import Checkpoint, PackageSource
from golems.errors import BadWeights, MissingPackage
from golems.loading import fetch, is_here, locate, ready, sources

PROJECT = Path(golems.__file__).parents[1]
TIMEOUT_S = 60.0
PARTS = ["model.safetensors", "part0", "part1", "part2", "part3"]
RECIPE = '''
"""Assembles a folder step by step, as the test wants it."""
WEIGHTS = b"\\x02" + b"\\x00" * 7 + b"{}"  # no tensor in it
fault = None
assembled = 0


def assemble(target, progress):
    global assembled
    (target / "model.safetensors").write_bytes(WEIGHTS)
    for step in range(4):
        progress(step / 4)
        (target / f"part{step}").write_text("clay")
        if step == 2 and fault is not None:
            fault()
    progress(1.0)
    assembled += 1
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkpoint]:
    """An installed package with weights and the recipe for them."""
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "clay_recipe.py").write_text(RECIPE)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    source = PackageSource("clay==1", "clay_recipe", "clay_recipe", "1")
    yield Checkpoint("embedded/clay", source)
    sys.modules.pop("clay_recipe", None)


def with_fault(fault: Callable[[], object] | None) -> None:
    import clay_recipe  # type: ignore[import-not-found]

    clay_recipe.fault = fault


def times_assembled() -> int:
    import clay_recipe

    return int(clay_recipe.assembled)


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def left_behind(home: Path) -> list[str]:
    """What is in the folder of checkpoints, apart from the locks."""
    folder = home / "checkpoints"
    return [p.name for p in folder.iterdir() if p.suffix != ".lock"] if folder.is_dir() else []


def test_it_is_assembled_once_with_progress(package: Checkpoint, home: Path) -> None:
    assert is_here(package)
    assert locate(package) is None  # looking writes nothing
    assert left_behind(home) == []
    shares: list[float] = []
    folder = ready(package, shares.append)
    assert shares == [0, 0.25, 0.5, 0.75, 1]
    assert parts(folder.path) == PARTS
    assert folder.path.is_relative_to(home)
    assert folder.commit.startswith("sha256:")
    assert ready(package, shares.append) == fetch(package) == locate(package) == folder
    assert len(shares) == 5
    assert times_assembled() == 1


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 5)])
def test_a_damaged_folder_is_assembled_again(
    damage: Callable[[Path], None], package: Checkpoint
) -> None:
    folder = ready(package)
    damage(folder.path / "model.safetensors")
    assert locate(package) is None
    assert is_here(package)
    assert fetch(package) == folder == locate(package)
    assert parts(folder.path) == PARTS
    assert times_assembled() == 2


def test_a_damaged_folder_without_its_package_is_not_here(
    package: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ready(package)
    (folder.path / "model.safetensors").unlink()
    monkeypatch.setattr(sources, "installed", lambda source: False)
    assert not is_here(package)
    with pytest.raises(MissingPackage):
        ready(package)


def test_another_version_is_another_folder(package: Checkpoint) -> None:
    assert isinstance(package.source, PackageSource)
    newer = replace(package, source=replace(package.source, version="2"))
    first, second = ready(package), ready(newer)
    assert first.path != second.path
    assert first.commit != second.commit


def test_a_missing_package_names_the_command(package: Checkpoint) -> None:
    assert isinstance(package.source, PackageSource)
    gone = replace(package, source=replace(package.source, module="no_such_package"))
    assert not is_here(gone)
    with pytest.raises(MissingPackage, match=r"clay==1.*pip install --no-deps -r requirements"):
        ready(gone)


def raising(error: BaseException) -> Callable[[], None]:
    def fault() -> None:
        raise error

    return fault


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a bug"), BadWeights("words")])
def test_an_assembly_that_breaks_off_leaves_nothing(
    error: BaseException, package: Checkpoint, home: Path
) -> None:
    with_fault(raising(error))
    with pytest.raises(type(error)):
        ready(package)
    assert left_behind(home) == []
    with_fault(None)
    assert parts(ready(package).path) == PARTS


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        SafetensorError("I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_told_in_words(error: Exception, package: Checkpoint, home: Path) -> None:
    with_fault(raising(error))
    with pytest.raises(BadWeights, match="can't be written to .*No space left.* PANTHEON_HOME"):
        ready(package)
    assert left_behind(home) == []


def test_a_home_that_cannot_be_written_is_told_in_words(
    package: Checkpoint, tmp_path: Path, setting: Callable[[str, object], None]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    setting("home", tmp_path / "file" / "home")
    with pytest.raises(BadWeights, match="can't be written to .*Not a directory"):
        ready(package)


CHILD = """
import sys
from golems.base import Checkpoint, PackageSource
from golems.loading import ready
import clay_recipe

source = PackageSource("clay==1", "clay_recipe", "clay_recipe", "1")
if sys.argv[1] == "hang":
    clay_recipe.fault = lambda: (print("half-way", flush=True), sys.stdin.read())
folder = ready(Checkpoint("embedded/clay", source))
print("whole", clay_recipe.assembled, flush=True)
"""


def child(tmp_path: Path, how: str) -> subprocess.Popen[str]:
    """A process of its own that assembles the same checkpoint; "hang" stops it half-way."""
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, how],
        env=os.environ | {"PYTHONPATH": f"{PROJECT}{os.pathsep}{tmp_path / 'packages'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_assembly_leaves_nothing_that_looks_whole(
    package: Checkpoint, home: Path, tmp_path: Path
) -> None:
    with child(tmp_path, "hang") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        assert locate(package) is None
        process.send_signal(signal.SIGKILL)
    assert left_behind(home) != []
    assert locate(package) is None
    folder = ready(package)
    assert parts(folder.path) == PARTS
    assert left_behind(home) == [folder.path.name]


def test_two_processes_assemble_once(package: Checkpoint, home: Path, tmp_path: Path) -> None:
    with child(tmp_path, "hang") as first, child(tmp_path, "go") as second:
        assert first.stdout is not None
        assert second.stdout is not None
        assert first.stdin is not None
        # Whichever came first, both end with the whole folder, made by one of them.
        started = first.stdout.readline()
        if started == "half-way\n":
            first.stdin.close()
            started = first.stdout.readline()
        ends = sorted([started, second.stdout.readline()])
        assert ends == ["whole 0\n", "whole 1\n"]
    assert len(left_behind(home)) == 1


def test_two_threads_assemble_once(package: Checkpoint) -> None:
    inside, go = threading.Event(), threading.Event()
    with_fault(lambda: (inside.set(), go.wait(TIMEOUT_S)))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ready, package)
        assert inside.wait(TIMEOUT_S)
        second = pool.submit(ready, package)
        go.set()
        assert first.result(TIMEOUT_S) == second.result(TIMEOUT_S)
    assert times_assembled() == 1
