"""What cutting texts off has done, and the runs that tell."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput
from golems.registry import card_named, choose_checkpoint
from golems.reports.choices import Choices, choose
from golems.reports.intervals import share_interval
from golems.reports.truncation import Truncation, read_otherwise, truncation
from golems.reports.view import view_of
from golems.runs import Run, all_runs, create_run
from golems.runs.engine import execute
from golems.runs.of_rows import rows_of
from tests import tiny
from tests.reports.conftest import WriteRun, predicted
from tests.reports.duels import run_of, with_facts

DROPPED = [0, 5, 7, 0, 9]


def of(run: Run) -> Truncation:
    with view_of(run) as view:
        return truncation(view)


def test_labels_that_change_are_counted_on_the_rows_that_were_cut(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AAABB", ["A", "B", "A", "A", ""], dropped=DROPPED)
    choose(mine, Choices(truth="truth"))
    tail = run_of(write_run, ["B", "B", "A", "A", None], parameters={"long_texts": "tail"})
    found = of(mine)
    assert (found.way, found.cut.hits, found.cut.rows) == ("head", 3, 5)
    assert found.missing == ("chunks",)
    [other] = found.ways
    assert (other.way, other.run_id) == ("tail", tail.id)
    assert (other.changed.hits, other.changed.rows) == (1, 2)
    assert other.changed.interval == share_interval(1, 2)
    assert other.changes == (("A", "B", 1),)
    assert (other.right_here.hits, other.right_there.hits, other.right_here.rows) == (1, 2, 2)
    assert other.precision is None


def test_runs_of_other_weights_or_rows_tell_nothing(write_run: WriteRun) -> None:
    mine = run_of(write_run, "AAABB", dropped=DROPPED)
    run_of(write_run, "BBBBB", parameters={"long_texts": "tail"}, commit="sha256:else")
    run_of(write_run, "BBBBB", parameters={"long_texts": "tail"}, data="sha256:else")
    run_of(write_run, "BBBBB", parameters={"long_texts": "head"})
    assert of(mine).missing == ("tail", "chunks")


def test_a_run_in_the_same_precision_goes_before_a_newer_one(write_run: WriteRun) -> None:
    tail = {"long_texts": "tail"}
    mine = run_of(write_run, "AAABB", dropped=DROPPED)
    only = run_of(write_run, "AAABB", parameters=tail, precision="bf16")
    assert of(mine).ways[0].precision == "bf16"
    same = run_of(write_run, "AAABB", parameters=tail)
    for other in (only, run_of(write_run, "AAABB", parameters=tail, precision="int8")):
        assert other.id != same.id
    assert of(mine).ways[0].run_id == same.id
    assert of(mine).ways[0].precision is None


def test_where_nothing_was_cut_there_is_nothing_to_ask(write_run: WriteRun) -> None:
    found = of(run_of(write_run, "AB"))
    assert (found.cut.hits, found.ways) == (0, ())
    with view_of(run_of(write_run, "AB")) as view, pytest.raises(BadInput, match="No row"):
        read_otherwise(view, "tail")
    assert len(all_runs()) == 2


def test_a_way_must_be_another_one(write_run: WriteRun) -> None:
    with view_of(run_of(write_run, "A", dropped=[3])) as view:
        for way in ("head", "middle"):
            with pytest.raises(BadInput, match="ways are: tail, chunks"):
                read_otherwise(view, way)
    pictures = with_facts(write_run(["text"], [], [], task="image-classification"))
    with view_of(pictures) as view, pytest.raises(BadInput, match="can't read long texts"):
        truncation(view)


def test_only_the_rows_that_were_cut_off_are_written_each_with_its_place(
    write_run: WriteRun,
) -> None:
    texts = ["short", 'x,"\n\x00=1', "long\r\n", "short", ""]
    outcomes = [predicted("A", 0.9, tokens_dropped=one) for one in DROPPED]
    mine = with_facts(write_run(["Place"], [[one] for one in texts], outcomes), precision="bf16")
    with view_of(mine) as view:
        run = read_otherwise(view, "chunks", asked_by="somebody")
        manifest = run.manifest()
        table = pq.read_table(manifest.dataset.path)
        assert table.column_names == ["place_golem", "Place"] == list(manifest.dataset.columns)
        assert table["place_golem"].to_pylist() == [1, 2, 4]
        assert table["Place"].to_pylist() == [texts[place] for place in (1, 2, 4)]
        assert Path(manifest.dataset.path).is_relative_to(run.folder)
        assert manifest.parameters["long_texts"] == "chunks"
        assert (manifest.precision, manifest.engine) == ("bf16", None)
        assert manifest.asked_by == "somebody"
        note = rows_of(run)
        assert note is not None
        assert note.run == mine.id
        [going] = truncation(view).ways  # it waits, and is not to be made again
        assert (going.is_going, going.changed.rows) == (True, 0)
        run.ask_to_stop()
        assert truncation(view).missing == ("tail", "chunks")


def test_a_run_over_the_rows_that_were_cut_off_answers(tmp_path: Path) -> None:
    model = tiny.distilbert(tmp_path / "model")
    data = tmp_path / "data.csv"
    long = " ".join(["the soup was hot"] * 60)
    texts = ["short", f"{long} a", "short too", f"{long} the day was long", "hot"]
    data.write_text("text\n" + "\n".join(texts) + "\n", "utf-8")
    card = card_named(str(model), "text-classification")
    dataset = open_dataset(data, task_kind="text")
    mine = create_run(card, choose_checkpoint(card), dataset, device="cpu", precision="fp32")
    execute(mine)
    assert of(mine).cut.hits == 2
    with view_of(mine) as view:
        run = read_otherwise(view, "tail")
    execute(run)
    assert run.state() == "done"
    assert run.counts().rows == 2
    [other] = of(mine).ways
    assert (other.way, other.run_id, other.changed.rows) == ("tail", run.id, 2)
    whole = create_run(
        card, choose_checkpoint(card), dataset, device="cpu", precision="fp32",
        parameters={"long_texts": "tail"},
    )  # fmt: skip
    execute(whole)
    run.write_manifest(run.manifest().model_copy(update={"parameters": {"long_texts": "head"}}))
    [again] = of(mine).ways
    assert again.run_id == whole.id
    assert (again.changed, again.changes) == (other.changed, other.changes)
