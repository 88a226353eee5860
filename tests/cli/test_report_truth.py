"""The truth of a run, and rows for people, on the command line; scikit-learn is the oracle."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score, f1_score

from golems.reports.choices import Choices, choices_of
from golems.runs import Run
from tests.cli.conftest import Golems
from tests.reports.conftest import WriteRun, predicted, write_run

__all__ = ["write_run"]

TRUTH = ["pos", "neg", "pos", "odd", "", "neg"]
LABELS = ["LABEL_1", "LABEL_1", "LABEL_1", "LABEL_0", "LABEL_0", "LABEL_0"]
SCORES = [0.9, 0.6, 0.8, 0.7, 0.95, 0.55]
NAMED = (
    "--truth", "verdict", "--label-name", "LABEL_1=yes", "--label-name", "LABEL_0=no",
    "--truth-label", "pos=yes", "--truth-label", "neg=no", "--truth-label", "odd=",
)  # fmt: skip


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    outcomes = [predicted(label, score) for label, score in zip(LABELS, SCORES, strict=True)]
    rows = [[f"text {n}", truth] for n, truth in enumerate(TRUTH)]
    return write_run(["text", "verdict"], rows, outcomes)


def test_figures_are_those_of_scikit_learn_and_the_choice_is_kept(golems: Golems, run: Run) -> None:
    said = golems("report", run.folder, *NAMED, "--json")
    assert said.code == 0
    found = json.loads(said.out)["truth"]
    meant = {"pos": "yes", "neg": "no"}
    true = [meant[one] for one in TRUTH if one in meant]
    got = [{"LABEL_1": "yes", "LABEL_0": "no"}[one] for one, t in zip(LABELS, TRUTH) if t in meant]  # noqa: B905
    assert found["accuracy"] == pytest.approx(accuracy_score(true, got), abs=1e-12)
    assert found["macro"]["f1"] == pytest.approx(f1_score(true, got, average="macro"), abs=1e-12)
    assert (found["n"], found["without_truth"], found["left_out"]) == (4, 1, 1)
    assert choices_of(run).names == {"LABEL_1": "yes", "LABEL_0": "no"}
    assert "accuracy 75.0% of 4 rows" in golems("report", run.folder).out


def test_a_value_can_be_left_out_later_without_the_others_being_said_again(
    golems: Golems, run: Run
) -> None:
    golems("report", run.folder, *NAMED)
    said = golems("report", run.folder, "--truth-label", "ODD=", "--json")
    found = json.loads(said.out)["truth"]
    assert (found["n"], found["left_out"]) == (4, 1)


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (["--truth", "verdikt"], "columns are: text, verdict"),
        (["--truth-label", "pos=yes"], "needs --truth"),
        (["--truth", "verdict", "--truth-label", "pos"], "has no '='"),
        (["--truth", "verdict"], "--truth-rest-out leaves out all that is not said"),
        (["--truth", "verdict", "--truth-label", "pos=Positve"], "'Positve' is no label"),
        (["--truth", "verdict", "--truth-label", "9=LABEL_0"], "values are: neg, pos, odd"),
        (["--label-name", "LABEL_9=yes"], "LABEL_9"),
        (["--label-name", "LABEL_0=x", "--label-name", "LABEL_1=x"], "'x'"),
        (["--positive", "maybe"], "maybe"),
        (["--least-sure", "out.csv", "--rows", "0"], "--rows 0"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(
    words: list[str], about: str, golems: Golems, run: Run
) -> None:
    said = golems("report", run.folder, *words)
    assert said.code == 2
    assert about in said.error
    assert choices_of(run) == Choices()


def test_the_least_sure_rows_go_to_people(golems: Golems, run: Run, tmp_path: Path) -> None:
    table, tasks = tmp_path / "rows.csv", tmp_path / "tasks.json"
    said = golems(
        "report", run.folder, "--least-sure", table, "--label-studio", tasks, "--rows", "2"
    )
    assert (said.code, said.out) == (0, "")
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["text 5", "text 1"]
    data = [one["data"] for one in json.loads(tasks.read_text("utf-8"))]
    assert [(one["text"], one["row"]) for one in data] == [("text 5", 6), ("text 1", 2)]


def test_a_truth_of_too_many_labels_is_refused_and_not_kept(
    golems: Golems, write_run: WriteRun
) -> None:
    rows = [[f"text {n}", f"id {n}"] for n in range(2_001)]
    run = write_run(["text", "id"], rows, [predicted("A", 0.9)] * len(rows), window=3_000)
    assert (
        "has at least 1,000 values that can't be counted yet"
        in golems("report", run.folder, "--truth", "id").error
    )
    assert choices_of(run) == Choices()
    assert golems("report", run.folder).code == 0


def test_no_truth_can_be_chosen_again(golems: Golems, run: Run) -> None:
    assert "against column verdict" in golems("report", run.folder, *NAMED).out
    said = golems("report", run.folder, "--truth", "")
    assert (said.code, "against" in said.out) == (0, False)
    assert choices_of(run).truth is None
    assert choices_of(run).names == {"LABEL_1": "yes", "LABEL_0": "no"}
    error = golems("report", run.folder, "--truth", "", "--truth-label", "pos=yes").error
    assert "there is no truth" in error


def test_zeros_and_ones_are_counted_after_a_yes(golems: Golems, write_run: WriteRun) -> None:
    rows = [[f"text {n}", truth] for n, truth in enumerate("1100")]
    outcomes = [predicted(one, 0.9) for one in ("POSITIVE", "POSITIVE", "NEGATIVE", "POSITIVE")]
    run = write_run(["text", "label"], rows, outcomes, labels=["NEGATIVE", "POSITIVE"])
    asked = golems("report", run.folder, "--truth", "label")
    assert (asked.code, asked.out) == (2, "")
    assert "'0' (2 rows, perhaps NEGATIVE), '1' (2 rows, perhaps POSITIVE)" in asked.error
    assert (
        "--truth-as-proposed, or --truth-label 0=NEGATIVE --truth-label 1=POSITIVE" in asked.error
    )
    assert choices_of(run) == Choices()
    said = golems("report", run.folder, "--truth", "label", "--truth-as-proposed")
    assert "accuracy 75.0% of 4 rows" in said.out
    typed = ("--truth-label", "1=positive", "--truth-label", "0=negative")
    assert "accuracy 75.0%" in golems("report", run.folder, "--truth", "label", *typed).out
