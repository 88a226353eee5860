"""Which runs can be compared row by row, and what is said of those that can't."""

from __future__ import annotations

from typing import Any

import pytest

from golems.errors import BadInput
from golems.reports.choices import Choices, choose
from golems.reports.duel import duel
from golems.reports.rivals import described, rivals
from golems.reports.view import view_of
from tests.reports.conftest import WriteRun, predicted
from tests.reports.duels import run_of, with_facts


def test_rivals_are_the_other_runs_over_the_same_rows_newest_first(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AB")
    run_of(write_run, "AB", data="sha256:other")
    run_of(write_run, "AB", ["x", "y"], dataset={"limit": 2})
    run_of(write_run, "AB", dataset={"column": "truth"})
    run_of(write_run, "AB", ["x", "y"], dataset={"options": {"sample": 2, "seed": 1}})
    same = {run_of(write_run, "BB").id, run_of(write_run, "BA", precision="bf16").id}
    damaged = run_of(write_run, "AB")
    (damaged.folder / "manifest.json").write_text("{")
    found = [one.id for one in rivals(mine)]
    assert set(found) == same
    assert found == sorted(found, reverse=True)


def test_without_a_digest_the_place_of_the_data_tells(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AB", data=None)
    same = run_of(write_run, "BB", data=None)
    run_of(write_run, "BB", data=None, dataset={"path": "/elsewhere.csv"})
    assert [one.id for one in rivals(mine)] == [same.id]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": "sha256:other"}, "their data differ"),
        ({"dataset": {"rows": 7}}, "they have 2 and 7 rows"),
        ({"dataset": {"limit": 2}, "truths": ["x", "y"]}, "they read all rows and the first 2"),
        (
            {"dataset": {"options": {"sample": 2}}, "truths": ["x", "y"]},
            "read otherwise (sample)",
        ),
        ({"dataset": {"column": "truth"}}, "other columns ('text' and 'truth')"),
    ],
)
def test_other_rows_are_refused_with_the_reason(
    changes: dict[str, Any], said: str, write_run: WriteRun
) -> None:
    mine, other = run_of(write_run, "AB"), run_of(write_run, "AB", **changes)
    with view_of(mine) as view, pytest.raises(BadInput) as caught:
        duel(view, [other])
    assert said in str(caught.value)
    assert other.id in str(caught.value)


@pytest.mark.parametrize(
    "asked",
    [
        {"options": {"encoding": "utf-8-sig"}},
        {"options": {"encoding": "utf-8", "delimiter": ",", "header": "yes"}},
        {"limit": 1_000},
        {"options": {"sample": 2, "seed": 1}},
    ],
)
def test_the_same_rows_are_compared_however_they_were_asked_for(
    asked: dict[str, Any], write_run: WriteRun
) -> None:
    mine = run_of(write_run, "AB", dataset={"options": {"encoding": "utf-8"}})
    other = run_of(write_run, "BB", dataset=asked)
    run_of(write_run, "BB", ["x", "y"], dataset=asked)
    assert [one.id for one in rivals(mine)] == [other.id]


def test_a_run_is_no_rival_of_itself_and_four_are_the_most(write_run: WriteRun) -> None:
    runs = [run_of(write_run, "AB") for _ in range(5)]
    with view_of(runs[0]) as view:
        for others, said in (
            ([runs[0]], "with itself"),
            ([runs[1], runs[1]], "with itself"),
            ([], "1 runs"),
            (runs[1:], "5 runs"),
        ):
            with pytest.raises(BadInput, match=said):
                duel(view, others)


def test_runs_that_write_texts_have_no_labels_to_compare(write_run: WriteRun) -> None:
    writer = with_facts(write_run(["text"], [], [], task="text-generation"))
    with pytest.raises(BadInput, match="writes texts"):
        rivals(writer)
    reader = run_of(write_run, "A")
    with view_of(reader) as view, pytest.raises(BadInput, match="writes texts"):
        duel(view, [writer])


def test_what_tells_runs_apart_is_said_and_nothing_else(write_run: WriteRun) -> None:
    one = run_of(write_run, "A").manifest()
    other = run_of(write_run, "A", precision="bf16").manifest()
    assert described([one, other]) == ["fp32", "bf16"]
    assert described([one, one.model_copy(update={"id": "twin"})]) == [one.id, "twin"]
    way = run_of(write_run, "A", parameters={"long_texts": "tail"}).manifest()
    assert "long_texts head" in described([one, way])[0]


def test_each_run_is_read_under_its_own_names(write_run: WriteRun) -> None:
    mine, other = run_of(write_run, "AAB"), run_of(write_run, ["LABEL_0", "LABEL_1", "LABEL_1"])
    with view_of(mine) as view:
        assert duel(view, [other]).common == 0
    choose(other, Choices(names={"LABEL_0": "A", "LABEL_1": "B"}))
    with view_of(mine) as view:
        found = duel(view, [other])
    assert found.labels == ("A", "B")
    assert found.common == 2
    assert (found.pairs[0].same.hits, found.pairs[0].same.rows) == (2, 3)


def test_a_run_with_merged_parts_and_one_without_stand_in_one_connection(
    write_run: WriteRun,
) -> None:
    rows = [[f"text {place}", ""] for place in range(7)]
    mine = with_facts(
        write_run(["text", "truth"], rows, [predicted(one, 0.9) for one in "AABBAAB"], window=2)
    )
    other = run_of(write_run, "ABBBBAB")
    (other.folder / "end.json").unlink()  # it goes on, so its parts aren't merged
    with view_of(mine) as view:
        found = duel(view, [other])
    assert found.compared == 7
    assert found.disagreements == 2
