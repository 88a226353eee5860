"""A run worked on in this process, from a dataset to its parts."""

from __future__ import annotations

import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from golems.base import Classification
from golems.errors import BadInput, RunFailed
from golems.reports import result_page
from golems.runs import Progress, Run
from golems.runs.engine import execute
from golems.runs.state import End
from golems.tasks import MODULES
from tests.conftest import load_golem
from tests.runs import fragile
from tests.runs.conftest import MakeRun, texts_csv
from tests.waiting import wait_until


def test_rows_come_out_as_they_went_in(make_run: MakeRun) -> None:
    run = make_run(texts_csv(25), window=4)
    progress = execute(run)
    table = result_page(run)
    assert progress.done == progress.rows == len(table) == 25
    assert list(table["id"]) == [str(n) for n in range(25)]
    assert list(table.columns) == [
        "id", "text", "predicted_label", "predicted_score", "predicted_scores", "error", "tokens",
        "tokens_dropped",
        "note",
    ]  # fmt: skip
    assert [len(pq.read_table(part)) for part in run.parts()] == [4, 4, 4, 4, 4, 4, 1]


def test_each_row_gets_what_it_gets_alone(make_run: MakeRun, text_model: Path) -> None:
    run = make_run(texts_csv(30), window=7)
    execute(run)
    table = result_page(run)
    golem = load_golem(text_model, "text-classification")
    assert table["predicted_label"].nunique() == 2
    for text, label, score in zip(
        table["text"], table["predicted_label"], table["predicted_score"], strict=True
    ):
        alone = golem.predict([text])[0].prediction
        assert isinstance(alone, Classification)
        # Sums of float32 come in another order in another batch, and by other instructions.
        assert (label, score) == (alone.label, pytest.approx(alone.score, abs=1e-5))


def test_cells_stay_exactly_as_they_were(make_run: MakeRun) -> None:
    run = make_run('id,text,note\n007,hello,NA\n 1 ,"two\nlines",\n-5,"a, ""b""",=1+1\n')
    execute(run)
    table = result_page(run)
    assert list(table["id"]) == ["007", " 1 ", "-5"]
    assert list(table["text"]) == ["hello", "two\nlines", 'a, "b"']
    assert list(table["note"]) == ["NA", "", "=1+1"]


@pytest.mark.parametrize("clash", ["predicted_label", "error", "row", "place", "original_0"])
def test_a_column_called_like_a_result_is_kept(make_run: MakeRun, clash: str) -> None:
    run = make_run(f"text,{clash}\ngood,mine\n,mine too\n", column="text")
    execute(run)
    table = result_page(run)
    assert list(table[clash]) == ["mine", "mine too"]
    names = run.manifest().result_columns
    assert list(table.columns) == ["text", clash, *names.values()]
    assert table[names["error"]][1] == "The text is empty."
    assert clash not in names.values()


def save_pictures(folder: Path) -> list[str]:
    names = ["a.png", "b/c.jpg", "b/d.png"]
    (folder / "b").mkdir(parents=True)
    for place, name in enumerate(names):
        Image.new("RGB", (40, 30 + place), ("red", "green", "blue")[place]).save(folder / name)
    return names


@pytest.mark.parametrize("kind", ["folder", "zip", "one picture"])
def test_pictures_are_rows_with_their_file(make_run: MakeRun, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "pictures"
    names = save_pictures(folder)
    path = folder
    if kind == "zip":
        path = tmp_path / "pictures.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.write(folder / name, name)
    elif kind == "one picture":
        path, names = folder / "a.png", ["a.png"]
    run = make_run(path, task="image-classification")
    assert execute(run).failed == 0
    table = result_page(run)
    assert list(table["file"]) == names
    assert table["predicted_label"].notna().all()
    assert list(table.columns) == [
        "file", "predicted_label", "predicted_score", "predicted_scores", "error",
    ]  # fmt: skip


def test_a_damaged_picture_costs_its_row_alone(make_run: MakeRun, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    save_pictures(folder)
    (folder / "b" / "c.jpg").write_bytes(b"no picture")
    (folder / "b" / "e.png").touch()
    run = make_run(folder, task="image-classification")
    assert execute(run).failed == 2
    errors = result_page(run).set_index("file")["error"]
    assert list(errors[errors.notna()].index) == ["b/c.jpg", "b/e.png"]
    assert "0 bytes" in errors["b/e.png"]


def test_rows_that_cant_be_read_fail_alone_and_say_why(make_run: MakeRun) -> None:
    # Enough of UTF-8 that the one bad byte doesn't make it a file of another encoding.
    good = "Grüße, schöne Welt, für Größe " * 50
    lines = [
        "id,text",
        f'1,"{good}"',
        "2,",
        "3,   ",
        "4,bad\udcff",
        "5",
        "6,a,b,c",
        "7,\0",
        "8,fine",
    ]
    data = "\n".join([*lines, "9,last", ""]).encode("utf-8", "surrogateescape")
    run = make_run(data, window=2)
    progress = execute(run)
    table = result_page(run).set_index("id")
    ok = table[table["error"].isna()]
    assert set(ok.index) == {"1", "8", "9"}
    assert ok["predicted_label"].notna().all()
    assert (progress.done, progress.failed) == (9, 6)
    for row, words in {
        "2": "empty", "3": "blank", "4": "0xFF", "5": "missing", "6": "4 cells", "7": "blank",
    }.items():  # fmt: skip
        assert words in table["error"][row]


def test_a_row_that_the_model_cant_bear_costs_itself_alone(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODULES, "text-classification", fragile.__name__)
    texts = [*["good"] * 40, fragile.POISON, *["bad film"] * 40]
    run = make_run("id,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
    assert execute(run).failed == 1
    errors = result_page(run)["error"]
    assert list(errors[errors.notna()].index) == [40]
    assert "mat1 and mat2" in errors[40]
    assert run.state() == "done"


def test_a_broken_device_ends_the_run_as_failed(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODULES, "text-classification", fragile.__name__)
    run = make_run(f"text\ngood\nbad\n{fragile.DEADLY}\n", window=2)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        execute(run)
    assert run.state() == "failed"
    end = run.end()
    assert end is not None
    assert "RuntimeError" in str(end.reason)
    assert len(result_page(run)) == 2  # what was written before is kept


def test_progress_only_grows_and_ends_with_all_rows(make_run: MakeRun) -> None:
    run = make_run(texts_csv(20) + "21,\n", window=5)
    seen: list[Progress] = []
    execute(run, seen.append)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert [one.elapsed_s for one in seen] == sorted(one.elapsed_s for one in seen)
    assert seen[0].rows is None
    assert [seen[-1].done, seen[-1].rows, seen[-1].failed, seen[-1].stage] == [21, 21, 1, "Done"]
    assert run.progress() == seen[-1]
    assert [one.elapsed_s for one in seen if one.stage != "Predicting"][:-1] == [0.0] * 2


def test_the_rate_after_a_resume_is_of_what_was_done_since(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.tasks.text_classification.TextClassification.limits", one_by_one())
    run = make_run(texts_csv(12), window=4)
    stop_at(run, 8)
    run.resume()
    seen: list[Progress] = []
    execute(run, seen.append)
    again = [one for one in seen if one.is_predicting]
    assert (again[0].done, again[0].rows_per_s, again[0].left_s) == (8, None, None)
    first = next(one for one in again if one.done > 8)
    assert first.rows_per_s == pytest.approx(
        (first.done - 8) / (first.elapsed_s - again[0].elapsed_s)
    )


def test_the_time_counts_from_the_first_row_on(make_run: MakeRun) -> None:
    run = make_run(texts_csv(8), window=4)
    seen: list[tuple[float, Progress]] = []
    execute(run, lambda progress: seen.append((time.monotonic(), progress)))
    loading = [one for _, one in seen if one.stage in ("Counting the rows", "Loading the golem")]
    assert loading
    assert all(one.rows_per_s is None and one.left_s is None for one in loading)
    assert all(one.left_s is not None and one.left_s >= 0 for _, one in seen if one.done)
    ready = next(at for at, one in seen if one.stage == "Predicting")
    assert all(one.elapsed_s <= at - ready for at, one in seen if one.done)


@pytest.mark.parametrize(
    ("progress", "rate", "left"),
    [
        (Progress(), None, None),
        (Progress(rows=10, elapsed_s=1.0), None, None),
        (Progress(rows=10, done=5, elapsed_s=2.0), 2.5, 2.0),
        (Progress(rows=None, done=5, elapsed_s=2.0), 2.5, None),
        (Progress(rows=10, done=10, elapsed_s=2.0), 5.0, 0.0),
        (Progress(rows=10, done=12, elapsed_s=2.0), 6.0, 0.0),
    ],
)
def test_rate_and_time_left(progress: Progress, rate: float | None, left: float | None) -> None:
    assert (progress.rows_per_s, progress.left_s) == (rate, left)


def stop_at(run: Run, rows: int) -> list[Progress]:
    """Work on a run and ask it to stop at that many rows."""
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.done == rows:
            run.ask_to_stop()

    execute(run, watch)
    return seen


def test_stop_keeps_the_windows_written_and_leaves_the_open_one(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.tasks.text_classification.TextClassification.limits", one_by_one())
    run = make_run(texts_csv(12), window=4)
    seen = stop_at(run, 6)
    assert max(one.done for one in seen) == 6  # the batch it was at, and no further one
    assert run.state() == "stopped"
    assert list(result_page(run)["id"]) == ["0", "1", "2", "3"]
    assert (run.progress().done, run.progress().stage) == (4, "Stopped")


def test_stop_during_a_windows_last_batch_keeps_the_window(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golems.tasks.text_classification.TextClassification.limits", one_by_one())
    run = make_run(texts_csv(12), window=4)
    stop_at(run, 8)
    assert run.state() == "stopped"
    assert len(result_page(run)) == run.progress().done == 8


def test_stop_during_the_very_last_batch_changes_nothing(make_run: MakeRun) -> None:
    run = make_run(texts_csv(4))
    stop_at(run, 4)
    assert run.state() == "done"
    assert len(result_page(run)) == 4


def test_stop_while_the_golem_loads_predicts_nothing(make_run: MakeRun) -> None:
    run = make_run(texts_csv(4))

    def watch(progress: Progress) -> None:
        if progress.stage == "Loading the golem":
            run.ask_to_stop()

    assert execute(run, watch).done == 0
    assert (run.state(), run.parts()) == ("stopped", [])


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["here", "background"])
def as_started(request: pytest.FixtureRequest) -> Iterator[None]:
    """What becomes of a key press in a process that was begun by hand, or by a script."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    assert signal.signal(signal.SIGINT, before) is request.param


@pytest.mark.usefixtures("as_started")
@pytest.mark.parametrize("stage", ["Counting the rows", "Loading the golem"])
def test_stop_breaks_off_what_computes_nothing(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    reached: list[str] = []

    def forever(*_: object) -> None:
        run.ask_to_stop()
        reached.append(stage)
        wait_until(lambda: False)

    where = {
        "Counting the rows": "golems.runs.prepare.taken",
        "Loading the golem": "golems.runs.setup.plan_of",
    }
    run = make_run(texts_csv(4))
    monkeypatch.setattr(where[stage], forever)
    progress = execute(run)
    assert reached == [stage]
    assert (progress.done, progress.stage, run.state()) == (0, "Stopped", "stopped")
    monkeypatch.undo()
    run.resume()
    assert execute(run).done == 4


def test_a_key_press_that_nobody_took_for_a_stop_is_one(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("golems.runs.setup.plan_of", press)
    run = make_run(texts_csv(4))
    with pytest.raises(KeyboardInterrupt):
        execute(run)
    assert run.state() == "stopped"


def one_by_one():  # type: ignore[no-untyped-def]
    from golems.tasks import BatchLimits

    return BatchLimits(cost=4096, rows=1, window=4)


def raiser(error: BaseException):  # type: ignore[no-untyped-def]
    def watch(progress: Progress) -> None:
        if progress.done:
            raise error

    return watch


def test_a_key_press_stops_a_run(make_run: MakeRun) -> None:
    run = make_run(texts_csv(4))
    with pytest.raises(KeyboardInterrupt):
        execute(run, raiser(KeyboardInterrupt()))
    assert run.state() == "stopped"


def test_a_bug_fails_a_run_and_is_named(make_run: MakeRun) -> None:
    run = make_run(texts_csv(4))
    with pytest.raises(KeyError):
        execute(run, raiser(KeyError("surprise")))
    end = run.end()
    assert isinstance(end, End)
    assert (end.state, end.reason) == ("failed", "The program broke off with KeyError: 'surprise'")


def test_a_dataset_that_is_gone_fails_the_run_in_words(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run(texts_csv(4))
    (tmp_path / "reviews.csv").unlink()
    with pytest.raises(BadInput, match="There is no file or folder"):
        execute(run)
    end = run.end()
    assert end is not None
    assert end.state == "failed"
    assert "reviews.csv" in str(end.reason)


def test_a_dataset_with_other_columns_fails_the_run_in_words(
    make_run: MakeRun, tmp_path: Path
) -> None:
    run = make_run(texts_csv(4))
    (tmp_path / "reviews.csv").write_text("id,text,more\n1,a,b\n")
    with pytest.raises(RunFailed, match="has changed since the run was made.*id, text, more"):
        execute(run)
    assert run.state() == "failed"


def test_the_manifest_says_what_it_ran_on(make_run: MakeRun) -> None:
    run = make_run(texts_csv(1))
    assert run.manifest().engine is None
    execute(run)
    engine = run.manifest().engine
    assert engine is not None
    assert engine.commit.startswith("sha256:")
    assert (engine.device, engine.precision) == ("cpu", "fp32")
    assert "torch" in engine.versions


def test_a_file_is_read_again_as_it_was_read_first(make_run: MakeRun) -> None:
    run = make_run("id;text\n1;Grüße, schöne Welt\n2;Ärger\n".encode("latin-1"))
    execute(run)
    assert list(result_page(run)["text"]) == ["Grüße, schöne Welt", "Ärger"]


def test_every_row_is_counted_once(make_run: MakeRun) -> None:
    texts = ["good", "", "good", "", "bad", " ", " ", "good"]
    for ledger in (True, False, True):
        run = make_run("text,id\n" + "".join(f'"{text}",{n}\n' for n, text in enumerate(texts)),
                       window=8, ledger=ledger)  # fmt: skip
        execute(run)
        counts = run.counts()
        assert (counts.rows, counts.failed) == (8, 4)
        assert counts.failed + counts.computed + counts.known + counts.repeated == 8
