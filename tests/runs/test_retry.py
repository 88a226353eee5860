"""The failed rows get another try, and what comes of it is part of the same run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golems.errors import BadInput, RunFailed
from golems.ledger import Ledger
from golems.reports import result_page, summarize
from golems.runs import Run
from golems.runs.engine import execute
from golems.runs.parts import budget_of
from golems.runs.retry import failed_rows_of, retry
from tests.runs.conftest import MakeRun, texts_csv

ROWS = "id,text\n0,good\n1,\n2,fine\n3,  \n4,\u200b\n5,well\n"


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    run = make_run(ROWS, window=2)
    execute(run)
    assert set(failed_rows_of(run, run.manifest())) == {1, 3, 4}
    return run


def test_edited_rows_are_predicted_and_the_others_stay(run: Run) -> None:
    before = result_page(run)
    assert retry(run, {1: "mended", 4: "also mended"}) == (3, 1)
    after = result_page(run)
    assert list(after["id"]) == [str(n) for n in range(6)]
    assert list(after["text"]) == ["good", "mended", "fine", "  ", "also mended", "well"]
    assert list(after["error"].notna()) == [False, False, False, True, False, False]
    same = [0, 2, 3, 5]
    assert after.iloc[same].equals(before.iloc[same])
    summary = summarize(run)
    assert (summary.rows, summary.failed, summary.state) == (6, 1, "done")
    assert run.progress().failed == 1


def test_what_stood_there_is_kept(run: Run) -> None:
    retry(run, {3: "mended"})
    [line] = (run.folder / "edits.jsonl").read_text("utf-8").splitlines()
    edit = json.loads(line)
    assert (edit["row"], edit["column"], edit["before"], edit["after"]) == (
        4, "text", "  ", "mended",
    )  # fmt: skip


def test_rows_fail_again_with_their_reason(run: Run) -> None:
    before = list(result_page(run)["error"].dropna())
    assert retry(run) == (3, 3)
    assert list(result_page(run)["error"].dropna()) == before


def test_skipped_rows_are_left_alone(run: Run) -> None:
    assert retry(run, skip=frozenset({1, 3})) == (1, 1)


def test_a_run_without_failed_rows_has_nothing_to_try(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    execute(run)
    assert retry(run) == (0, 0)


def test_only_failed_rows_can_be_edited(run: Run) -> None:
    with pytest.raises(BadInput, match="Row 1 did not fail"):
        retry(run, {0: "x"})
    with pytest.raises(BadInput, match="Row 100 did not fail"):
        retry(run, {99: "x"})


def test_half_a_character_is_refused_before_anything_is_computed(run: Run) -> None:
    before = result_page(run)
    with pytest.raises(BadInput, match="The text for row 2 holds bytes that are not valid"):
        retry(run, {1: "caf\udce9", 3: "good"})
    assert result_page(run).equals(before)


def test_a_run_that_waits_is_not_retried(make_run: MakeRun) -> None:
    with pytest.raises(RunFailed, match="is queued; wait for its end"):
        retry(make_run(texts_csv(3)))


def test_pictures_are_tried_again_but_not_edited(make_run: MakeRun, tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (9, 9)).save(folder / "a.png")
    (folder / "b.png").write_bytes(b"broken")
    run = make_run(folder, task="image-classification")
    execute(run)
    with pytest.raises(BadInput, match="Pictures can't be edited"):
        retry(run, {1: "x"})
    assert retry(run) == (1, 1)
    Image.new("RGB", (9, 9)).save(folder / "b.png")
    assert retry(run) == (1, 0)
    assert summarize(run).failed == 0


def test_what_an_edited_text_gave_is_never_kept_under_the_text_before(
    make_run: MakeRun, tmp_path: Path
) -> None:
    run = make_run("id,text\n0,good\n1,\u200b\n2,fine\n3,well\n", window=2)
    execute(run, lambda progress: run.ask_to_stop() if progress.done == 2 else None)
    assert run.state() == "stopped"
    assert retry(run, {1: "mended"}) == (1, 0)
    run.resume()
    execute(run)
    after = result_page(run)
    assert list(after["text"]) == ["good", "mended", "fine", "well"]
    with Ledger() as ledger:
        assert ledger.count() == 4  # good, mended, fine, well
    again = make_run("id,text\n1,\u200b\n2,fine\n")
    execute(again)
    assert list(result_page(again)["error"].notna()) == [True, False]


def test_a_row_mended_in_vain_is_tried_again_as_it_stands_in_the_table(run: Run) -> None:
    assert retry(run, {1: " ", 3: "mended", 4: "mended too"}) == (3, 1)
    before = result_page(run)
    assert list(before["text"])[1] == " "
    assert retry(run) == (1, 1)
    assert result_page(run).equals(before)
    assert retry(run, {1: "mended at last"}) == (1, 0)
    lines = (run.folder / "edits.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["row"] for line in lines] == [2, 4, 5, 2]
    assert json.loads(lines[-1])["before"] == " "


def test_rows_of_a_table_that_has_changed_are_not_mixed_up(run: Run, tmp_path: Path) -> None:
    before = result_page(run)
    (tmp_path / "reviews.csv").write_text("id,text\n9,new\n" + ROWS.partition("\n")[2])
    with pytest.raises(RunFailed, match=r"Row 2 of reviews\.csv is another one"):
        retry(run)
    (tmp_path / "reviews.csv").write_text("id,text\n0,good\n1,\n")
    with pytest.raises(RunFailed, match="2 of the failed rows are no longer in the dataset"):
        retry(run)
    assert result_page(run).equals(before)


def test_the_budget_that_a_part_tells_is_kept(run: Run) -> None:
    import pyarrow.parquet as pq

    part = run.parts()[0]
    run.write_part(0, pq.read_table(part), run.counts(), {"cost": 7})
    retry(run, {1: "mended"})
    assert budget_of(run.parts()[0]) == {"cost": 7}
