"""Runs opened for questions: beside each other, and where memory is scarce."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from golems.errors import RunFailed
from golems.reports import database
from golems.reports.choices import Choices
from golems.reports.view import View, view_of
from golems.runs import Run
from golems.runs.segments import segments_of
from tests.reports.conftest import WriteRun, predicted

LONG = 200_000
WHOLE = "They themselves are as they were"


def labels(view: View) -> list[tuple[str]]:
    return view.ask("SELECT label FROM rows ORDER BY place")


@pytest.fixture
def scarce(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with little memory for all, opened for this test alone."""
    monkeypatch.setattr(database, "MEMORY", "40MB")
    database._database.cache_clear()
    yield
    database._database.cache_clear()


@pytest.fixture
def long_texts(write_run: WriteRun) -> Run:
    """60 texts of 200,000 letters that no packing shortens much."""
    dice = random.Random(1)
    rows = [["".join(dice.choices("abcdefghij klmno", k=LONG))] for _ in range(60)]
    return write_run(["text"], rows, [predicted("A", 0.9)] * 60)


def test_two_that_are_open_at_once_keep_apart(write_run: WriteRun) -> None:
    one = write_run(["text"], [["a"], ["b"]], [predicted("A", 0.9)] * 2)
    other = write_run(["text"], [["c"]], [predicted("A", 0.9)])
    with view_of(one) as first, view_of(other, Choices(names={"A": "called"})) as second:
        assert labels(first) == [("A",), ("A",)]
        assert labels(second) == [("called",)]
        with view_of(one, Choices(names={"A": "again"})) as third:
            assert labels(third) == [("again",), ("again",)]
        assert labels(first) == [("A",), ("A",)]


def test_too_little_memory_is_not_taken_for_damage(long_texts: Run, scarce: None) -> None:
    with pytest.raises(RunFailed, match=WHOLE) as said, view_of(long_texts) as view:
        view.ask("SELECT list(original_0 || place || n) FROM rows, range(50) AS many(n)")
    assert "Out of Memory" in str(said.value)
    assert "Delete" not in str(said.value)
    with view_of(long_texts) as view:
        assert len(labels(view)) == 60


@pytest.mark.parametrize("wrong", ["SELEC 1", "SELECT nothing FROM rows", "FROM nowhere"])
def test_a_wrong_question_is_not_taken_for_damage(write_run: WriteRun, wrong: str) -> None:
    run = write_run(["text"], [["a"]], [predicted("A", 0.9)])
    with pytest.raises(duckdb.ProgrammingError), view_of(run) as view:
        view.ask(wrong)


@pytest.mark.parametrize("broken", database.BROKEN)
def test_after_a_fault_of_the_database_there_is_another_one(
    broken: type[duckdb.Error], long_texts: Run
) -> None:
    for _ in range(2):
        with view_of(long_texts) as view:
            view.ask("CREATE TABLE of_all (a INTEGER)")
        with view_of(long_texts) as view:
            assert view.ask("SELECT * FROM of_all") == []
        with pytest.raises(RunFailed, match=WHOLE), view_of(long_texts):
            raise broken("It has been invalidated.")


def test_many_ask_at_the_same_time(write_run: WriteRun) -> None:
    runs = [
        write_run(["text"], [[str(number)]] * (number + 1), [predicted("A", 0.9)] * (number + 1))
        for number in range(6)
    ]

    def ask(run: Run) -> list[tuple[int, str]]:
        with view_of(run) as view:
            return view.ask("SELECT count(*), any_value(original_0) FROM rows")

    with ThreadPoolExecutor(6) as pool:
        found = [*pool.map(ask, runs * 5)]
    assert found == [[(number + 1, str(number))] for number in range(6)] * 5


def test_who_asks_apart_is_not_in_the_database_of_all(write_run: WriteRun) -> None:
    run = write_run(["text"], [["a"]], [predicted("A", 0.9)])
    with view_of(run) as view, view_of(run, apart=True) as other:
        view.ask("CREATE TABLE of_all (a INTEGER)")
        with pytest.raises(duckdb.CatalogException):
            other.connection.execute("SELECT * FROM of_all")
        assert labels(other) == [("A",)]
        view.ask("DROP TABLE of_all")


def test_long_texts_are_merged_a_few_at_a_time(long_texts: Run) -> None:
    import pyarrow.parquet as pq

    (path,) = segments_of(long_texts).whole
    groups = pq.read_metadata(path)
    assert groups.num_row_groups > 1
    assert groups.num_rows == 60


def test_what_is_too_long_to_be_merged_is_read_as_it_is(
    long_texts: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.runs.segments.MEMORY", "4MB")
    found = segments_of(long_texts)
    assert (len(found.whole), len(found.rest)) == (0, 20)
    with view_of(long_texts) as view:
        assert view.ask("SELECT count(*), min(chars), max(chars) FROM rows") == [(60, LONG, LONG)]
