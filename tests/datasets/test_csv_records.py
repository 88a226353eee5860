"""Quotes that are never closed, and cells too large: one row is lost, never the file."""

import csv
import random
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest

from golems.datasets import csv_lines
from golems.datasets.csv_dialect import Dialect
from golems.datasets.csv_file import CsvFile
from golems.datasets.csv_records import Record, read_records


def records(text: str, *, max_cell_mb: float = 1) -> list[Record]:
    return list(
        read_records(lambda: StringIO(text, newline="\n"), Dialect(","), max_cell_mb=max_cell_mb)
    )


def test_a_quote_open_to_the_end_of_the_file_costs_one_row() -> None:
    first, second, third = records('1,"never\n2,b\n3,c\n')
    assert first.cells == ["1", "never"]
    assert first.error == "A quote opened in line 1 is never closed; close it or double it."
    assert (second.line, second.cells, second.error) == (2, ["2", "b"], None)
    assert (third.line, third.cells, third.error) == (3, ["3", "c"], None)


def test_a_quote_that_runs_into_the_next_quoted_cell_costs_one_row() -> None:
    first, second, third = records('1,"never\n2,"b"\n3,"c, d"\n')
    assert first.error is not None
    assert second == Record(2, ["2", "b"])
    assert third == Record(3, ["3", "c, d"])


def test_a_quote_closed_in_the_wrong_place_is_not_closed_by_a_later_one() -> None:
    found = records('1,"never\n2,"b"\n3,c"\n')
    assert [record.cells for record in found] == [["1", "never"], ["2", "b"], ["3", 'c"']]
    assert [record.error is None for record in found] == [False, True, True]


def test_every_open_quote_costs_its_own_row() -> None:
    found = records('1,"x\n2,"x\n3,"x\n4,fine\n')
    assert [record.error is None for record in found] == [False, False, False, True]
    assert [record.line for record in found] == [1, 2, 3, 4]


def test_a_last_row_with_an_open_quote_is_one_row() -> None:
    assert [record.line for record in records('1,a\n2,"open')] == [1, 2]


def test_a_cell_too_large_costs_one_row_and_is_kept_in_part() -> None:
    before, large, after = records("1,a\n2," + "x" * 1500 + "\n3,c\n", max_cell_mb=0.001)
    assert before.error is None
    assert large.error is not None
    assert large.error.startswith("Cell 2 in line 2 is too large")
    assert large.cells == ["2", "x" * 1000]
    assert after == Record(3, ["3", "c"])


@pytest.mark.parametrize(
    "cell",
    [
        "x" * 20_000,
        '"' + "x" * 20_000 + '"',
        '"' + "a, b\n" * 4_000 + '"',
        '"' + 'say ""hi"", ' * 2_000 + '"',
        '"' + "x" * 9_000 + '","' + "y\n" * 9_000 + '"',
        "x" * 9_000 + ',"' + "y\n" * 3_000 + '"',
        # Pieces are of 4,000 characters: the first one ends between these doubled quotes.
        '"' + "x" * 3_996 + '""' + "y\n" * 3_000 + '"',
    ],
    ids=[
        "plain",
        "quoted",
        "many lines",
        "doubled quotes",
        "two quoted",
        "quoted after plain",
        "doubled quotes across pieces",
    ],
)
def test_a_row_larger_than_is_held_in_memory_costs_one_row(cell: str) -> None:
    before, large, after = records(f"1,a\n2,{cell}\n3,c\n", max_cell_mb=0.001)
    assert before == Record(1, ["1", "a"])
    assert large.line == 2
    assert large.error is not None
    assert "line 2 is too large" in large.error
    assert after == Record(3 + cell.count("\n"), ["3", "c"])


def test_an_open_quote_followed_by_more_than_is_held_in_memory_costs_one_row() -> None:
    rows = "".join(f"{number},text\n" for number in range(2, 3000))
    found = records(f'1,"never\n{rows}', max_cell_mb=0.001)
    assert len(found) == 2999
    assert found[0].error is not None
    assert "never closed" in found[0].error
    assert found[1] == Record(2, ["2", "text"])
    assert found[-1] == Record(2999, ["2999", "text"])


def test_a_huge_last_line_without_a_line_end_is_one_row() -> None:
    assert len(records("1,a\n2," + "x" * 20_000, max_cell_mb=0.001)) == 2


def test_memory_does_not_grow_with_the_file() -> None:
    import tracemalloc

    line = '1,"a text, with commas",pos\n'

    class Endless(StringIO):
        def __init__(self) -> None:
            super().__init__()
            self.lines: Iterator[str] = iter([line] * 100_000)

        def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
            return next(self.lines, "")

    stream = read_records(Endless, Dialect(","), max_cell_mb=1)
    list(islice(stream, 100))
    tracemalloc.start()
    count = sum(1 for _ in stream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 99_900
    assert peak < 200_000


def test_the_setting_is_the_limit_of_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1," + "x" * 3000 + "\n2,b\n")
    large, after = CsvFile(path, max_cell_mb=0.002, column="text").rows()
    assert large.content is None
    assert "PANTHEON_MAX_CELL_MB" in str(large.error)
    assert after.content == "b"


@pytest.mark.parametrize("tail", ["  ", "\t", " ,x", ""])
def test_blanks_behind_a_cell_of_several_lines_stay_as_csv_reads_them(tail: str) -> None:
    text = f'1,"two\nlines"{tail}\r\n2,b\n3,"c\nd" '
    assert [(record.cells, record.error) for record in records(text)] == [
        (cells, None) for cells in csv.reader(StringIO(text, newline=""))
    ]


@pytest.mark.parametrize("seed", range(200))
def test_lines_are_those_of_the_file_however_many_are_read_at_once(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    parts = ["a", '"', "\r", "\n", "\r\n", "b,", "\u2028", "long " * 5]
    text = "".join(chance.choices(parts, k=chance.randrange(60)))
    monkeypatch.setattr(csv_lines, "AT_ONCE", chance.randint(1, 9))
    with csv_lines.Lines(lambda: StringIO(text, newline=""), max_chars=10**6) as lines:
        found: list[str] = []
        while line := lines.take():
            found.append(line)
            if chance.random() < 0.1:
                lines.give_back([found.pop()])
            elif chance.random() < 0.05:
                lines.go_to(lines.number)
                found.pop()
        assert found == StringIO(text, newline="").readlines()
        assert lines.number == len(found)
