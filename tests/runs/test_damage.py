"""Files of a run that were damaged: never read as good, and the way out that is told works."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from golems.errors import RunFailed
from golems.reports import result_page, summarize, write_parquet
from golems.runs import Run
from golems.runs.engine import execute
from golems.runs.parts import SEALED_BY
from golems.runs.queue import resume
from tests.runs.conftest import MakeRun, texts_csv
from tests.runs.test_resume import as_csv, run_and_kill

WINDOW = 16


def flip_bit(part: Path, at: int, bit: int) -> None:
    """As a disk does on which bits rot; the file's time may even stay as it was."""
    content = bytearray(part.read_bytes())
    content[at] ^= 1 << bit
    part.write_bytes(content)


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    run = make_run(texts_csv(60), window=WINDOW)
    execute(run)
    return run


def test_no_flipped_bit_is_ever_read_as_good(run: Run) -> None:
    part = run.parts()[1]
    content = part.read_bytes()
    dice = random.Random(3)
    # A flip in the seal's own name makes it one of the first versions, and changes nothing else.
    name = range(content.rfind(SEALED_BY), content.rfind(SEALED_BY) + len(SEALED_BY))
    places = [at for at in dice.sample(range(len(content)), 150) if at not in name]
    for number, at in enumerate(places):
        flip_bit(part, at, dice.randrange(8))
        os.utime(part, ns=(number, number))
        for read in (as_csv, result_page, summarize, Run.counts):
            with pytest.raises(RunFailed, match=rf"{part.name} is damaged"):
                read(run)
        part.write_bytes(content)
    os.utime(part, ns=(10**9, 10**9))
    assert summarize(run).rows == 60


@pytest.mark.parametrize("missing", [("seal",), ("seal", "counts", "budget")])
def test_a_part_without_a_seal_is_one_of_the_first_versions(
    missing: tuple[str, ...], make_run: MakeRun
) -> None:
    run = make_run(texts_csv(60) + "\n", window=WINDOW, ledger=False)
    execute(run)
    before, counts = as_csv(run), summarize(run)
    for part in run.parts():
        table = pq.read_table(part)
        metadata = {
            key: value
            for key, value in table.schema.metadata.items()
            if not any(name in key.decode() for name in missing)
        }
        pq.write_table(table.replace_schema_metadata(metadata), part, compression="zstd")
    assert as_csv(run) == before
    assert summarize(run) == counts
    assert len(result_page(run, first=40, rows=30)) == counts.rows - 40


def test_parts_with_other_columns_are_said_to_be_of_another_version(run: Run) -> None:
    for part in run.parts():
        table = pq.read_table(part)
        names = [name.replace("predicted_label", "label") for name in table.column_names]
        pq.write_table(table.rename_columns(names), part)
    for read in (summarize, as_csv):
        with pytest.raises(RunFailed, match="another version of this app.* golems run .*manifest"):
            read(run)


def test_a_row_cant_pass_for_the_seal(make_run: MakeRun) -> None:
    run = make_run("text\n" + "sealed by sha256:" + "0" * 64 + "\ngood\n", ledger=False)
    execute(run)
    assert summarize(run).rows == 2
    assert "sealed by sha256:000000" in as_csv(run)


@pytest.mark.parametrize("ledger", [True, False])
@pytest.mark.parametrize("how", ["damaged", "missing"])
def test_a_run_that_is_done_gets_its_lost_parts_back(
    make_run: MakeRun, ledger: bool, how: str
) -> None:
    run = make_run(texts_csv(60) + texts_csv(20).partition("\n")[2], window=WINDOW, ledger=ledger)
    execute(run)
    before, parts = as_csv(run), run.parts()
    if how == "damaged":
        flip_bit(parts[2], 200, 1)
    else:
        parts[2].unlink()
    with pytest.raises(RunFailed, match=r"00002\.parquet is (damaged|missing)") as said:
        as_csv(run)
    assert "then resume the run (python -m golems resume RUN_DIR)" in str(said.value)
    with pytest.raises(RunFailed, match=r"00002\.parquet is"):
        run.resume()
    for part in parts[2:]:
        part.unlink(missing_ok=True)
    with pytest.raises(RunFailed, match="32 are left.*Resume it"):
        summarize(run)
    run.resume()
    assert execute(run).done == 80
    assert as_csv(run) == before
    assert summarize(run).rows == 80


def test_a_run_with_all_its_parts_is_not_resumed(run: Run) -> None:
    with pytest.raises(RunFailed, match="can't be resumed: it is done"):
        run.resume()
    assert run.state() == "done"


def test_a_damaged_part_is_not_gone_on_from_and_not_retried(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from golems.runs.retry import retry

    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    flip_bit(run.parts()[0], 300, 0)
    run.resume()
    with pytest.raises(RunFailed, match=r"00000\.parquet is damaged"):
        execute(run)
    assert run.state() == "failed"
    with pytest.raises(RunFailed, match=r"00000\.parquet is damaged"):
        retry(run)
    with pytest.raises(RunFailed, match=r"00000\.parquet is damaged"):
        write_parquet(run, tmp_path / "out.parquet")


def test_what_a_killed_worker_was_writing_is_cleared_away(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    (run.folder / "parts" / ".00004.parquet.4242-1").write_bytes(b"PAR1")
    run.resume()
    assert execute(run).done == 100
    assert {path.suffix for path in (run.folder / "parts").iterdir()} == {".parquet"}


def test_an_empty_progress_is_no_hindrance_to_resume(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    (run.folder / "progress.json").write_bytes(b"")
    with pytest.raises(RunFailed, match=r"progress\.json is damaged.*or is resumed"):
        run.progress()
    run.resume()
    assert execute(run).done == 100


def test_a_run_that_has_ended_needs_no_progress(run: Run) -> None:
    before, summary = run.progress(), summarize(run)
    (run.folder / "progress.json").write_bytes(b"")
    assert replace(run.progress(), stage="Done") == before
    assert summarize(run) == summary


@pytest.mark.parametrize("name", ["end.json", "worker.json"])
def test_a_damaged_end_is_deleted_and_the_run_resumed(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    run = make_run(texts_csv(100), window=WINDOW)
    run_and_kill(run, 12, monkeypatch)
    (run.folder / name).write_bytes(b"")
    with pytest.raises(RunFailed, match=rf"{name} is damaged.*Delete it, then resume"):
        run.resume()
    (run.folder / name).unlink()
    resume(run)
    assert execute(run).done == 100
