"""A run's folder: what is read from it, and what is never believed."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from golems.errors import RunFailed, UnknownName
from golems.reports import result_page, summarize
from golems.runs import Progress, Run, all_runs, open_run
from golems.runs.engine import execute
from golems.runs.files import write_whole
from tests.runs.conftest import MakeRun, texts_csv


@pytest.mark.parametrize(
    "name",
    [
        "../x", "..", ".", "", "/etc", "x/y", "20261121-093000-analyst/../../x",
        "20261121-093000-analyst\n", "20261121-093000-Analyst", "%2e%2e", "a\0b",
    ],
)  # fmt: skip
def test_what_is_no_id_never_becomes_a_path(name: str) -> None:
    with pytest.raises(UnknownName, match="is not the id of a run"):
        open_run(name)


def test_runs_that_are_not_there_are_named() -> None:
    with pytest.raises(UnknownName, match="There is no run 20261121-093000-analyst-x-1234"):
        open_run("20261121-093000-analyst-x-1234")
    with pytest.raises(UnknownName, match="no manifest.json was found"):
        open_run(Path("nowhere"))


def test_all_runs_are_those_with_a_manifest_newest_first(make_run: MakeRun, home: Path) -> None:
    assert all_runs() == []
    first, second = make_run(texts_csv(1)), make_run(texts_csv(1))
    (home / "runs" / "litter").mkdir()
    ids = sorted([first.id, second.id], reverse=True)
    assert [run.id for run in all_runs()] == ids


def test_a_run_that_has_ended_cant_be_started_again(make_run: MakeRun) -> None:
    run = make_run(texts_csv(2))
    execute(run)
    with pytest.raises(RunFailed, match="can't be started: it is done"):
        execute(Run(run.folder))
    assert run.state() == "done"


def test_a_queued_run_that_is_stopped_never_starts(make_run: MakeRun) -> None:
    run = make_run(texts_csv(2))
    run.ask_to_stop()
    assert run.state() == "stopped"
    with pytest.raises(RunFailed, match="it is stopped"):
        execute(run)
    assert run.parts() == []


def test_asking_a_run_to_stop_that_has_ended_changes_nothing(make_run: MakeRun) -> None:
    run = make_run(texts_csv(2))
    execute(run)
    run.ask_to_stop()
    assert (run.state(), run.stop_asked()) == ("done", False)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 99}', '{"id": "x"}', "\udcff"])
def test_a_damaged_manifest_is_said_in_words(make_run: MakeRun, content: str) -> None:
    run = make_run(texts_csv(1))
    (run.folder / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(RunFailed, match="manifest.json is damaged or of another version"):
        run.manifest()


@pytest.mark.parametrize("name", ["progress.json", "end.json", "worker.json"])
@pytest.mark.parametrize("content", ["", "{", "null", "[1]", '{"surprise": 1}'])
def test_other_damaged_files_are_said_in_words(make_run: MakeRun, name: str, content: str) -> None:
    run = make_run(texts_csv(1))
    (run.folder / name).write_text(content)
    with pytest.raises(RunFailed, match=f"{name} is damaged"):
        run.progress() if name == "progress.json" else run.state()


def damage_part(run: Run, how: str) -> None:
    part = run.parts()[1]
    content = part.read_bytes()
    middle = len(content) // 3
    damaged = {
        "cut short": content[:-20],
        "cut in the middle": content[: len(content) // 2],
        "empty": b"",
        "no Parquet": b"hello",
        "zeros inside": content[:4] + bytes(middle) + content[4 + middle :],
    }
    part.write_bytes(damaged[how])


DAMAGE = ["cut short", "cut in the middle", "empty", "no Parquet", "zeros inside"]


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_part_is_never_read_as_good(make_run: MakeRun, how: str, tmp_path: Path) -> None:
    from golems.reports import write_csv, write_parquet

    run = make_run(texts_csv(9), window=3)
    execute(run)
    damage_part(run, how)
    words = r"00001\.parquet is damaged.*Delete it and all parts behind it, then resume"
    with pytest.raises(RunFailed, match=words):
        result_page(run)
    with pytest.raises(RunFailed, match=words):
        write_parquet(run, tmp_path / "out.parquet")
    with (tmp_path / "out.csv").open("w") as file, pytest.raises(RunFailed, match=words):
        write_csv(run, file)


def test_a_missing_part_is_never_passed_over(make_run: MakeRun) -> None:
    run = make_run(texts_csv(9), window=3)
    execute(run)
    run.parts()[1].unlink()
    with pytest.raises(RunFailed, match="Part 00001.parquet is missing"):
        summarize(run)


def test_what_a_killed_worker_left_half_written_is_no_part(make_run: MakeRun) -> None:
    run = make_run(texts_csv(6), window=3)
    execute(run)
    for name in (".00002.parquet.4242-1", "00002.parquet.part", ".00002.parquet"):
        (run.folder / "parts" / name).write_bytes(b"PAR1")
    assert len(run.parts()) == 2
    assert summarize(run).rows == 6


def test_a_hundred_thousand_parts_stay_in_order(make_run: MakeRun) -> None:
    run = make_run(texts_csv(1))
    (run.folder / "parts").mkdir()
    for number in [99_999, 100_000]:
        (run.folder / "parts" / f"{number:05d}.parquet").touch()
    with pytest.raises(RunFailed, match="00000.parquet is missing"):
        run.parts()


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(RunFailed, match=r"nowhere/file can't be written: No such file"):
        write_whole(tmp_path / "nowhere" / "file", b"")
    with pytest.raises(RunFailed, match="Not a directory"):
        write_whole(path / "file", b"")


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """A file that grows past this is refused as by a full disk, if by another number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_fails_the_run_in_words(make_run: MakeRun) -> None:
    noise = "".join(f"{n},{(n * 2654435761) ** 40:x}\n" for n in range(300))
    run = make_run(f"id,text\n{noise}", ledger=False)
    words = r"00000\.parquet can't be written: File too large\. Free some space"
    with pytest.raises(RunFailed, match=words), files_of_at_most(20_000):
        execute(run)
    end = run.end()
    assert end is not None
    assert end.state == "failed"
    assert "00000.parquet can't be written" in str(end.reason)
    assert list((run.folder / "parts").iterdir()) == []
    assert summarize(run).rows == 0


def test_a_disk_too_full_for_the_last_word_still_tells_why(make_run: MakeRun) -> None:
    run = make_run(texts_csv(3), ledger=False)

    def fill_up(progress: Progress) -> None:
        if progress.done:
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, -1))

    with (
        pytest.raises(RunFailed, match=r"(parquet|json) can.t be written: File too large"),
        files_of_at_most(10**6),
    ):
        execute(run, fill_up)
    assert run.end() is None
    assert list((run.folder / "parts").iterdir()) == []
