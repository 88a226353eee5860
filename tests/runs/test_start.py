"""Making a run: its folder, its names, and what is refused before anything is computed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from golems.base import Checkpoint
from golems.datasets import open_dataset
from golems.errors import BadInput, RunFailed
from golems.registry import card_named, choose_checkpoint
from golems.runs import Run, create_run, open_run, repeat_run
from golems.runs.engine import execute
from golems.runs.find import RUN_ID, remove_run
from golems.runs.start import new_run_id
from tests.runs.conftest import MakeRun, texts_csv


@pytest.mark.parametrize(
    ("golem", "dataset"),
    [
        ("Analyst", "reviews.csv"),
        ("Größe / 模型", "Meine Daten (2).csv"),
        ("模型", "数据.csv"),
        ("x" * 99, "-"),
    ],
)
def test_a_new_id_is_one_that_can_be_opened(golem: str, dataset: str) -> None:
    assert RUN_ID.fullmatch(new_run_id(golem, dataset))


def test_ids_differ_although_made_in_one_second() -> None:
    assert len({new_run_id("Analyst", "reviews.csv") for _ in range(10)}) > 1


def test_a_run_lives_at_home_and_is_found_by_its_id(make_run: MakeRun, home: Path) -> None:
    run = make_run(texts_csv(1))
    assert run.folder == home / "runs" / run.id
    assert open_run(run.id).folder == run.folder
    assert (run.state(), run.manifest().id) == ("queued", run.id)


def test_a_run_can_live_in_a_folder_whose_parents_are_not_there(
    make_run: MakeRun, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "deeper" / "run"
    assert make_run(texts_csv(1), folder=folder).folder == folder
    assert open_run(folder).state() == "queued"


def test_a_relative_folder_is_kept_in_full(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert make_run(texts_csv(1), folder=Path("out")).folder == tmp_path / "out"


def test_an_empty_folder_is_taken(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert make_run(texts_csv(1), folder=tmp_path / "out").state() == "queued"


def test_a_folder_with_something_in_it_is_left_alone(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").touch()
    with pytest.raises(RunFailed, match="out is not empty; name a new folder"):
        make_run(texts_csv(1), folder=tmp_path / "out")
    assert os.listdir(tmp_path / "out") == ["thesis.txt"]  # noqa: PTH208


def test_a_file_is_no_folder_for_a_run(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(RunFailed, match="out is a file"):
        make_run(texts_csv(1), folder=tmp_path / "out")
    with pytest.raises(RunFailed, match="can't be written: Not a directory"):
        make_run(texts_csv(1), folder=tmp_path / "out" / "run")


def test_a_folder_that_is_read_only_is_said_in_words(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o555)
    if os.access(tmp_path / "out", os.W_OK):
        pytest.skip("This user, root most likely, may write everywhere.")
    with pytest.raises(RunFailed, match="can't be written: Permission denied. Check that"):
        make_run(texts_csv(1), folder=tmp_path / "out")


def test_parameters_are_checked_and_kept_with_their_defaults(make_run: MakeRun) -> None:
    defaults = {"top_k": None, "long_texts": "head"}
    assert make_run(texts_csv(1)).manifest().parameters == defaults
    for given in ({"top_k": 3}, {"long_texts": "tail"}):
        assert make_run(texts_csv(1), parameters=given).manifest().parameters == defaults | given
    with pytest.raises(BadInput, match="top_k is 0"):
        make_run(texts_csv(1), parameters={"top_k": 0})
    with pytest.raises(BadInput, match="'seed' is not a parameter"):
        make_run(texts_csv(1), parameters={"seed": 1})


def test_a_dataset_without_rows_is_refused(make_run: MakeRun, home: Path) -> None:
    with pytest.raises(BadInput, match=r"reviews\.csv has no rows"):
        make_run("id,text\n")
    assert not (home / "runs").exists()


def test_a_run_works_wherever_its_worker_stands(
    text_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here" / "model").symlink_to(text_model)
    (tmp_path / "here" / "reviews.csv").write_text(texts_csv(3))
    monkeypatch.chdir(tmp_path / "here")
    card = card_named("model", "text-classification")
    dataset = open_dataset("reviews.csv", task_kind="text")
    run = create_run(card, choose_checkpoint(card), dataset, device="cpu", folder=Path("run"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert execute(Run(run.folder)).done == 3


def test_a_folder_given_as_checkpoint_is_kept_in_full(
    text_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(text_model.parent)
    (tmp_path / "reviews.csv").write_text(texts_csv(1))
    card = card_named("analyst")
    checkpoint: Checkpoint = choose_checkpoint(card, f"./{text_model.name}")
    dataset = open_dataset(tmp_path / "reviews.csv", task_kind="text")
    manifest = create_run(card, checkpoint, dataset).manifest()
    assert (manifest.golem, manifest.checkpoint) == ("analyst", str(text_model))


@pytest.mark.parametrize("what", ["file", "folder"])
def test_an_upload_is_kept_in_the_runs_folder(
    text_model: Path, picture_model: Path, tmp_path: Path, what: str
) -> None:
    from PIL import Image

    if what == "file":
        path, task, kind, model = tmp_path / "up.csv", "text-classification", "text", text_model
        path.write_text(texts_csv(2))
    else:
        path, task, kind, model = tmp_path / "up", "image-classification", "image", picture_model
        (path / "sub").mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(path / "one.png")
        Image.new("RGB", (8, 8)).save(path / "sub" / "two.png")
    card = card_named(str(model), task)
    run = create_run(
        card,
        choose_checkpoint(card),
        open_dataset(path, task_kind=kind),  # type: ignore[arg-type]
        device="cpu",
        own_input=True,
    )
    if path.is_dir():
        (path / "sub" / "two.png").unlink()
        (path / "one.png").unlink()
    else:
        path.unlink()
    assert execute(run).done == 2
    assert run.manifest().dataset.path == str(run.folder / "input" / path.name)


def test_a_folder_whose_name_cannot_be_written_is_refused(
    make_run: MakeRun, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"out-\xff")
    with pytest.raises(BadInput, match="out-\ufffd.* not valid UTF-8.* rename it"):
        make_run(texts_csv(1), folder=folder)
    assert not folder.exists()


def test_a_manifest_of_the_first_version_can_be_read(make_run: MakeRun) -> None:
    run = make_run("id;text\n1;hello\n")
    path = run.folder / "manifest.json"
    first = json.loads(path.read_text("utf-8"))
    found = first["dataset"].pop("options")
    options = {name: found[name] for name in ("delimiter", "encoding", "header")}
    assert options == {"delimiter": ";", "encoding": "utf-8", "header": "yes"}
    path.write_text(json.dumps({**first, "dataset": {**first["dataset"], **options}}), "utf-8")
    assert run.manifest().dataset.options == options
    assert execute(run).done == 1


@pytest.mark.parametrize("again", ["created", "repeated"])
def test_a_run_over_what_another_one_keeps_has_it_for_itself(
    make_run: MakeRun, tmp_path: Path, again: str
) -> None:
    first = make_run(texts_csv(3), own_input=True)
    (tmp_path / "reviews.csv").unlink()
    for _ in range(2):  # of the second one, too
        if again == "repeated":
            second = repeat_run(first.manifest(), asked_by="bob")
        else:
            second = make_run(Path(first.manifest().dataset.path))
        remove_run(first)
        first = second
    assert execute(second).done == 3
    assert second.manifest().dataset.path == str(second.folder / "input" / "reviews.csv")
    assert second.manifest().asked_by == ("bob" if again == "repeated" else "")


def test_pictures_that_an_uploaded_table_names_are_kept_with_it(
    make_run: MakeRun, tmp_path: Path
) -> None:
    from PIL import Image

    place = tmp_path / "uploads" / "pictures"
    place.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(place / "a.png")
    (place / "table.csv").write_text("id,image\n1,a.png\n", "utf-8")
    run = make_run(place / "table.csv", task="image-classification", own_input=True)
    second = repeat_run(run.manifest())
    shutil.rmtree(place)
    remove_run(run)
    progress = execute(second)
    assert (progress.done, progress.failed) == (1, 0)


def test_what_a_run_found_to_be_best_is_taken_over(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3))
    execute(run)
    engine = run.manifest().engine
    assert engine is not None
    again = repeat_run(run.manifest()).manifest()
    assert (again.precision, again.batch_cost) == (engine.precision, engine.batch_cost)


def test_what_another_run_kept_and_lost_is_said_in_words(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3), own_input=True)
    Path(run.manifest().dataset.path).unlink()
    with pytest.raises(BadInput, match=r"no file or folder .*reviews\.csv any more"):
        repeat_run(run.manifest())
