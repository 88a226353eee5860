from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import throughput
from benchmarks.growth import growth_table
from benchmarks.parity import compared
from benchmarks.rounds import Spread, in_turn, interleave, rates_table, ratios, table
from benchmarks.workers import Measured, Side, Take, Turn, measure
from golems.base import Classification, LabelScore


def test_a_table_is_markdown() -> None:
    found = table(["side", "rate"], [["ours", "12.0"], ["theirs, slower", "3.0"]])

    assert found.splitlines() == [
        "| side           | rate |",
        "| -------------- | ---: |",
        "| ours           | 12.0 |",
        "| theirs, slower |  3.0 |",
    ]


def test_a_table_has_no_ragged_rows() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        table(["a", "b"], [["1"]])


def test_a_spread_is_the_middle_and_the_ends() -> None:
    assert Spread.of([5, 1, 3]) == Spread(3, 1, 5)
    assert Spread.of([1234.56, 1000]).text(1) == "1,117.3 (1,000.0-1,234.6)"


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([2.0, 30.0, 12.0], [1.0, 10.0, 3.0]) == Spread(3, 2, 4)


def test_the_order_of_the_sides_changes_from_round_to_round() -> None:
    assert in_turn("abc", 0) == ["a", "b", "c"]
    assert in_turn("abc", 1) == ["c", "b", "a"]


def test_each_side_is_called_once_a_round_and_once_before() -> None:
    called: list[str] = []
    found = interleave({one: lambda one=one: called.append(one) for one in "ab"}, rounds=3)

    assert called == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert [len(found[one]) for one in "ab"] == [3, 3]


def test_rates_are_told_against_the_first_side() -> None:
    found = rates_table({"ours": [1.0, 2.0], "theirs": [4.0, 8.0]}, {"ours": 8, "theirs": 8}, "x")

    assert "| ours   | 6.0 (4.0-8.0) |      1.00 (1.00-1.00) |" in found
    assert "| theirs | 1.5 (1.0-2.0) |      4.00 (4.00-4.00) |" in found


def counted(*, start: int) -> Take:
    """A side that needs a second a turn more every turn, and answers with the file's name."""
    turns = 0

    def take(data: Path) -> Turn:
        nonlocal turns
        turns += 1
        return Turn(seconds=start + turns, answers=[data.name, str(start)])

    return take


def broken(*, fault: str) -> Take:
    raise ValueError(fault)


def side(name: str, make: object = counted, **options: object) -> Side:
    return Side(name, make, Path("data"), 2, options)  # type: ignore[arg-type]


def test_sides_have_a_process_each_and_a_turn_that_does_not_count() -> None:
    found = measure([side("one", start=0), side("two", start=10)], Path("small"), rounds=2)

    assert [turn.seconds for turn in found["one"].turns] == [2, 3]
    assert [turn.seconds for turn in found["two"].turns] == [12, 13]
    assert found["two"].turns[0].answers == ["data", "10"]
    assert found["two"].memory_mb > 1


def test_a_side_that_breaks_says_why() -> None:
    with pytest.raises(RuntimeError, match="ValueError: no such model"):
        measure([side("one", broken, fault="no such model")], Path("small"), rounds=1)


def measured(
    name: str,
    seconds: Sequence[float],
    answers: Sequence[str] = ("A", "B"),
    *,
    rows: int = 2,
    ours: bool = False,
    facts: dict[str, float] | None = None,
) -> Measured:
    turns = [
        Turn(
            one,
            list(answers),
            model_seconds=0.8 * one,
            precision="fp32" if ours else "",
            memory_mb=500,
            facts=facts or {},
        )
        for one in seconds
    ]
    return Measured(Side(name, counted, Path(f"{rows}.csv"), rows, ours=ours), 1.5, turns)


@pytest.fixture
def found() -> dict[str, Measured]:
    sides = [
        measured("ours, auto", [1, 1, 2], ours=True),
        measured("peak", [1, 1, 1], rows=1, facts={"fp32": 100.0}),
        measured("pipeline(batch_size=1)", [3, 3, 4], ["A", "A"]),
        measured("pipeline(batch_size=8)", [1, 1, 1], ["A"], rows=1),
    ]
    return {one.side.name: one for one in sides}


def cells(text: str) -> list[list[str]]:
    rows = [line.strip("|").split("|") for line in text.splitlines()]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_sides_are_compared_by_the_row(found: dict[str, Measured]) -> None:
    one = ["1.0 - 2.0", "1.00 (1.00-1.00)", "1.5", "500", "100.0%"]
    assert cells(throughput.rows_table(found)) == [
        ["ours, auto (fp32)", "2", "2.0 (1.0-2.0)", *one[1:]],
        ["pipeline(batch_size=1)", "2", "0.7 (0.5-0.7)", "3.00 (2.00-3.00)", "1.5", "500", "50.0%"],
        ["pipeline(batch_size=8)", "1", "1.0 (1.0-1.0)", "2.00 (1.00-2.00)", "1.5", "500", "-"],
    ]
    assert throughput.best_of(found, "pipeline") == (
        "ours, auto against the best of them, pipeline(batch_size=8): 2.00 (1.00-2.00) times as "
        "fast."
    )


def test_the_engine_is_what_is_not_the_model(found: dict[str, Measured]) -> None:
    assert cells(throughput.engine_table(found, flops=40_000_000_000)) == [
        [
            "ours, auto (fp32)",
            "0.80 (0.80-1.60)",
            "0.20 (0.20-0.40)",
            "0.200 (0.200-0.200)",
            "50 (25-50)",
            "100 (100-100) fp32",
            "0.50 (0.25-0.50)",
        ]
    ]
    assert len(cells(throughput.engine_table(found))[0]) == 4


def test_growth_is_told_by_the_row() -> None:
    two = Side("free", counted, Path("x"), 2_000, ours=True)
    [row] = cells(growth_table([two], [[Turn(1.0, memory_mb=100), Turn(2.0, memory_mb=120)]]))

    assert row == ["free", "2,000", "1.50 (1.00-2.00)", "1,500 (1,000-2,000)", "750", "120"]


def test_a_precision_is_held_against_fp32_and_the_truth() -> None:
    def classified(best: str, score: float) -> Classification:
        other = "NEGATIVE" if best == "POSITIVE" else "POSITIVE"
        return Classification((LabelScore(best, score), LabelScore(other, 1 - score)))

    plain = [classified("POSITIVE", 0.75), classified("NEGATIVE", 0.5)]
    other = [classified("POSITIVE", 0.625), classified("POSITIVE", 0.5)]

    assert compared(plain, plain, ["POSITIVE", "POSITIVE"]) == [
        "2", "100.00%", "yes", "0.0000", "50.0%",
    ]  # fmt: skip
    assert compared(plain, other, ["POSITIVE", "POSITIVE"]) == [
        "2", "50.00%", "NO", "0.1250", "100.0%",
    ]  # fmt: skip
