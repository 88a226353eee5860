"""The same golem over two datasets: distances as scipy has them."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency

from golems.errors import BadInput
from golems.reports.choices import Choices, choose
from golems.reports.drift import BINS, Drift, drift, kin
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun
from tests.reports.duels import run_of


def drifted(one: Run, other: Run) -> Drift:
    with view_of(one) as view, view_of(other) as there:
        return drift(view, there)


def drawn(write_run: WriteRun, seed: int, weights: list[int], rows: int, data: str) -> Run:
    chance = random.Random(seed)
    labels = chance.choices("ABC", weights, k=rows)
    scores = [chance.betavariate(2 + seed, 2) for _ in labels]
    return run_of(write_run, labels, scores=scores, data=data)


def test_distances_are_those_of_scipy(write_run: WriteRun) -> None:
    runs = [
        drawn(write_run, 1, [5, 3, 2], 300, "sha256:one"),
        drawn(write_run, 2, [2, 3, 5], 200, "sha256:other"),
    ]
    found = drifted(*runs)
    scores, labels = [], []
    for run in runs:
        with view_of(run) as view:
            scores.append([score for (score,) in view.ask("SELECT score FROM rows")])
            labels.append([label for (label,) in view.ask("SELECT label FROM rows")])
    of_scores = np.array([np.histogram(one, BINS, (0, 1))[0] for one in scores])
    of_labels = np.array([[one.count(label) for label in "ABC"] for one in labels])
    for distance, counts in ((found.labels, of_labels), (found.scores, of_scores)):
        assert distance is not None
        counts = counts[:, counts.sum(axis=0) > 0]
        shares = counts / counts.sum(axis=1, keepdims=True)
        assert distance.rows == (300, 200)
        js = jensenshannon(*shares, base=2)
        assert distance.js_distance == pytest.approx(js, abs=1e-12)
        assert distance.js_divergence == pytest.approx(js**2, abs=1e-12)
        one, other = np.maximum(shares, 0.0001)
        psi = sum(
            (p - q) * math.log(p / q) for p, q in zip(one.tolist(), other.tolist(), strict=True)
        )
        assert distance.psi == pytest.approx(psi, abs=1e-12)
        oracle = chi2_contingency(counts)
        assert distance.chi_square == pytest.approx(oracle.statistic, abs=1e-9)
        assert distance.degrees == oracle.dof
        assert distance.p_value == pytest.approx(oracle.pvalue, abs=1e-12)
        assert distance.least_expected == pytest.approx(oracle.expected_freq.min())
    assert found.labels is not None
    assert found.labels.warnings == ()
    assert found.scores is not None
    assert "fewer than 5" in found.scores.warnings[0]


def test_the_same_is_no_distance_and_nothing_in_common_is_one(write_run: WriteRun) -> None:
    one = run_of(write_run, "AABB" * 30)
    same = drifted(one, run_of(write_run, "AB" * 60, data="sha256:other")).labels
    assert same is not None
    assert (same.js_distance, same.psi, same.warnings) == (0.0, 0.0, ())
    far = drifted(one, run_of(write_run, "CD" * 60, data="sha256:other")).labels
    assert far is not None
    assert far.js_distance == pytest.approx(1.0)
    assert far.js_divergence == pytest.approx(1.0)
    # Four bins, each empty on one side, where it counts as 0.0001.
    assert far.psi == pytest.approx(4 * (0.5 - 0.0001) * math.log(0.5 / 0.0001))


def test_few_rows_are_warned_of(write_run: WriteRun) -> None:
    found = drifted(run_of(write_run, "AB" * 60), run_of(write_run, "AB" * 9, data="sha256:other"))
    assert found.labels is not None
    assert "18 such rows" in found.labels.warnings[0]


def test_one_label_has_nothing_to_test_and_no_rows_nothing_to_compare(write_run: WriteRun) -> None:
    one = run_of(write_run, "AAA")
    alone = drifted(one, run_of(write_run, "AA", data="sha256:other")).labels
    assert alone is not None
    assert alone.p_value is None
    assert alone.js_distance == 0.0
    for empty in ([None, None], []):
        found = drifted(one, run_of(write_run, empty, data="sha256:other"))
        assert (found.labels, found.scores) == (None, None)


def test_scores_that_are_no_shares_have_bins_of_their_own(write_run: WriteRun) -> None:
    one = run_of(write_run, "AAA", scores=[-2.0, 0.0, float("nan")])
    found = drifted(one, run_of(write_run, "AA", scores=[3.0, 8.0], data="sha256:other")).scores
    assert found is not None
    assert found.rows == (2, 2)
    assert found.bins[0].name == "-2 to -1.5"
    assert found.bins[-1] == ("7.5 to 8", 0, 1)


def test_other_weights_or_labels_alone_are_no_kin(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AB")
    run_of(write_run, "AB")  # the same rows: nothing to drift
    heir = run_of(write_run, "AB", data="sha256:other", precision="bf16")
    stranger = run_of(write_run, "AB", data="sha256:other", commit="sha256:else")
    assert [one.id for one in kin(mine)] == [heir.id]
    assert drifted(mine, heir).precisions == ("fp32", "bf16")
    with pytest.raises(BadInput, match="same checkpoint and commit"):
        drifted(mine, stranger)


def test_labels_have_the_names_of_the_first_run(write_run: WriteRun) -> None:
    mine, other = run_of(write_run, "AB"), run_of(write_run, "AA", data="sha256:other")
    choose(mine, Choices(names={"A": "good"}))
    choose(other, Choices(names={"A": "bad"}))
    found = drifted(mine, other).labels
    assert found is not None
    assert found.bins == (("good", 1, 2), ("B", 1, 0))
