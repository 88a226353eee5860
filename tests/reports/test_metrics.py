"""Metrics from counts are those that scikit-learn computes from rows."""

from __future__ import annotations

import random
import warnings
from collections.abc import Sequence
from math import isnan

import pytest
from sklearn import metrics as sk
from statsmodels.stats.proportion import proportion_confint

from golems.errors import BadInput
from golems.reports import metrics as our_metrics
from golems.reports.choices import Choices
from golems.reports.judging import choose_judged, mapping
from golems.reports.metrics import Metrics, cells, metrics
from golems.reports.view import view_of
from tests.reports.conftest import WriteRun, failed, predicted

TRUTH = Choices(truth="truth")
HTML = ("<b>bold</b>", "a & b", '"><script>alert(1)</script>', "<b>bold", "it's", "x; DROP rows")


def compared(
    write_run: WriteRun,
    pairs: Sequence[tuple[str | None, str | None]],
    choices: Choices = TRUTH,
    labels: Sequence[str] | None = None,
) -> Metrics:
    """Metrics of a run with these truths and predictions; None is none.

    Args:
        labels: Of the model; every truth and prediction where it doesn't matter.
    """
    if labels is None:
        labels = sorted({one.strip() for pair in pairs for one in pair if one and one.strip()})
    outcomes = [failed() if label is None else predicted(label, 0.9) for _, label in pairs]
    run = write_run(
        ["text", "truth"],
        [["x", truth] for truth, _ in pairs],
        outcomes,
        window=1_000,
        labels=labels,
    )
    with view_of(run, choices) as view, warnings.catch_warnings():
        warnings.simplefilter("error")
        return metrics(view)


def tables() -> list[tuple[str, list[tuple[str | None, str | None]]]]:
    found = []
    for seed, (name, labels, weights) in enumerate(
        [
            ("binary", ("N", "P"), (1, 1)),
            ("imbalanced", ("N", "P"), (99, 1)),
            ("html", HTML, (5, 4, 3, 2, 1, 1)),
            ("many", tuple(f"label {n}" for n in range(150)), (1,) * 150),
            ("long tail", tuple(f"l{n}" for n in range(40)), tuple(2.0**-n for n in range(40))),
        ]
        * 4
    ):
        draw = random.Random(seed)
        rows: list[tuple[str | None, str | None]] = []
        for _ in range(draw.choice([5, 30, 200, 700])):
            truth: str | None = draw.choices(labels, weights)[0]
            label: str | None = truth if draw.random() < 0.6 else draw.choices(labels, weights)[0]
            if draw.random() < 0.1:
                truth = draw.choice([None, "", "  ", "never predicted", "other unknown"])
            if draw.random() < 0.05:
                label = None
            rows.append((truth, label))
        found.append((f"{name} {seed}", rows))
    return found


@pytest.mark.parametrize("table", tables(), ids=lambda one: one[0])
def test_they_are_scikit_learns(
    table: tuple[str, list[tuple[str | None, str | None]]], write_run: WriteRun
) -> None:
    pairs = table[1]
    found = compared(write_run, pairs)
    given = [(t, p) for t, p in pairs if (t or "").strip()]
    both = [(t, p) for t, p in given if p is not None]
    assert (found.rows, found.n) == (len(pairs), len(both))
    assert found.failed == len(given) - len(both)
    assert found.without_truth == len(pairs) - len(given)
    truth, label = [t for t, _ in both], [p for _, p in both]
    close = {"abs": 1e-9, "rel": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what is not there, by the oracle
        assert found.accuracy == pytest.approx(sk.accuracy_score(truth, label), **close)
        assert found.balanced_accuracy == pytest.approx(
            sk.balanced_accuracy_score(truth, label), **close
        )
        kappa = sk.cohen_kappa_score(truth, label)
        assert found.kappa == (None if isnan(kappa) else pytest.approx(kappa, **close))
        assert found.mcc == pytest.approx(sk.matthews_corrcoef(truth, label), **close)
        for average, ours in (("macro", found.macro), ("weighted", found.weighted)):
            theirs = sk.precision_recall_fscore_support(
                truth, label, average=average, zero_division=0
            )
            assert ours is not None
            assert (ours.precision, ours.recall, ours.f1) == pytest.approx(theirs[:3], **close)
        names = sorted({*truth, *label})
        by_class = sk.precision_recall_fscore_support(
            truth, label, labels=names, zero_division=0, average=None
        )
    ours_by_name = {one.label: one for one in found.classes}
    assert sorted(ours_by_name) == names
    for name, *theirs in zip(names, *by_class, strict=True):
        one = ours_by_name[name]
        assert (one.precision, one.recall, one.f1, one.support) == pytest.approx(theirs, **close)
        for hits, n, interval in (
            (one.hits, one.predicted, one.precision_interval),
            (one.hits, one.support, one.recall_interval),
        ):
            if n:
                bounds = proportion_confint(hits, n, method="wilson")
                assert interval == pytest.approx(bounds, abs=1e-9)
    assert found.accuracy_interval == pytest.approx(
        proportion_confint(found.hits, found.n, method="wilson"), abs=1e-9
    )


def test_a_single_label_has_no_kappa(write_run: WriteRun) -> None:
    found = compared(write_run, [("A", "A")] * 3)
    assert (found.accuracy, found.balanced_accuracy, found.kappa, found.mcc) == (1, 1, None, 0)


@pytest.mark.parametrize(
    "pairs", [[], [("A", None)], [(None, "A")], [(None, None)], [("A", None), (None, "A")]]
)
def test_without_a_row_to_compare_nothing_is_claimed(
    pairs: list[tuple[str | None, str | None]], write_run: WriteRun
) -> None:
    found = compared(write_run, pairs)
    assert (found.n, found.hits, found.rows) == (0, 0, len(pairs))
    assert found.failed == sum(truth is not None for truth, _ in pairs)
    assert found.without_truth == sum(truth is None for truth, _ in pairs)
    assert found.accuracy is found.balanced_accuracy is found.kappa is found.mcc is found.macro
    assert found.accuracy is None
    assert found.classes == ()
    assert found.accuracy_interval == (0, 1)


def test_nothing_is_counted_while_a_truth_is_no_label(write_run: WriteRun) -> None:
    pairs = [("A", "A"), ("B", "B"), ("meh", "A"), ("meh", "B"), ("eh", "A"), ("C", "A")]
    outcomes = [predicted(label, 0.9) for _, label in pairs]
    rows = [["x", truth] for truth, _ in pairs]
    # No row has a score of C; the model has it all the same.
    run = write_run(["text", "truth"], rows, outcomes, labels=["A", "B", "C"])
    with view_of(run, TRUTH) as view:
        assert view.unsaid == (("meh", 2), ("eh", 1))
        assert (view.choices.truth, view.asked) == (None, TRUTH)
        assert metrics(view).accuracy is None
    said = TRUTH.model_copy(update={"truth_labels": {"meh": "A", "eh": ""}})
    with view_of(run, said) as view:
        found = metrics(view)
        assert (found.n, found.hits, found.left_out, found.without_truth) == (5, 3, 1, 0)
        assert [(one.value, one.rows, one.label) for one in mapping(view)] == [
            ("meh", 2, "A"), ("A", 1, "A"), ("B", 1, "B"), ("C", 1, "C"), ("eh", 1, None)
        ]  # fmt: skip
    wrong = TRUTH.model_copy(update={"truth_labels": {"meh": "Positve", "eh": ""}})
    with pytest.raises(BadInput, match="'Positve', which is no label of this run; labels are: A"):
        choose_judged(run, wrong)


def test_the_choices_are_kept_to(write_run: WriteRun) -> None:
    pairs = [("pos", "LABEL_1"), ("neg", "LABEL_1"), ("unsure", "LABEL_1"), ("bad", "LABEL_0")]
    choices = Choices(
        truth="truth",
        names={"LABEL_0": "bad", "LABEL_1": "good"},
        truth_labels={"pos": "good", "neg": "bad", "unsure": ""},
    )
    found = compared(write_run, pairs, choices, ["LABEL_0", "LABEL_1"])
    assert (found.hits, found.n, found.without_truth, found.left_out) == (2, 3, 0, 1)
    assert {one.label for one in found.classes} == {"good", "bad"}


def test_cells_count_each_pair_once(write_run: WriteRun) -> None:
    pairs = [("A", "A"), ("A", "B"), ("A", "B"), ("C", "B"), (None, "B"), ("A", None)]
    rows = [["x", truth] for truth, _ in pairs]
    outcomes = [failed() if label is None else predicted(label, 0.9) for _, label in pairs]
    run = write_run(["text", "truth"], rows, outcomes, labels="ABC")
    with view_of(run, TRUTH) as view:
        found = cells(view)
        assert found.labels == ("A", "B", "C")
        assert found.matrix().tolist() == [[1, 2, 0], [0, 0, 0], [0, 1, 0]]


def test_a_truth_of_a_thousand_labels_is_counted(write_run: WriteRun) -> None:
    found = compared(write_run, [(f"l{n}", f"l{n // 2}") for n in range(1_000)])
    assert (found.n, found.hits, len(found.classes)) == (1_000, 1, 1_000)


@pytest.mark.parametrize("column", [0, 1])
def test_more_labels_than_can_be_counted_are_refused(
    column: int, write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(our_metrics, "MOST_LABELS", 4)
    pairs = [(str(n), "A") if column == 0 else ("A", str(n)) for n in range(5)]
    with pytest.raises(BadInput, match="'truth' and the predictions have more than 4 different"):
        compared(write_run, pairs)
    assert compared(write_run, pairs[:3]).n == 3
