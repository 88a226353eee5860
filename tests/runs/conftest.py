"""What tests of runs share: tiny models, files in one line, runs ready to work on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golems.datasets import open_dataset
from golems.registry import card_named, choose_checkpoint
from golems.runs import Run, create_run
from golems.tasks import task_class
from tests import tiny

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
        run = create_run(
            card, choose_checkpoint(card), dataset, device="cpu", precision="fp32", **options
        )
        if window is not None:
            run.write_manifest(run.manifest().model_copy(update={"window": window}))
        return run

    return make


def texts_csv(rows: int, *, start: int = 0) -> str:
    """A CSV of that many different texts, of 1 to 12 words."""
    lines = [f"{n},{' '.join(['golem'] * (n % 11))} {n}" for n in range(start, start + rows)]
    return "\n".join(["id,text", *lines]) + "\n"
