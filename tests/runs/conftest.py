"""What tests of runs share: tiny models, files in one line, runs ready to work on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from golems.datasets import open_dataset
from golems.registry import card_named, choose_checkpoint
from golems.runs import Run, create_run
from golems.tasks import task_class
from tests import tiny
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
MakeRun = Callable[..., Run]


@pytest.fixture(scope="session")
def text_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.distilbert(tmp_path_factory.mktemp("models") / "distilbert")


@pytest.fixture(scope="session")
def picture_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.vit(tmp_path_factory.mktemp("models") / "vit")


@pytest.fixture
def make_run(text_model: Path, picture_model: Path, tmp_path: Path) -> MakeRun:
    """A run that waits to be started: ``make_run("text\\nhello\\n", window=2)``."""

    def make(
        data: str | bytes | Path,
        *,
        task: str = "text-classification",
        column: str | None = None,
        window: int | None = None,
        **options: Any,
    ) -> Run:
        if isinstance(data, Path):
            path = data
        else:
            path = tmp_path / "reviews.csv"
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        model = text_model if task == "text-classification" else picture_model
        card = card_named(str(model), task)
        dataset = open_dataset(path, task_kind=task_class(task).content, column=column)
        options = {"device": "cpu", "precision": "fp32", **options}
        run = create_run(card, choose_checkpoint(card), dataset, **options)
        if window is not None:
            run.write_manifest(run.manifest().model_copy(update={"window": window}))
        return run

    return make


def texts_csv(rows: int, *, start: int = 0) -> str:
    """A CSV of that many different texts, of 1 to 12 words."""
    lines = [f"{n},{' '.join(['golem'] * (n % 11))} {n}" for n in range(start, start + rows)]
    return "\n".join(["id,text", *lines]) + "\n"


def pid_of(run: Run) -> int:
    return int(json.loads((run.folder / "worker.json").read_text())["pid"])


@pytest.fixture
def no_worker_is_left(home: Path) -> Iterator[None]:
    yield
    for file in home.glob("runs/*/worker.json"):
        pid = pid_of(Run(file.parent))
        if pid != os.getpid():
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()


class Gate:
    """Lets the worker's batches on, one by one; see tests/runs/gated.py."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def wait_for_batch(self, number: int) -> None:
        wait_until((self.folder / f"at-{number}").exists)

    def has_come(self, number: int) -> bool:
        return (self.folder / f"at-{number}").exists()

    def let_on(self, number: int | str = "all") -> None:
        (self.folder / f"go-{number}").touch()


def plant(monkeypatch: pytest.MonkeyPatch, folder: Path, module: str) -> None:
    """Have worker processes use another module for text classification."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        f"import golems.tasks\ngolems.tasks.MODULES['text-classification'] = '{module}'\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT)]))


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_worker_is_left: None) -> Gate:
    folder = tmp_path / "gate"
    folder.mkdir()
    monkeypatch.setenv("GATE", str(folder))
    plant(monkeypatch, tmp_path / "planted", "tests.runs.gated")
    return Gate(folder)
