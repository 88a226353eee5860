"""What tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from golems.cli import main
from tests import tiny


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one sentence on stderr, behind what was said of progress."""
        line = self.err.splitlines()[-1]
        assert line.startswith("error: ")
        assert "Traceback" not in self.err
        assert self.out == ""
        return line.removeprefix("error: ")


Golems = Callable[..., Said]


@pytest.fixture
def golems(capsys: pytest.CaptureFixture[str]) -> Golems:
    """Run a command: ``golems("list", "--json")``."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # as argparse ends on bad usage
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def text_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.distilbert(tmp_path_factory.mktemp("cli") / "distilbert", labels=["BAD", "GOOD"])


@pytest.fixture(scope="session")
def picture_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.vit(tmp_path_factory.mktemp("cli") / "vit", labels=["cat", "dog", "bird"])


@pytest.fixture(scope="session")
def writer_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.gpt2(tmp_path_factory.mktemp("cli") / "gpt2")


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    texts = ["A joy from first to last", "", "Nobody laughed", "The soup was hot"]
    lines = [f"{n},{text}" for n, text in enumerate(texts, start=1)]
    path.write_text("\n".join(["id,review", *lines, ""]))
    return path


TEXT = ("--task", "text-classification")
PICTURE = ("--task", "image-classification")
WRITE = ("--task", "text-generation")
