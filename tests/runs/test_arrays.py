"""Columns made by hand are those that pyarrow makes."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from golems.runs import arrays
from golems.runs.arrays import as_array

SAMPLES: dict[pa.DataType, list[Any]] = {
    pa.string(): ["", "a", "日本 é", "\x00", "x" * 1000, None],
    pa.int64(): [0, 1, -1, 2**63 - 1, -(2**63), None],
    pa.float64(): [0.0, -0.0, 0.1 + 0.2, float("inf"), 1e-320, 7, None],
}


@pytest.mark.parametrize("kind", SAMPLES, ids=str)
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 64, 1000])
@pytest.mark.parametrize("gaps", [True, False])
def test_they_are_what_pyarrow_makes(kind: pa.DataType, size: int, gaps: bool) -> None:
    choice = random.Random(size)
    values = [choice.choice(SAMPLES[kind][: None if gaps else -1]) for _ in range(size)]
    made = as_array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, type=kind))
    assert made.null_count == values.count(None)


def test_what_is_too_large_for_one_comes_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "MOST_BYTES", 5)
    assert as_array(["abc", None, "def"], pa.string()).to_pylist() == ["abc", None, "def"]


def test_nothing_else_is_taken() -> None:
    with pytest.raises(TypeError):
        as_array(["1"], pa.int64())
    with pytest.raises(TypeError):
        as_array([1], pa.string())
    with pytest.raises(UnicodeEncodeError):
        as_array(["\ud800"], pa.string())


def test_a_worker_does_without_pandas() -> None:
    code = (
        "import sys, pyarrow as pa, golems.runs.engine; from golems.runs import arrays; "
        "arrays.as_array(['a', None], pa.string()); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
