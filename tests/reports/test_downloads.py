"""Files in pieces: the same bytes as the files, and no more in memory than a piece."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from golems.errors import BadInput, RunFailed, UnknownName
from golems.reports import downloads, parquet, write_csv, write_parquet
from golems.reports.downloads import FORMATS, download
from golems.reports.json_lines import write_jsonl
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    outcomes = [failed() if n % 4 == 1 else predicted("A", n / 100) for n in range(50)]
    return write_run(["id", "text"], [[str(n), f"text é {n}"] for n in range(50)], outcomes)


def test_the_pieces_are_the_files(run: Run, tmp_path: Path) -> None:
    write_parquet(run, tmp_path / "out.parquet")
    for suffix, write in (("csv", write_csv), ("jsonl", write_jsonl)):
        text = io.StringIO(newline="")
        write(run, text)
        assert b"".join(download(run, suffix)[1]).decode() == text.getvalue()
    assert b"".join(download(run, "parquet")[1]) == (tmp_path / "out.parquet").read_bytes()
    assert b"".join(download(run, "xlsx")[1])[:2] == b"PK"


def test_failed_rows_alone(run: Run) -> None:
    text = io.StringIO(newline="")
    write_csv(run, text, failed=True)
    assert b"".join(download(run, "csv", failed=True)[1]).decode() == text.getvalue()
    assert [line.split(",")[0] for line in text.getvalue().splitlines()[1:3]] == ["1", "5"]
    assert len(text.getvalue().splitlines()) == 1 + 13


def test_parts_of_which_no_row_has_failed_are_not_read(
    write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(["text"], [["x"]] * 4, [*[predicted("A", 0.5)] * 3, failed()])
    opened = []

    class Watched(pq.ParquetFile):
        def __init__(self, part: Path, **options: object) -> None:
            opened.append(part.name)
            super().__init__(part, **options)

    monkeypatch.setattr("golems.reports.export.pq.ParquetFile", Watched)
    assert b"".join(download(run, "csv", failed=True)[1]).count(b"\n") == 2
    assert opened == ["00001.parquet"]


def test_what_there_is_not_is_said(run: Run) -> None:
    with pytest.raises(UnknownName, match="no results as 'exe'; there are csv, parquet, jsonl"):
        download(run, "exe")
    for suffix in ("parquet", "jsonl", "xlsx"):
        with pytest.raises(BadInput, match=f"come as csv, not as {suffix}"):
            download(run, suffix, failed=True)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_the_first_piece_needs_no_later_part(
    run: Run, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(downloads, "PIECE_BYTES", 1)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1)
    pieces = download(run, suffix)[1]
    assert next(pieces)
    (run.folder / "parts" / "00010.parquet").unlink()
    with pytest.raises(RunFailed, match="can't be read"):
        list(pieces)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_damaged_part_is_known_before_the_first_piece(
    run: Run, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(downloads, "PIECE_BYTES", 1)
    part = run.folder / "parts" / "00010.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(RunFailed, match="damaged"):
        next(download(run, suffix)[1])


@pytest.mark.parametrize("suffix", FORMATS)
def test_work_can_be_given_up(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(downloads, "PIECE_BYTES", 1)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1)
    pieces = download(run, suffix)[1]
    next(pieces)
    next(pieces)
    pieces.close()
    assert next(pieces, None) is None
    assert not list((tmp_path / "temporary").iterdir())


def test_small_parts_become_large_row_groups(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parquet(run, tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 1
    monkeypatch.setattr(parquet, "GROUP_ROWS", 20)
    write_parquet(run, tmp_path / "rows.parquet")
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1)
    write_parquet(run, tmp_path / "bytes.parquet")
    for name, groups in (("rows", 3), ("bytes", 17)):
        file = pq.ParquetFile(tmp_path / f"{name}.parquet")
        assert file.num_row_groups == groups
        assert file.read()["id"].to_pylist() == [str(n) for n in range(50)]
