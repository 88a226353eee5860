"""Parts merged for reading: the same rows, whatever changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from golems.errors import RunFailed
from golems.reports.choices import Choices
from golems.reports.view import view_of
from golems.runs import Run
from golems.runs.segments import FOLDER, PARTS, segments_of
from tests.reports.conftest import WriteRun, failed, predicted, write_run

__all__ = ["write_run"]


def many_parts(write_run: WriteRun, parts: int) -> Run:
    outcomes = [predicted("AB"[n % 2], 0.5 + n / 1000) for n in range(parts)]
    return write_run(["text"], [[f"row {n}"] for n in range(parts)], outcomes, window=1)


def texts(run: Run) -> list[str]:
    with view_of(run, Choices()) as view:
        return [text for (text,) in view.ask("SELECT original_0 FROM rows ORDER BY place")]


def test_a_run_that_has_ended_is_read_from_a_few_files(write_run: WriteRun) -> None:
    run = many_parts(write_run, PARTS + 5)
    found = segments_of(run)
    assert (len(found.whole), found.rest) == (2, ())
    assert texts(run) == [f"row {n}" for n in range(PARTS + 5)]


def test_a_run_that_goes_on_has_its_last_parts_beside_the_merged_ones(write_run: WriteRun) -> None:
    run = many_parts(write_run, PARTS + 5)
    (run.folder / "end.json").unlink()
    found = segments_of(run)
    assert (len(found.whole), len(found.rest)) == (1, 5)
    assert texts(run) == [f"row {n}" for n in range(PARTS + 5)]


def test_merged_once_is_merged_for_good(write_run: WriteRun) -> None:
    run = many_parts(write_run, 3)
    before = [path.stat().st_mtime_ns for path in segments_of(run).whole]
    assert [path.stat().st_mtime_ns for path in segments_of(run).whole] == before


def test_a_part_that_changed_is_merged_anew_and_the_old_one_goes(write_run: WriteRun) -> None:
    run = many_parts(write_run, PARTS + 5)
    (kept, old), other = segments_of(run).whole, many_parts(write_run, PARTS + 6)
    part = run.folder / "parts" / f"{PARTS + 4:05d}.parquet"
    part.write_bytes((other.folder / "parts" / f"{PARTS + 5:05d}.parquet").read_bytes())
    found = segments_of(run)
    assert found.whole[0] == kept
    assert not old.exists()
    assert {path.name for path in (run.folder / FOLDER).iterdir()} == {
        path.name for path in found.whole
    }
    assert texts(run)[-1] == f"row {PARTS + 5}"


def test_a_damaged_part_is_said_and_never_merged(write_run: WriteRun) -> None:
    run = many_parts(write_run, 3)
    part = run.folder / "parts" / "00001.parquet"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(RunFailed, match="damaged"):
        segments_of(run)
    assert not [*(run.folder / FOLDER).glob("*.parquet")]


def test_where_nothing_can_be_written_the_parts_themselves_are_read(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = many_parts(write_run, 3)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    found = segments_of(run)
    assert (found.whole, len(found.rest)) == ((), 3)
    assert texts(run) == ["row 0", "row 1", "row 2"]


def test_scores_are_the_very_numbers_and_no_number_is_none(write_run: WriteRun) -> None:
    outcomes = [
        predicted("A", 0.1234567890123456),
        predicted("A", float("nan")),
        failed(),
    ]
    run = write_run(["text"], [["ähm"], ["b"], [None]], outcomes)
    with view_of(run, Choices()) as view:
        found = view.ask(
            "SELECT predicted, score, labels, scores, chars, error FROM rows ORDER BY place"
        )
    assert found[0] == (
        "A", 0.1234567890123456, ["A", "other"], [0.1234567890123456, 1 - 0.1234567890123456],
        3, None,
    )  # fmt: skip
    assert found[1][:4] == ("A", None, ["A", "other"], [None, None])
    assert found[2] == (None, None, None, None, None, "The text is empty.")


def test_a_killed_merge_leaves_nothing_that_counts(write_run: WriteRun) -> None:
    run = many_parts(write_run, 3)
    folder = run.folder / FOLDER
    folder.mkdir()
    (folder / f".00000-0.parquet.{os.getpid()}").write_bytes(b"half")
    assert texts(run) == ["row 0", "row 1", "row 2"]
    assert [path.name[0] for path in folder.iterdir()] == ["0"]


def test_a_damaged_part_without_a_seal_is_told_as_such(write_run: WriteRun) -> None:
    run = many_parts(write_run, 3)
    (run.folder / "parts" / "00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunFailed, match="Delete them and all parts behind"):
        texts(run)
