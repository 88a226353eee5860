"""A lower precision is compared with fp32 on the run's own rows, told, and left where it is off."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest
import torch

from golems.reports import parity_sentence, summarize
from golems.runs import prepare
from golems.runs.engine import execute
from golems.runs.manifest import EngineFacts, Parity
from golems.runs.parity import compared
from golems.runs.store import Run
from golems.tasks.base import Choice
from golems.tasks.text_classification import TextClassification
from tests.runs.conftest import MakeRun, texts_csv

ROWS = 600  # of which 9 are compared


def run_in(make_run: MakeRun, precision: str, text: str = "") -> Run:
    run = make_run(text or texts_csv(ROWS), precision=precision, ledger=False)
    execute(run)
    return run


def facts_of(run: Run) -> EngineFacts:
    engine = run.manifest().engine
    assert engine is not None
    return engine


def parity_of(run: Run) -> Parity:
    parity = facts_of(run).parity
    assert parity is not None
    return parity


def sentence(run: Run) -> str:
    return parity_sentence(summarize(run).parity, "text-classification")


def column(run: Run, name: str) -> list[Any]:
    return [value for part in run.parts() for value in pq.read_table(part)[name].to_pylist()]


def alike(run: Run, other: Run) -> float:
    """Share of the rows that have the same label; the tiny model is unsure of most."""
    labels = zip(column(run, "predicted_label"), column(other, "predicted_label"), strict=True)
    return sum(one == two for one, two in labels) / ROWS


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that computes in bf16, or says so."""
    monkeypatch.setattr(prepare, "computes_bf16", lambda device: True)


@pytest.mark.usefixtures("native")
def test_auto_takes_bf16_where_it_gives_the_same_labels(make_run: MakeRun) -> None:
    run, exact = run_in(make_run, "auto"), run_in(make_run, "fp32")
    parity = parity_of(run)
    assert (facts_of(run).precision, parity.precision, parity.taken) == ("bf16", "bf16", True)
    assert parity.rows == parity.choices == parity.same == 9
    assert alike(run, exact) > 0.9
    assert column(run, "predicted_score") != column(exact, "predicted_score")
    assert sentence(run).startswith(
        "bf16 gave 9 of 9 labels as fp32 does, on 9 rows of this dataset; scores differed by 0.0"
    )
    assert facts_of(exact).parity is None
    assert sentence(exact) == ""


@pytest.mark.usefixtures("native")
def test_auto_takes_fp32_where_labels_differ(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = TextClassification.forward

    def turned(self: Any, batch: Any, parameters: Any) -> torch.Tensor:
        logits = true(self, batch, parameters)
        return logits if self.exact else -logits

    monkeypatch.setattr(TextClassification, "forward", turned)
    run = run_in(make_run, "auto")
    parity = parity_of(run)
    assert (facts_of(run).precision, parity.same, parity.taken) == ("fp32", 0, False)
    assert sentence(run).endswith("That is too far off, so fp32 was used.")
    assert column(run, "predicted_scores") == column(run_in(make_run, "fp32"), "predicted_scores")


@pytest.mark.usefixtures("native")
def test_a_small_run_is_exact_without_asking(make_run: MakeRun) -> None:
    facts = facts_of(run_in(make_run, "auto", texts_csv(63)))
    assert (facts.precision, facts.parity) == ("fp32", None)


def test_without_native_bf16_auto_is_exact(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "computes_bf16", lambda device: False)
    facts = facts_of(run_in(make_run, "auto"))
    assert (facts.precision, facts.parity) == ("fp32", None)


@pytest.mark.parametrize("precision", ["bf16", "fp16", "int8"])
def test_a_precision_that_was_asked_for_is_compared_too(make_run: MakeRun, precision: str) -> None:
    run = run_in(make_run, precision)
    parity = parity_of(run)
    assert (facts_of(run).precision, parity.taken, parity.choices) == (precision, True, 9)
    assert parity.largest_difference > 0
    assert alike(run, run_in(make_run, "fp32")) > 0.9


def test_rows_that_cannot_be_read_are_not_compared(make_run: MakeRun) -> None:
    run = run_in(make_run, "bf16", "id,text\n" + "".join(f"{n},\n" for n in range(6)))
    assert (parity_of(run).rows, parity_of(run).choices) == (0, 0)
    assert (
        sentence(run) == "bf16 could not be compared with fp32: none of the rows tried can be read."
    )


def test_agreement_is_the_share_of_labels_that_are_the_same() -> None:
    exact = {place: [Choice("A", {"A": 0.9, "B": 0.1})] for place in range(200)}
    near = {**exact, 7: [Choice("B", {"A": 0.4, "B": 0.6})]}
    one_off = compared("bf16", exact, near, asked=False)
    assert (one_off.same, one_off.taken, one_off.largest_difference) == (199, True, 0.5)
    two_off = compared("bf16", exact, {**near, 8: near[7]}, asked=False)
    assert (two_off.same, two_off.taken) == (198, False)
    assert compared("bf16", exact, {**near, 8: near[7]}, asked=True).taken
    missing = {place: one for place, one in exact.items() if place != 3}
    assert compared("bf16", exact, missing, asked=False).same == 199
    assert not compared("bf16", {}, {}, asked=False).taken
