"""``python -m golems report`` on runs of every state."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from golems.cli import main
from golems.datasets import open_dataset
from golems.registry import card_named
from golems.runs import Progress, Run, create_run
from tests.cli.conftest import TEXT, Golems
from tests.hub import UPLOAD_WARNS, HubServer


@pytest.fixture
def queued(text_model: Path, reviews: Path, tmp_path: Path) -> Run:
    card = card_named(str(text_model), TEXT[1])
    dataset = open_dataset(reviews, task_kind="text")
    return create_run(card, card.checkpoints[0], dataset, folder=tmp_path / "run")


def test_a_run_still_queued_has_no_rows_yet(golems: Golems, queued: Run) -> None:
    said = golems("report", queued.folder)
    assert said.code == 0
    assert said.out.splitlines()[0] == "run: queued"
    assert "0 rows, 0 failed" in said.out
    assert "None" not in said.out
    summary = json.loads(golems("report", queued.folder, "--json").out)
    assert (summary["state"], summary["rows"], summary["labels"]) == ("queued", 0, [])
    assert (summary["commit"], summary["rows_per_second"]) == (None, None)


def test_a_failed_run_says_why(golems: Golems, queued: Run) -> None:
    queued.write_end("failed", "The disk is full.")
    assert golems("report", queued.folder).out.splitlines()[:2] == [
        "run: failed",
        "The disk is full.",
    ]


def test_a_file_of_a_run_that_is_not_done_says_so(
    golems: Golems, queued: Run, tmp_path: Path
) -> None:
    queued.write_progress(Progress(rows=4))
    queued.write_end("stopped")
    said = golems("report", queued.folder, "--csv", tmp_path / "out.csv")
    assert said.code == 0
    assert said.err == "The run is stopped: these are 0 of 4 rows.\n"
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize("kind", ["--csv", "--errors", "--least-sure"])
def test_a_csv_for_excel_begins_with_a_byte_order_mark(
    golems: Golems, queued: Run, tmp_path: Path, kind: str
) -> None:
    queued.write_end("stopped")
    for more in ([], ["--bom"]):
        golems("report", queued.folder, kind, tmp_path / "out.csv", *more)
        content = (tmp_path / "out.csv").read_bytes()
        assert content.startswith(codecs.BOM_UTF8) == bool(more)
    assert b"review" in content


@pytest.mark.parametrize("name", ["nowhere", "../x", "20261121-093000-analyst-x-1234", "", "."])
def test_a_run_that_is_not_there_is_bad_input(
    golems: Golems, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = golems("report", name)
    assert said.code == 2
    assert "There is no run" in said.error


def test_a_damaged_manifest_is_said_in_words(golems: Golems, queued: Run) -> None:
    (queued.folder / "manifest.json").write_text("{")
    said = golems("report", queued.folder)
    assert said.code == 2
    assert "manifest.json is damaged or of another version" in said.error


@pytest.mark.parametrize("kind", ["--csv", "--parquet", "--jsonl", "--excel"])
def test_a_file_that_cant_be_written_is_bad_input(
    golems: Golems, queued: Run, tmp_path: Path, kind: str
) -> None:
    said = golems("report", queued.folder, kind, tmp_path / "nowhere" / "out")
    assert said.code == 2
    assert said.error.endswith("nowhere/out can't be written: No such file or directory.")
    said = golems("report", queued.folder, kind, tmp_path)
    assert said.code == 2
    assert said.error == f"{tmp_path} can't be written: Is a directory."


@pytest.mark.parametrize(
    "kind", ["--csv", "--errors", "--parquet", "--jsonl", "--excel", "--passport", "--least-sure"]
)
def test_a_dash_is_standard_output(
    queued: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    kind: str,
) -> None:
    queued.write_end("stopped")
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(queued.folder), kind, "whole"]) == 0
    capfdbinary.readouterr()
    assert main(["report", str(queued.folder), kind, "-"]) == 0
    said = capfdbinary.readouterr().out
    assert not (tmp_path / "-").exists()
    if kind in ("--excel", "--passport"):  # which say when they were written
        assert said[:4] == (tmp_path / "whole").read_bytes()[:4]
    else:
        assert said == (tmp_path / "whole").read_bytes()


def test_two_things_cant_both_go_to_standard_output(golems: Golems, queued: Run) -> None:
    said = golems("report", queued.folder, "--csv", "-", "--jsonl", "-")
    assert said.code == 2
    assert "--csv and --jsonl can't both write to standard output" in said.error
    assert "--csv and --json can't" in golems("report", queued.folder, "--csv", "-", "--json").error


def test_a_damaged_part_leaves_no_half_csv(golems: Golems, queued: Run, tmp_path: Path) -> None:
    (queued.folder / "parts").mkdir()
    (queued.folder / "parts" / "00000.parquet").write_bytes(b"PAR1")
    said = golems("report", queued.folder, "--csv", tmp_path / "out.csv")
    assert said.code == 2
    assert "a file there is damaged" in said.error
    assert not (tmp_path / "out.csv").exists()


def test_a_done_run_that_has_lost_a_part_is_no_result(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "run")
    (tmp_path / "run" / "parts" / "00000.parquet").unlink()
    for options in ((), ("--json",), ("--csv", tmp_path / "out.csv")):
        assert (
            "was done with 4 rows, and 0 are left"
            in golems("report", tmp_path / "run", *options).error
        )


def test_failed_rows_are_written_and_tried_again(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    run, errors = tmp_path / "run", tmp_path / "errors.csv"
    golems("run", text_model, reviews, *TEXT, "--out", run)
    assert golems("report", run, "--errors", errors).code == 0
    assert len(errors.read_text().splitlines()) == 2
    assert golems("retry", run).code == 1
    assert "counted from 1" in golems("retry", run, "--edit", "0", "x").error
    said = golems("retry", run, "--edit", "2", "It is mended")
    assert (said.code, said.out) == (0, "1 row was tried again; it has a result now.\n")
    assert "It is mended" in run_csv(golems, run, tmp_path)


def test_rows_are_skipped_by_their_number_from_one(
    golems: Golems, text_model: Path, tmp_path: Path
) -> None:
    run, table = tmp_path / "run", tmp_path / "blank.csv"
    table.write_text("id,review\n1,\n2,fine\n3,\n4,\n")
    golems("run", text_model, table, *TEXT, "--out", run)
    said = golems("retry", run, "--skip", "3", "--skip", "4", "--edit", "1", "good")
    assert (said.code, said.out) == (0, "1 row was tried again; it has a result now.\n")
    assert said.err == "Loading the golem …\nPredicting …\nWriting …\n"
    said = golems("retry", run, "--skip", "3")
    assert (said.code, said.out) == (1, "1 row was tried again; it failed again.\n")
    assert "counted from 1" in golems("retry", run, "--skip", "0").error
    assert "counted from 1" in golems("retry", run, "--skip", "two").error
    assert "both in --edit and in --skip" in golems(
        "retry", run, "--skip", "3", "--edit", "3", "x"
    ).error  # fmt: skip


def run_csv(golems: Golems, run: Path, folder: Path) -> str:
    golems("report", run, "--csv", folder / "out.csv")
    return (folder / "out.csv").read_text("utf-8")


def test_a_passport_is_written(
    golems: Golems, queued: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = golems("report", queued.folder, "--passport", tmp_path / "run.html")
    assert (said.code, said.out) == (0, "")
    assert said.err == "The run is queued: these are 0 rows.\n"
    assert "reviews.csv" in (tmp_path / "run.html").read_text("utf-8")
    said = golems("report", queued.folder, "--passport", tmp_path / "nowhere" / "run.html")
    assert said.error.endswith("nowhere/run.html can't be written: No such file or directory.")


def test_the_code_of_a_run_is_printed(golems: Golems, queued: Run, reviews: Path) -> None:
    said = golems("report", queued.folder, "--code")
    assert said.code == 0
    assert str(reviews) not in said.out
    assert said.err.startswith(f"Start it with: {reviews} ")
    compile(said.out, "again.py", "exec")


def test_files_of_every_kind(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    done = golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "run")
    assert done.code in (0, 1)
    names = {kind: tmp_path / f"{kind}.xlsx" for kind in ("csv", "parquet", "jsonl", "excel")}
    files = [word for kind, path in names.items() for word in (f"--{kind}", path)]
    said = golems("report", tmp_path / "run", *files)
    assert (said.code, said.out) == (0, "")
    table = pq.read_table(names["parquet"]).to_pylist()
    lines = [json.loads(line) for line in names["jsonl"].read_text("utf-8").splitlines()]
    for row in lines:
        if row["predicted_scores"] is not None:
            row["predicted_scores"] = json.dumps(row["predicted_scores"], ensure_ascii=False)
    assert lines == table
    sheet = openpyxl.load_workbook(names["excel"])["Results"]
    assert sheet.max_row == 1 + len(table)


def test_public_is_for_a_push(golems: Golems, queued: Run) -> None:
    said = golems("report", queued.folder, "--public")
    assert said.code == 2
    assert "--push" in said.error


def test_a_push_needs_a_token(golems: Golems, queued: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
    queued.write_progress(Progress(rows=0))
    queued.write_end("done")
    said = golems("report", queued.folder, "--push", "acme/results")
    assert said.code == 2
    assert "HF_TOKEN" in said.error


@pytest.mark.filterwarnings(UPLOAD_WARNS)
def test_a_push_says_where_the_results_are(
    golems: Golems, queued: Run, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_writes")
    queued.write_progress(Progress(rows=0))
    queued.write_end("done")
    said = golems("report", queued.folder, "--push", "acme/results")
    assert (said.code, said.out) == (0, f"{hub.url}/datasets/acme/results (private)\n")
    assert hub.is_private("acme/results")
    said = golems("report", queued.folder, "--push", "acme/open", "--public")
    assert said.out == f"{hub.url}/datasets/acme/open (public)\n"
    assert not hub.is_private("acme/open")
