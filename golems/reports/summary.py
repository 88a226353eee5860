"""A run in figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from golems.errors import RunFailed
from golems.reports.figures import QUANTILES, figures
from golems.runs import Run, State


@dataclass(frozen=True)
class LabelShare:
    """How often a label was predicted; ``share`` is of the predicted rows, 0 to 1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Summary:
    """What a run gave, so far.

    Attributes:
        reason: Why it ended as it did, where there is more to say than the state.
        asked_by: Who asked for it, and where; empty for runs of before that was kept.
        rows: Rows written so far, failed ones included.
        rows_of_dataset: Rows of the whole dataset; None until they are counted.
        failed: Rows without a prediction.
        computed: Predicted by the model for this run.
        known: Taken from the ledger, so that the model didn't see them.
        repeated: Same content as an earlier row of the same window, so that neither did it.
        cut_off: Rows of which the model didn't read everything; None for pictures.
        hardly_read: Rows which the golem can hardly read, as their note says; None for pictures.
        labels: Most frequent first; empty for generated texts.
        score_quantiles: Quantile (``0.5`` is the median) -> score of the predicted label.
        seconds: Time of predicting, without loading the golem.
    """

    run: str
    state: State
    reason: str | None
    asked_by: str
    golem: str
    task: str
    dataset: str
    rows: int
    rows_of_dataset: int | None
    failed: int
    computed: int
    known: int
    repeated: int
    cut_off: int | None
    hardly_read: int | None
    labels: tuple[LabelShare, ...]
    score_quantiles: dict[str, float]
    checkpoint: str
    commit: str | None
    device: str | None
    precision: str | None
    parity: dict[str, Any] | None
    parameters: dict[str, Any]
    seconds: float
    rows_per_second: float | None

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain numbers, strings, lists and mappings."""
        return asdict(self)


def summarize(run: Run) -> Summary:
    """Read a run's figures from its parts.

    Raises:
        RunFailed: Its folder is damaged.
    """
    manifest = run.manifest()
    found, counts = figures(run), run.counts()
    rows, failed = found.rows, found.failed
    quantiles = {
        str(quantile): round(value, 8)
        for quantile, value in zip(QUANTILES, found.quantiles, strict=False)
    }
    ok = rows - failed
    progress, state = run.progress(), run.state()
    if state == "done" and rows != progress.rows:
        raise RunFailed(
            f"{run.id} was done with {progress.rows} rows, and {rows} are left in "
            f"{run.folder / 'parts'}. Resume it (python -m golems resume RUN_DIR): the others are "
            "computed again."
        )
    engine = manifest.engine
    return Summary(
        run=run.id,
        state=state,
        reason=end.reason if (end := run.end()) else None,
        asked_by=manifest.asked_by,
        golem=manifest.golem,
        task=manifest.task,
        dataset=manifest.dataset.name,
        rows=rows,
        rows_of_dataset=progress.rows,
        failed=failed,
        computed=counts.computed,
        known=counts.known,
        repeated=counts.repeated,
        cut_off=found.cut_off if "tokens_dropped" in manifest.result_columns else None,
        hardly_read=found.hardly_read if "note" in manifest.result_columns else None,
        labels=tuple(LabelShare(label, count, count / ok) for label, count in found.labels),
        score_quantiles=quantiles,
        checkpoint=manifest.checkpoint,
        commit=engine.commit if engine else None,
        device=engine.device if engine else None,
        precision=engine.precision if engine else None,
        parity=engine.parity.model_dump() if engine and engine.parity else None,
        parameters=manifest.parameters,
        seconds=round(progress.elapsed_s, 3),
        rows_per_second=round(rows / progress.elapsed_s, 2) if progress.elapsed_s else None,
    )
