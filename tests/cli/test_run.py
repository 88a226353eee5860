"""``python -m golems run``, and ``report`` on what it made."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from golems.runs import Progress, Run, open_run
from tests.cli.conftest import PICTURE, TEXT, WRITE, Golems
from tests.hub import HubServer


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_prints_its_folder_and_nothing_else(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    said = golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "out")
    assert said.code == 1  # one review is empty
    assert said.out == f"{tmp_path / 'out'}\n"
    assert "4/4" in said.err
    assert "4 rows, 1 failed" in said.err.splitlines()[-1]
    assert "Column 'review' was guessed to hold the texts." in said.err


def test_a_doubt_is_a_warning_before_a_run_is_tried_too(
    golems: Golems, text_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "numbers.csv").write_text("id,n\n1,100\n2,200\n")
    for more in ([], ["--dry-run"]):
        said = golems("run", text_model, tmp_path / "numbers.csv", *TEXT, *more)
        assert "warning: Column 'n' was guessed to hold the texts, but" in said.err


def test_a_run_without_failed_rows_ends_with_0(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    said = golems("run", text_model, reviews, *TEXT, "--limit", 1)
    assert said.code == 0
    folder = Path(said.out.strip())
    assert golems("report", folder).out.splitlines()[0] == f"{folder.name}: done"
    assert golems("report", folder.name).code == 0


def test_the_csv_has_the_original_columns_and_the_results(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    folder = golems("run", text_model, reviews, *TEXT, "--column", "review").out.strip()
    said = golems("report", folder, "--csv", tmp_path / "out.csv")
    assert (said.code, said.out, said.err) == (0, "", "")
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0]) == [
        "id", "review", "predicted_label", "predicted_score", "predicted_scores", "error", "tokens",
        "tokens_dropped",
        "note",
    ]  # fmt: skip
    assert [(row["id"], row["review"]) for row in rows] == [
        (row["id"], row["review"]) for row in rows_of(reviews)
    ]
    assert [row["error"] for row in rows] == ["", "The text is empty.", "", ""]
    best = json.loads(rows[0]["predicted_scores"])
    assert next(iter(best.items())) == (
        rows[0]["predicted_label"], float(rows[0]["predicted_score"]),
    )  # fmt: skip
    alone = golems("predict", text_model, rows[0]["review"], *TEXT, "--json").out
    scores = {one["label"]: one["score"] for one in json.loads(alone)}
    assert scores == pytest.approx(best, abs=1e-6)


def test_the_parquet_has_the_same_and_the_summary_too(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    folder = golems("run", text_model, reviews, *TEXT, "--precision", "fp32").out.strip()
    said = golems("report", folder, "--parquet", tmp_path / "out.parquet", "--json")
    summary = json.loads(said.out)
    assert pq.read_table(tmp_path / "out.parquet").num_rows == summary["rows"] == 4
    assert (summary["failed"], summary["state"]) == (1, "done")
    assert sum(one["count"] for one in summary["labels"]) == 3
    assert sum(one["share"] for one in summary["labels"]) == pytest.approx(1)
    assert summary["checkpoint"] == str(text_model)
    assert summary["commit"].startswith("sha256:")
    assert summary["precision"] == "fp32"
    assert summary["score_quantiles"]["0.5"] > 0.5
    assert summary["seconds"] > 0
    assert summary["rows_per_second"] > 0


def test_top_k_keeps_the_best_labels(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    folder = golems("run", text_model, reviews, *TEXT, "--top-k", 1).out.strip()
    golems("report", folder, "--csv", tmp_path / "out.csv")
    kept = [json.loads(row["predicted_scores"] or "{}") for row in rows_of(tmp_path / "out.csv")]
    assert [len(scores) for scores in kept] == [1, 0, 1, 1]


@pytest.mark.parametrize(("way", "read", "dropped"), [("tail", 64, 138), ("chunks", 202, 0)])
def test_long_texts_are_read_as_asked(
    golems: Golems, text_model: Path, tmp_path: Path, way: str, read: int, dropped: int
) -> None:
    (tmp_path / "long.csv").write_text(f"id,text\n1,Hot.\n2,{'soup ' * 100}{'the ' * 100}\n")
    folder = golems("run", text_model, tmp_path / "long.csv", *TEXT, "--long-texts", way).out
    said = golems("report", folder.strip(), "--csv", tmp_path / "out.csv", "--json")
    assert json.loads(said.out)["parameters"]["long_texts"] == way
    row = rows_of(tmp_path / "out.csv")[1]
    assert (row["tokens"], row["tokens_dropped"]) == (str(read), str(dropped))
    assert sum(json.loads(row["predicted_scores"]).values()) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("kind", ["picture", "folder", "zip"])
def test_pictures_run_from_a_file_a_folder_and_a_zip(
    golems: Golems, picture_model: Path, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30), "red").save(folder / name)
    place = {"picture": folder / "a.png", "folder": folder, "zip": tmp_path / "all.zip"}[kind]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    said = golems("run", picture_model, place, *PICTURE)
    assert said.code == 0
    golems("report", said.out.strip(), "--csv", tmp_path / "out.csv")
    names = [row["file"] for row in rows_of(tmp_path / "out.csv")]
    assert names == (["a.png"] if kind == "picture" else ["a.png", "b.png"])


def test_prompts_run_too(golems: Golems, writer_model: Path, reviews: Path, tmp_path: Path) -> None:
    given = ("--max-new-tokens", 3, "--no-sample", "--column", "review")
    said = golems("run", writer_model, reviews, *WRITE, *given)
    assert said.code == 1
    golems("report", said.out.strip(), "--csv", tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")
    assert list(rows[0])[2:] == ["generated_text", "error", "tokens", "tokens_dropped", "note"]
    assert rows[0]["generated_text"].lstrip("'").startswith(rows[0]["review"])


def test_a_json_file_a_sheet_and_a_sample(golems: Golems, text_model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f'{{"id": {n}, "text": "hi"}}\n' for n in range(50)))
    pd.DataFrame({"text": ["one"]}).to_excel(tmp_path / "a.xlsx", sheet_name="First", index=False)
    for given, rows in (
        (("a.jsonl", "--sample-rows", 7, "--sample-seed", 3), 7),
        (("a.jsonl", "--kind", "lines", "--limit", 3), 3),
        (("a.xlsx", "--sheet", "First"), 1),
    ):
        said = golems("run", text_model, tmp_path / given[0], *given[1:], *TEXT)
        assert said.code == 0, said.err
        golems("report", said.out.strip(), "--csv", tmp_path / "out.csv")
        found = rows_of(tmp_path / "out.csv")
        assert len(found) == rows
        assert all(row["predicted_label"] for row in found)


def test_a_dataset_of_the_hub(
    golems: Golems, text_model: Path, hub: HubServer, tmp_path: Path
) -> None:
    (tmp_path / "repo").mkdir()
    texts = [f"text {n}" for n in range(30)]
    pq.write_table(pa.table({"text": texts}), tmp_path / "repo" / "test.parquet")
    hub.add_dataset("acme/reviews", tmp_path / "repo")
    said = golems("run", text_model, "hub:acme/reviews", "--split", "test", "--limit", 20, *TEXT)
    assert said.code == 0, said.err
    golems("report", said.out.strip(), "--csv", tmp_path / "out.csv")
    assert [row["text"] for row in rows_of(tmp_path / "out.csv")] == texts[:20]
    said = golems("run", text_model, "hub:acme/nothing", *TEXT)
    assert said.code == 2
    assert "The Hub has no dataset acme/nothing" in said.error


def test_pictures_named_in_a_table(golems: Golems, picture_model: Path, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "a.png")
    (tmp_path / "t.csv").write_text("id,photo\n1,a.png\n2,../b.png\n")
    said = golems("run", picture_model, tmp_path / "t.csv", *PICTURE)
    assert said.code == 1
    golems("report", said.out.strip(), "--csv", tmp_path / "out.csv")
    first, second = rows_of(tmp_path / "out.csv")
    assert (first["id"], first["photo"], first["error"]) == ("1", "a.png", "")
    assert "outside the table's folder" in second["error"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--sheet", "1"), "reviews.csv has no sheet: sheet is for Excel files"),
        (("--sample-rows", "0"), "A sample of 0 rows leaves nothing"),
        (("--sample-rows", "1", "--limit", "1"), "choose one of them"),
        (("--column", "reveiw"), "Column 'reveiw' is not in reviews.csv; columns are: id, review."),
        (("--column", "reveiw"), "Did you mean 'review'?"),
        (("--top-k", "0"), "top_k is 0; it must be 1 or more."),
        (("--limit", "0"), "A limit of 0 rows leaves nothing; use 1 or more."),
        (("--limit", "-5"), "A limit of -5 rows"),
        (("--seed", "1"), "--seed is not a parameter of text-classification."),
        (("--task", "text-generation", "--long-texts", "tail"), "--long-texts is not a parameter"),
        (("--checkpoint", "nonsense"), "has no checkpoint 'nonsense'"),
        (("--checkpoint", "owner/never-fetched"), "owner/never-fetched"),
        (("--delimiter", "ab"), "'ab' can't separate cells"),
        (("--encoding", "klingon"), "klingon"),
    ],
)
def test_bad_usage_is_one_sentence_and_leaves_no_folder(
    golems: Golems,
    text_model: Path,
    reviews: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    said = golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "out", *arguments)
    assert said.code == 2
    assert words in said.error
    assert not (tmp_path / "out").exists()


def test_a_device_that_is_not_there_leaves_no_folder(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    import torch

    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    given = ("run", text_model, reviews, *TEXT, "--out", tmp_path / "out", "--device")
    said = golems(*given, missing)
    assert said.code == 2
    assert f"Device '{missing}' is not on this machine; it has: " in said.error
    assert golems(*given, "cpu").code == 1


def test_a_golem_that_cannot_be_loaded_leaves_no_folder(
    golems: Golems, text_model: Path, writer_model: Path, reviews: Path, tmp_path: Path
) -> None:
    given = ("run", text_model, reviews, *TEXT, "--out", tmp_path / "out")
    said = golems(*given, "--checkpoint", writer_model)
    assert said.code == 2
    assert "can't do text-classification" in said.error
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    assert golems(*given, "--checkpoint", writer_model).code == 2
    assert list((tmp_path / "out").iterdir()) == []
    assert golems(*given).code == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("blank.csv", b"\n\n  \n", "blank.csv"),
        ("header.csv", b"id,review\n", "header.csv has no rows, so there is nothing to run."),
        ("binary.csv", bytes(range(256)) * 40, "binary.csv"),
        ("picture.png", b"\x89PNG", "picture.png is a picture, and this golem reads texts"),
        ("sheet.xlsx", b"PK", "sheet.xlsx can't be read"),
    ],
)
def test_files_that_are_no_table_of_texts_are_refused(
    golems: Golems, text_model: Path, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    said = golems("run", text_model, tmp_path / name, *TEXT)
    assert said.code == 2
    assert words in said.error


def test_inputs_that_are_not_there_are_named(
    golems: Golems, text_model: Path, tmp_path: Path
) -> None:
    said = golems("run", text_model, tmp_path / "nowhere.csv", *TEXT)
    assert said.code == 2
    assert "nowhere.csv; check the path." in said.error


def test_the_wrong_golem_for_an_input_says_which_is_right(
    golems: Golems, text_model: Path, picture_model: Path, reviews: Path, tmp_path: Path
) -> None:
    said = golems("run", picture_model, reviews, *PICTURE)
    assert said.code == 2
    assert "choose a golem that reads texts" in said.error
    said = golems("run", text_model, tmp_path, *TEXT)
    assert said.code == 2
    assert "is a folder" in said.error
    (tmp_path / "none").mkdir()
    said = golems("run", picture_model, tmp_path / "none", *PICTURE)
    assert said.code == 2
    assert "There are no pictures in" in said.error


def test_out_is_never_written_over(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("dear")
    said = golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "out")
    assert said.code == 2
    assert "out is not empty; name a new folder for the run." in said.error
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_a_key_press_says_what_is_there(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Run.write_progress

    def pressed(run: Run, progress: Progress) -> None:
        write(run, progress)
        if progress.done:
            raise KeyboardInterrupt

    monkeypatch.setattr(Run, "write_progress", pressed)
    said = golems("run", text_model, reviews, *TEXT, "--out", tmp_path / "out")
    assert said.code == 130
    assert said.out == f"{tmp_path / 'out'}\n"
    assert said.err.splitlines()[-1].startswith("Stopped: ")
    assert open_run(tmp_path / "out").state() == "stopped"


def test_an_empty_path_is_refused(golems: Golems) -> None:
    said = golems("run", "visionary", "")
    assert said.code == 2
    assert "path is empty" in said.error


def test_a_dry_run_says_what_a_run_would_take_and_writes_nothing(
    golems: Golems, text_model: Path, reviews: Path, home: Path
) -> None:
    said = golems("run", text_model, reviews, *TEXT, "--dry-run", "--json")
    found = json.loads(said.out)
    assert said.code == 0
    assert (found["rows"], found["empty"], found["to_compute"]) == (4, 1, 3)
    assert found["lengths"]["measured"] == sum(one["rows"] for one in found["lengths"]["bins"]) == 3
    assert found["seconds"] > 0
    assert found["memory_bytes"] > 10**8
    lines = golems("run", text_model, reviews, *TEXT, "--dry-run").out.splitlines()
    assert "4 rows: 1 empty, 0 unreadable, 0 duplicates, 0 known; 3 to compute" in lines
    assert any(line.startswith("time: about ") for line in lines)
    assert not (home / "runs").exists()


def test_a_run_that_was_done_can_be_looked_at_again_from_its_manifest(
    golems: Golems, text_model: Path, reviews: Path
) -> None:
    folder = golems("run", text_model, reviews, *TEXT).out.strip()
    found = json.loads(golems("run", folder, "--dry-run", "--json").out)
    assert (found["known"], found["to_compute"]) == (3, 0)


def test_a_manifest_alone_gives_the_same_table_again(
    golems: Golems, text_model: Path, reviews: Path, tmp_path: Path
) -> None:
    folder = golems("run", text_model, reviews, *TEXT, "--no-ledger").out.strip()
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes((Path(folder) / "manifest.json").read_bytes())
    tables = []
    said = golems("run", manifest, "--out", tmp_path / "again")
    assert "results may be others" not in said.err
    for run in (folder, tmp_path / "again"):
        golems("report", run, "--csv", tmp_path / "table.csv")
        tables.append((tmp_path / "table.csv").read_text("utf-8"))
    assert tables[0] == tables[1]
    reviews.write_text(reviews.read_text().replace("joy", "pain"))
    said = golems("run", manifest)
    assert "reviews.csv is not the dataset that it was: results may be others." in said.err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--json"], "--json is for --dry-run"),
        (["--dry-run", "--column", "nobody"], "nobody"),
        (["--dry-run", "--resume", "somewhere"], "--resume"),
    ],
)
def test_a_dry_run_that_makes_no_sense_is_refused_in_words(
    golems: Golems, text_model: Path, reviews: Path, options: list[str], why: str
) -> None:
    said = golems("run", text_model, reviews, *TEXT, *options)
    assert said.code == 2
    assert why in said.error
