"""Confident errors, and likely label errors as cleanlab finds them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pytest

from golems.base import Classification, LabelScore, Outcome
from golems.reports.choices import Choices
from golems.reports.metrics import metrics
from golems.reports.suspects import confident_errors, label_suspects, texts_at
from golems.reports.view import view_of
from tests.reports.conftest import WriteRun, failed, predicted

TRUTH = Choices(truth="truth")


def scored(names: Sequence[str], scores: Sequence[float], keep: int | None = None) -> Outcome:
    pairs = sorted(zip(names, scores, strict=True), key=lambda one: -one[1])[:keep]
    return Outcome(Classification(tuple(LabelScore(n, float(s)) for n, s in pairs), 1, 0))


def noisy(seed: int, classes: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Truths, a tenth or so of them wrong, and complete scores."""
    draw = np.random.default_rng(seed)
    real = draw.choice(classes, rows, p=draw.dirichlet(np.full(classes, 3.0)))
    logits = draw.normal(size=(rows, classes)) + 2.5 * np.eye(classes)[real]
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    given = np.where(draw.random(rows) < 0.15, draw.integers(0, classes, rows), real)
    given[:classes] = np.arange(classes)  # cleanlab wants each of them once
    return given, scores


@pytest.mark.parametrize(
    ("seed", "classes", "rows"), [(0, 2, 400), (1, 2, 60), (2, 3, 300), (3, 7, 500), (4, 25, 400)]
)
@pytest.mark.parametrize("renamed", [False, True])
def test_they_are_cleanlabs(
    seed: int, classes: int, rows: int, renamed: bool, write_run: WriteRun
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an import, by the oracle
        from cleanlab.count import get_confident_thresholds
        from cleanlab.filter import find_label_issues

    given, scores = noisy(seed, classes, rows)
    own = [f"<i>{n}</i>" for n in range(classes)]
    # Each is called as another one is by the golem itself.
    called = [*own[1:], own[0]] if renamed else own
    choices = TRUTH.model_copy(
        update={"names": dict(zip(own, called, strict=True)) if renamed else {}}
    )
    run = write_run(
        ["text", "truth"], [["x", called[one]] for one in given],
        [scored(own, one) for one in scores], window=100,
    )  # fmt: skip
    wanted = find_label_issues(
        given, scores, filter_by="confident_learning",
        return_indices_ranked_by="self_confidence", n_jobs=1,
    )  # fmt: skip
    with view_of(run, choices) as view:
        found = label_suspects(view)
        few = label_suspects(view, 3)
    assert [one.place for one in found.rows] == wanted.tolist()
    assert found.candidates == few.candidates == len(wanted) > 0
    assert few.rows == found.rows[:3]
    assert (found.judged, found.unjudged) == (rows, 0)
    thresholds = get_confident_thresholds(given, scores)
    assert found.thresholds == pytest.approx(dict(zip(called, thresholds, strict=True)), abs=1e-12)
    for one in found.rows:
        assert one.truth == called[given[one.place]]
        assert one.label == called[scores[one.place].argmax()]
        assert one.score == scores[one.place].max()
        assert one.truth_score == scores[one.place][given[one.place]]


def test_rows_whose_truth_has_no_score_are_left_out_and_counted(write_run: WriteRun) -> None:
    given, scores = noisy(9, 5, 200)
    names = [str(n) for n in range(5)]
    truths = [str(one) for one in given]
    truths[10:14] = ["unknown"] * 4
    run = write_run(
        ["text", "truth"], [["x", one] for one in truths],
        [scored(names, one, keep=2) for one in scores], window=100,
    )  # fmt: skip
    kept = [
        truth in [names[at] for at in np.argsort(-one)[:2]]
        for truth, one in zip(truths, scores, strict=True)
    ]
    with view_of(run, TRUTH) as view:
        found = label_suspects(view)
    assert (found.judged, found.unjudged) == (sum(kept), 200 - sum(kept))
    assert all(kept[one.place] and one.truth_score is not None for one in found.rows)
    assert found.rows


def test_a_row_that_is_confidently_of_its_own_truth_alone_is_none(write_run: WriteRun) -> None:
    rows = [("A", 0.4), ("A", 0.3), ("B", 0.05), ("B", 0.03)]
    run = write_run(
        ["text", "truth"], [["x", truth] for truth, _ in rows],
        [scored(["A", "B"], [a, 1 - a]) for _, a in rows],
    )  # fmt: skip
    with view_of(run, TRUTH) as view:
        found = label_suspects(view)
        assert found.thresholds == pytest.approx({"A": 0.35, "B": 0.96})
        assert (found.rows, found.candidates) == ((), 0)


def test_an_old_name_of_a_renamed_label_is_no_truth(write_run: WriteRun) -> None:
    run = write_run(
        ["text", "truth"], [["x", "A"], ["x", "good"]], [scored(["A", "B"], [0.9, 0.1])] * 2
    )
    with view_of(run, TRUTH.model_copy(update={"names": {"A": "good"}})) as view:
        assert view.unsaid == (("A", 1),)
        assert confident_errors(view).rows == ()
    said = {"A": "", "good": "good"}
    with view_of(
        run, TRUTH.model_copy(update={"names": {"A": "good"}, "truth_labels": said})
    ) as view:
        assert view.unsaid == ()
        assert metrics(view).n == 1


def test_confident_errors_come_highest_score_first(write_run: WriteRun) -> None:
    rows = [
        ("A", predicted("B", 0.7)), ("A", predicted("B", 0.9)), ("A", predicted("A", 0.99)),
        ("A", failed()), (None, predicted("B", 1.0)), ("other", predicted("B", 0.9)),
        ("A", predicted("B", float("nan"))),
    ]  # fmt: skip
    run = write_run(
        ["text", "truth"], [[f"text {n}", truth] for n, (truth, _) in enumerate(rows)],
        [outcome for _, outcome in rows],
    )  # fmt: skip
    with view_of(run, TRUTH) as view:
        found = confident_errors(view)
        assert [(one.place, one.score) for one in found.rows] == [(1, 0.9), (5, 0.9), (0, 0.7)]
        assert [one.truth_score for one in found.rows] == [None, pytest.approx(0.1), None]
        assert (found.candidates, found.judged, found.unjudged) == (3, 4, 1)
        assert confident_errors(view, 1).rows == found.rows[:1]
        assert texts_at(view, (5, 1)) == {1: "text 1", 5: "text 5"}


@pytest.mark.parametrize("rows", [0, 2])
def test_without_truth_or_rows_there_are_none(rows: int, write_run: WriteRun) -> None:
    run = write_run(["text", "truth"], [["x", None]] * rows, [predicted("A", 0.9)] * rows)
    with view_of(run, TRUTH) as view:
        for found in (confident_errors(view), label_suspects(view)):
            assert (found.rows, found.candidates, found.judged, found.unjudged) == ((), 0, 0, 0)
