import gzip
from pathlib import Path

import pandas as pd
import pytest

from golems.datasets import open_dataset
from golems.errors import BadInput


@pytest.mark.parametrize("name", ["a.csv.gz", "a.tsv.gz", "A.CSV.GZ"])
def test_a_packed_table_is_read_as_pandas_does(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"id": ["007", "8"], "text": ["a, b\n", "é😀"]})
    separator = "\t" if "tsv" in name else ","
    path = tmp_path / name
    path.write_bytes(gzip.compress(frame.to_csv(index=False, sep=separator).encode()))
    dataset = open_dataset(path, task_kind="text")
    assert [dict(row.fields) for row in dataset.rows()] == frame.to_dict("records")
    assert dataset.count() == 2
    assert dataset.kind == "csv"


def test_a_packed_text_is_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"one\ntwo"))
    dataset = open_dataset(tmp_path / "a.log.gz", task_kind="text")
    assert [row.content for row in dataset.rows()] == ["one", "two"]


def test_what_is_no_gzip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"text\nhello\n")
    with pytest.raises(BadInput, match=r"a\.csv\.gz can't be unpacked"):
        open_dataset(tmp_path / "a.csv.gz", task_kind="text")


def test_a_packed_file_that_breaks_off_is_said_in_words(tmp_path: Path) -> None:
    rows = "".join(f"{n},text {n * 7919}\n" for n in range(900_000))
    packed = gzip.compress(f"id,text\n{rows}".encode(), compresslevel=1)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) - 100])
    dataset = open_dataset(path, task_kind="text")
    assert len(dataset.preview(1000)) == 1000
    with pytest.raises(BadInput, match=r"a\.csv\.gz is cut off"):
        dataset.count()
