"""The house stays as DESIGN.md draws it: who may know whom, how large, and what stays unloaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import golems

PROJECT = Path(golems.__file__).parents[1]
MAX_LINES = {"golems": 250, "golems/roster": 60, "ui": 250, "pages": 80, "training": 250}

# Each may import those before it, and itself.
LAYERS = (
    "words", "errors", "faults", "base", "settings", "legibility", "sureness", "models", "datasets",
    "loading", "embedded", "tasks", "budget", "encoding", "batching", "roster", "registry",
    "fetched", "golem", "ledger", "shelf", "warming", "streaming", "runs", "preflight", "reports",
    "cli", "__main__",
)  # fmt: skip
# These know less than their place allows: what they may import.
ONLY = {
    "base": set(),
    "legibility": set(),
    "sureness": {"base"},
    "models": {"errors"},
    "datasets": {"errors", "base", "settings"},
    "loading": {"errors", "faults", "base", "settings", "models"},
    "embedded": {"errors", "loading", "models"},
    "roster": {"base"},
    "reports": {"errors", "base", "runs"},
}
# Drawn without torch: the pages, the roster, and everything that reads a run.
LIGHT = (
    "golems", "golems.registry", "golems.tasks", "golems.datasets", "golems.runs",
    "golems.runs.store", "golems.preflight", "golems.reports", "golems.shelf", "golems.warming",
    "golems.cli",
)  # fmt: skip


def modules(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Full names of what a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            if node.module == "golems":  # from golems import roster
                yield from (f"golems.{alias.name}" for alias in node.names)
            else:
                yield node.module


def layer_of(path: Path) -> str:
    return path.relative_to(PROJECT / "golems").parts[0].removesuffix(".py")


def may_import(layer: str) -> set[str]:
    before = set(LAYERS[: LAYERS.index(layer)])
    return ONLY.get(layer, before) | {layer, "words"}


def test_the_drawing_fits_together() -> None:
    assert set(ONLY) <= set(LAYERS)
    for layer, others in ONLY.items():
        assert others <= set(LAYERS[: LAYERS.index(layer)])


@pytest.mark.parametrize(
    "path", modules("golems"), ids=lambda path: path.relative_to(PROJECT).as_posix()
)
def test_dependencies_inside_golems_point_one_way(path: Path) -> None:
    layer = layer_of(path)
    if layer == "__init__":
        allowed = {"base", "errors"}
    else:
        assert layer in LAYERS, f"Say in LAYERS where golems.{layer} belongs."
        allowed = may_import(layer)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "golems" and rest:
            assert rest.split(".")[0] in allowed, f"golems.{layer} must not know {name}"


@pytest.mark.parametrize(
    ("folder", "strangers"),
    [
        ("golems", {"streamlit", "plotly", "ui", "pages", "tests", "training", "benchmarks"}),
        ("ui", {"pages", "Home", "tests", "torch", "transformers"}),
        ("pages", {"pages", "Home", "tests", "torch", "transformers"}),
    ],
)
def test_the_app_knows_the_library_and_not_the_other_way_round(
    folder: str, strangers: set[str]
) -> None:
    for path in modules(folder):
        tops = {name.partition(".")[0] for name in imported(path)}
        assert not tops & strangers, f"{path.name} must not know {tops & strangers}"


@pytest.mark.parametrize("folder", MAX_LINES)
def test_modules_stay_small(folder: str) -> None:
    large = {
        path.relative_to(PROJECT).as_posix(): lines
        for path in modules(folder)
        if (lines := len(path.read_text("utf-8").splitlines())) > MAX_LINES[folder]
    }
    assert large == {}


@pytest.mark.parametrize("module", LIGHT)
def test_importing_loads_no_torch(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "from golems.registry import cards, choose_checkpoint\n"
        "for card in cards().values(): choose_checkpoint(card)\n"
        "print(*sorted({'torch', 'transformers', 'streamlit'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
