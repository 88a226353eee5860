"""Runs with invented results: reports read parts, whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from golems.base import Card, Checkpoint, Classification, FolderSource, LabelScore, Outcome, Row
from golems.datasets import Dataset
from golems.runs import EngineFacts, Progress, Run, create_run
from golems.runs.columns import as_table, result_of

Outcomes = Sequence[Outcome]
WriteRun = Callable[..., Run]
ENGINE = EngineFacts(commit="c", device="cpu", precision="fp32", machine="m", versions={})


class Listed(Dataset):
    """Rows out of a list."""

    kind = "csv"

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
        super().__init__(Path("listed.csv"))
        self.columns = tuple(columns)
        self.column = columns[0]
        self._rows = rows

    def count(self) -> int:
        return len(self._rows)

    def _stream(self):  # type: ignore[no-untyped-def]
        for index, cells in enumerate(self._rows):
            yield Row(index, cells[0], dict(zip(self.columns, cells, strict=True)))


def predicted(label: str, score: float, *, note: str | None = None, **tokens: int) -> Outcome:
    scores = (LabelScore(label, score), LabelScore("other", 1 - score))
    return Outcome(
        Classification(scores, **{"tokens": 3, "tokens_dropped": 0, **tokens}, note=note)
    )


def failed(reason: str = "The text is empty.") -> Outcome:
    return Outcome(None, reason)


def labels_in(outcomes: Outcomes) -> set[str]:
    """All labels with a score."""
    found = [one.prediction for one in outcomes]
    return {score.label for one in found for score in getattr(one, "scores", ())}


@pytest.fixture
def write_run(tmp_path: Path) -> WriteRun:
    """A run that has ended: ``write_run(["text"], [["hi"]], [predicted("A", 0.9)])``.

    Its model has the ``labels``; where there are none but a column ``truth``, those in it and those
    that have a score.
    """

    def write(
        columns: Sequence[str],
        rows: Sequence[Sequence[str | None]],
        outcomes: Outcomes,
        *,
        window: int = 3,
        task: str = "text-classification",
        labels: Sequence[str] | None = None,
        classes: dict[str, tuple[str, ...]] | None = None,
    ) -> Run:
        dataset = Listed(columns, rows or [[""] * len(columns)])
        dataset.classes = classes or {}
        checkpoint = Checkpoint("test/model", FolderSource(tmp_path))
        card = Card("test", "Test", task, "", (checkpoint,))
        run = create_run(card, checkpoint, dataset)
        if labels is None and "truth" in columns:
            given = {cells[list(columns).index("truth")] for cells in rows}
            labels = sorted(
                {one.strip() for one in given if one and one.strip()} | labels_in(outcomes)
            )
        if labels is not None:
            engine = ENGINE.model_copy(update={"labels": dict(enumerate(labels))})
            run.write_manifest(run.manifest().model_copy(update={"engine": engine}))
        manifest = run.manifest()
        everything = list(dataset.rows())[: len(rows)]
        for number, first in enumerate(range(0, len(rows), window)):
            part = slice(first, first + window)
            run.write_part(
                number,
                as_table(manifest, everything[part], [result_of(one) for one in outcomes[part]]),
            )
        bad = sum(outcome.error is not None for outcome in outcomes)
        run.write_progress(Progress(len(rows), len(rows), bad, 2.0, "Done"))
        run.write_end("done")
        return run

    return write
