"""The ledger: what is known stays known, for exactly what it was said of, and within its room."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from golems.errors import LedgerError
from golems.ledger import Ledger, key_of, scope

COMMON = scope("text-classification", "abc", {"top_k": None}, "fp32")


def keys(count: int, text: str = "text") -> list[bytes]:
    return [key_of(COMMON, f"{text} {number}") for number in range(count)]


def test_what_was_put_is_found_by_another_ledger() -> None:
    first, second, third = keys(3)
    with Ledger() as ledger:
        ledger.put({first: ["GOOD", 0.1 + 0.2, None], second: ["日本 \ud800", 1, '{"a": 1}']})
    with Ledger() as ledger:
        assert ledger.get(first) == ["GOOD", 0.1 + 0.2, None]
        assert ledger.get(second) == ["日本 \ud800", 1, '{"a": 1}']
        assert ledger.get(third) is None
        assert ledger.count() == 2


def test_what_is_known_stays_as_it_is() -> None:
    [key] = keys(1)
    with Ledger() as ledger:
        ledger.put({key: ["first"]})
        ledger.put({key: ["second"]})
        assert ledger.get(key) == ["first"]


def test_a_key_is_of_everything_that_decides_the_result() -> None:
    scopes = {
        scope("a", "commit", {"top_k": 1}, "fp32"),
        scope("b", "commit", {"top_k": 1}, "fp32"),
        scope("a", "other", {"top_k": 1}, "fp32"),
        scope("a", "commit", {"top_k": 2}, "fp32"),
        scope("a", "commit", {"top_k": 1}, "bf16"),
        scope("a", "commit", {"top_k": 1}, "fp32", handler="sha256:1"),
    }
    assert len(scopes) == 6
    contents = ["", " ", "a", "a ", "A", b"\xff", "\ud800", "ÿ"]
    assert len({key_of(one, content) for one in scopes for content in contents}) == 6 * 8
    assert scope("a", "c", {"x": 1, "y": 2}, "fp32") == scope("a", "c", {"y": 2, "x": 1}, "fp32")


def test_its_room_is_bounded_and_the_oldest_go(tmp_path: Path) -> None:
    with Ledger(tmp_path / "small.sqlite", max_mb=1) as ledger:
        for number in range(40):
            ledger.put({key: ["x" * 200] for key in keys(500, f"round {number}")})
            assert ledger.size_bytes() <= 1_000_000
            rounds = range(number + 1)
            found = [len(ledger.get_all(keys(500, f"round {earlier}"))) for earlier in rounds]
            assert sum(found) == ledger.count()
        assert found[-1] == 500
        assert found[0] == 0
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000_000


def test_emptying_forgets_everything_and_gives_the_room_back(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.put({key: ["x" * 500] for key in keys(2000)})
        before = ledger.size_bytes()
        ledger.empty()
        assert ledger.count() == 0
        assert ledger.path.stat().st_size < before / 10


def test_what_another_forgot_can_be_kept_again(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    mine = keys(10)
    with Ledger(path) as ledger, Ledger(path, max_mb=0.02) as small:
        ledger.put({key: ["x"] for key in mine})
        for forget in (small.empty, lambda: small.put({key: ["y" * 999] for key in keys(50, "b")})):
            assert len(ledger.get_all(mine)) == 10
            forget()
            assert ledger.get_all(mine) == {}
            ledger.put({key: ["x"] for key in mine})
            assert len(small.get_all(mine)) == 10


@pytest.mark.parametrize("together", [1, 7, 1000])
def test_all_is_found_however_much_the_index_takes_in_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr("golems.ledger.index.INDEXED_TOGETHER", together)
    path = tmp_path / "l.sqlite"
    with Ledger(path) as first, Ledger(path) as second:
        for step in range(20):
            ledger = (first, second)[step % 2]
            ledger.put({key: [step] for key in keys(step, "old") + keys(9, f"new {step}")})
            for other in (first, second):
                for earlier in range(step + 1):
                    mine = keys(9, f"new {earlier}")
                    assert other.get_all(mine) == {key: [earlier] for key in mine}
        assert first.get_all(keys(20, "old")) == {
            key: [at + 1] for at, key in enumerate(keys(19, "old"))
        }
    with Ledger(path) as third:
        assert third.count() == 20 * 9 + 19
        assert len(third.get_all(keys(19, "old"))) == 19


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    first, second = sorted(keys(2))
    with Ledger(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(TypeError):
            ledger.put({first: ["good"], second: [object()]})
        assert ledger.count() == 0
        ledger.put({first: ["good"]})
        assert ledger.get(first) == ["good"]


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with Ledger(path) as ledger:
                for step in range(20):
                    mine = keys(10, f"{number} {step}")
                    ledger.put({key: [number, step] for key in mine})
                    assert ledger.get_all(mine) == {key: [number, step] for key in mine}
        except BaseException as error:  # noqa: BLE001 - told by the test
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with Ledger(path) as ledger:
        assert ledger.count() == 6 * 20 * 10


def test_a_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerError, match=r"l\.sqlite can't be used: .*--empty"):
        Ledger(path)


@pytest.mark.parametrize("asked", [0, 1, 255, 256, 257, 1500])
def test_many_are_looked_up_together(tmp_path: Path, asked: int) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        mine = keys(asked)
        ledger.put({key: [place, None, "é"] for place, key in enumerate(mine) if place % 3})
        found = ledger.get_all([*mine, *keys(5, "unknown")])
        assert found == {key: [place, None, "é"] for place, key in enumerate(mine) if place % 3}


def test_the_setting_bounds_it(setting: Callable[[str, object], None]) -> None:
    setting("ledger_mb", 3)
    with Ledger() as ledger:
        assert ledger.max_bytes == 3_000_000


def test_its_results_are_one_plain_table() -> None:
    with Ledger() as ledger:
        ledger.put({keys(1)[0]: ["x"]})
        path = ledger.path
    rows = sqlite3.connect(path).execute("SELECT value FROM results").fetchall()
    assert rows == [('["x"]',)]


def test_a_file_of_the_first_layout_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE results (key BLOB PRIMARY KEY, value TEXT) WITHOUT ROWID")
    database.execute("INSERT INTO results VALUES (x'00', '[1]')")
    database.commit()
    database.close()
    for known in (0, 3):
        with Ledger(path) as ledger:
            assert ledger.count() == known
            ledger.put({key: ["x"] for key in keys(3)})
            assert ledger.get_all(keys(3)) == {key: ["x"] for key in keys(3)}


def test_what_others_kept_meanwhile_stays_also_where_all_was_new_a_moment_ago(
    tmp_path: Path,
) -> None:
    path = tmp_path / "l.sqlite"
    mine = keys(30)
    with Ledger(path) as reader, Ledger(path) as writer, Ledger(path) as other:
        for step in range(0, 30, 3):
            early, late, new = mine[step : step + 3]
            other.put({early: ["other"]})
            kept = writer.put({early: ["mine"], new: ["mine"]}, are_new=True)
            other.put({late: ["other"]})
            reader.learn(kept)
            assert reader.get_all([early, late, new]) == {
                early: ["other"],
                late: ["other"],
                new: ["mine"],
            }
            reader.learn(writer.put({key: ["mine"] for key in keys(9, f"{step}")}, are_new=True))
            assert len(reader.get_all(keys(9, f"{step}"))) == 9
        assert reader.count() == 30 + 9 * 10


def test_what_others_kept_and_indexed_meanwhile_is_not_kept_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.ledger.index.INDEXED_TOGETHER", 20)
    path = tmp_path / "l.sqlite"
    mine = {key: ["x"] for key in keys(20)}
    with Ledger(path) as one, Ledger(path) as other:
        assert one.get_all(list(mine)) == {}
        other.put(mine)
        assert one.put(mine, are_new=True).digests == []
        assert one.count() == 20
