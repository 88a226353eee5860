"""Which column is proposed as the truth, and what its values are taken for."""

from __future__ import annotations

import pytest

from golems.errors import BadInput
from golems.reports.choices import Choices, choose
from golems.reports.known_labels import golem_labels
from golems.reports.truth import (
    found_truth,
    truth_candidates,
    truth_values,
    with_names,
    with_truth,
)
from golems.reports.view import view_of
from tests.reports.conftest import WriteRun, failed, predicted


def sentiments(write_run: WriteRun, columns: list[str], rows: list[list[str | None]]):
    outcomes = [predicted("POSITIVE" if n % 2 else "NEGATIVE", 0.9) for n in range(len(rows))]
    return write_run(columns, rows, outcomes)


def test_the_best_column_comes_first_and_is_found(write_run: WriteRun) -> None:
    columns = ["text", "id", "class", "half", "predicted_label", "sentiment"]
    rows: list[list[str | None]] = [
        [f"text {n}", str(n), "abc"[n % 3], ("pos", "eh")[n % 2], ("POSITIVE", "NEGATIVE")[n % 2],
         (" pos ", "Negative", "negative\n", None)[n % 4]]
        for n in range(12)
    ]  # fmt: skip
    with view_of(sentiments(write_run, columns, rows)) as view:
        likely = truth_candidates(view)
        assert [one.column for one in likely] == ["sentiment", "class"]
        best = likely[0]
        assert {(one.value, one.rows, one.label) for one in best.entries} == {
            ("pos", 3, "POSITIVE"), ("Negative", 3, "NEGATIVE"), ("negative", 3, "NEGATIVE")
        }  # fmt: skip
        assert (best.rows, best.known, best.distinct) == (9, 9, 3)
        assert best.equal == {"Negative": "NEGATIVE", "negative": "NEGATIVE"}
        assert best.proposed == {"pos": "POSITIVE"}
        assert not best.certain
        assert found_truth(view) == best


def test_a_column_with_a_strange_value_is_only_proposed(write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["a", "pos"], ["b", "neg"], ["c", "meh"]]
    with view_of(sentiments(write_run, ["text", "label"], rows)) as view:
        assert [one.column for one in truth_candidates(view)] == ["label"]
        found = found_truth(view)
        assert found is not None
        assert not found.certain
        assert [one.value for one in found.entries if one.label is None] == ["meh"]


def test_short_forms_are_found_only_under_a_name_that_says_so(write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["a", "p", "p"], ["b", "n", "n"]]
    with view_of(sentiments(write_run, ["text", "flag", "gold_label"], rows)) as view:
        found = found_truth(view)
        assert found is not None
        assert found.column == "gold_label"
        assert not found.certain
        assert found.proposed == {"p": "POSITIVE", "n": "NEGATIVE"}
    with view_of(sentiments(write_run, ["text", "flag"], [row[:2] for row in rows])) as view:
        assert found_truth(view) is None


def test_numbers_mean_what_their_dataset_calls_them(write_run: WriteRun) -> None:
    rows = [["a", "0"], ["b", "1"], ["c", "-1"], ["d", "0"]]
    outcomes = [predicted("POSITIVE", 0.9)] * 4
    run = write_run(
        ["text", "gold"],
        rows,
        outcomes,
        labels=["NEGATIVE", "POSITIVE"],
        classes={"gold": ("pos", "neg")},  # the other way round than nearly everybody
    )
    with view_of(run) as view:
        (found,) = truth_candidates(view)
    assert {one.value: (one.label, one.name) for one in found.entries} == {
        "0": ("POSITIVE", "pos"),
        "1": ("NEGATIVE", "neg"),
        "-1": ("", ""),
    }
    assert not found.certain


def test_a_column_of_as_many_values_as_rows_is_none(write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["t", f"label {n}"] for n in range(1_200)]
    run = write_run(["text", "label"], rows, [predicted("A", 0.9)] * 1_200, window=600)
    with view_of(run) as view:
        assert truth_candidates(view) == ()
        assert truth_values(view, "label").distinct is None


def test_only_the_most_frequent_values_are_told(write_run: WriteRun) -> None:
    # Blocks of rows that are all alike, with more values than are shown between them.
    rows: list[list[str | None]] = []
    for n in range(10_000):
        rows.append(["t", "same" if n % 2_000 < 1_000 else f"v{n % 1_500}"])
    run = write_run(["text", "class"], rows, [predicted("A", 0.9)] * 10_000, window=5_000)
    with view_of(run) as view:
        column = truth_values(view, "class")
        assert len(column.entries) == 1_000
        assert column.distinct is not None
        assert column.distinct > 1_000
        assert column.entries[0].value == "same"
        assert not column.certain
        assert truth_candidates(view) == ()


@pytest.mark.parametrize("outcomes", [[], [failed(), failed()]])
def test_without_a_prediction_nothing_is_found(outcomes: list, write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["a", "pos"], ["b", None]][: len(outcomes)]
    with view_of(write_run(["text", "label"], rows, outcomes)) as view:
        assert golem_labels(view) == {}
        assert [one for one in truth_candidates(view) if one.known] == []


def test_an_unknown_column_is_named(write_run: WriteRun) -> None:
    with (
        view_of(sentiments(write_run, ["text"], [["a"]])) as view,
        pytest.raises(BadInput, match="'nope' is not in"),
    ):
        truth_values(view, "nope")


def test_columns_called_like_ours_stay_apart(write_run: WriteRun) -> None:
    columns = ["text", "label", "place", "truth", "error", "rows", "value", "times"]
    rows: list[list[str | None]] = [["t", "NEGATIVE", "1", "pos", "e", "r", "v", "9"]] * 2
    with view_of(sentiments(write_run, columns, rows)) as view:
        assert [one.value for one in truth_values(view, "value").entries] == ["v"]
        assert [one.value for one in truth_values(view, "place").entries] == ["1"]
        assert {one.column for one in truth_candidates(view)} == {"label", "truth"}


def test_a_truth_is_kept_and_read_with_blanks_around_it(write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["a", "\tpos\n"], ["b", " \t"], ["c", "x"], ["d", "NEGATIVE"]]
    run = sentiments(write_run, ["text", "label"], rows)
    with view_of(run) as view:
        values = {one.value: one.label for one in truth_values(view, "label").entries}
        assert values == {"pos": "POSITIVE", "x": None, "NEGATIVE": "NEGATIVE"}
        said = {"pos": "POSITIVE", "x": "", "NEGATIVE": "NEGATIVE"}
        choose(run, with_truth(view.choices, "label", said))
    with view_of(run) as view:
        assert view.choices.truth_labels == {"pos": "POSITIVE", "x": ""}
        truths = [one for (one,) in view.ask("SELECT truth FROM rows ORDER BY place")]
        assert truths == ["POSITIVE", None, None, "NEGATIVE"]
        assert with_truth(view.choices, None, {}).truth_labels == {}


def test_renamed_labels_keep_their_truth(write_run: WriteRun) -> None:
    rows: list[list[str | None]] = [["a", "neg"], ["b", "POSITIVE"], ["c", "meh"]]
    run = sentiments(write_run, ["text", "label"], rows)
    choices = Choices(
        truth="label", truth_labels={"neg": "NEGATIVE", "meh": ""}, positive="POSITIVE"
    )
    with view_of(run, choices) as view:
        new = with_names(view, {"NEGATIVE": "POSITIVE", "POSITIVE": " good "})
    assert new.names == {"NEGATIVE": "POSITIVE", "POSITIVE": "good"}
    assert new.positive == "good"
    with view_of(run, new) as view:
        both = view.ask("SELECT label, truth FROM rows ORDER BY place")
        assert both == [("POSITIVE", "POSITIVE"), ("good", "good"), ("POSITIVE", None)]
        back = with_names(view, {"NEGATIVE": "NEGATIVE", "POSITIVE": "POSITIVE"})
    assert (back.names, back.positive) == ({}, "POSITIVE")
    with view_of(run, back) as view:
        truths = [one for (one,) in view.ask("SELECT truth FROM rows ORDER BY place")]
        assert truths == ["NEGATIVE", "POSITIVE", None]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"NEGATIVE": "POSITIVE"}, "can't both be called 'POSITIVE'"),
        ({"NEGATIVE": "other"}, "can't both be called 'other'"),
        ({"NEGATIVE": "  "}, "Label 'NEGATIVE' needs a name"),
    ],
)
def test_two_labels_never_share_a_name(
    names: dict[str, str], said: str, write_run: WriteRun
) -> None:
    rows: list[list[str | None]] = [["a"], ["b"]]
    with (
        view_of(sentiments(write_run, ["text"], rows)) as view,
        pytest.raises(BadInput, match=said),
    ):
        with_names(view, names)


def test_a_wide_run_is_sampled_in_bounded_memory(write_run: WriteRun) -> None:
    columns = ["text", *(f"c{n}" for n in range(400)), "truth"]
    rows: list[list[str | None]] = [
        [f"text {n}", *(f"{n} {m}" for m in range(400)), ("POSITIVE", "NEGATIVE")[n % 2]]
        for n in range(10)
    ]
    with view_of(sentiments(write_run, columns, rows)) as view:
        found = found_truth(view)
        assert (found and found.column) == "truth"
        assert truth_values(view, "c7").distinct == 10
