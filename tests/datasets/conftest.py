"""What the tests of the readers share: files written in one line, and pictures in memory."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from golems.datasets import open_dataset
from golems.datasets.csv_file import CsvFile

OpenCsv = Callable[..., CsvFile]


@pytest.fixture
def open_csv(tmp_path: Path) -> OpenCsv:
    """Write a CSV and open it: ``open_csv("text\\nhello\\n")``."""

    def write_and_open(data: str | bytes, name: str = "reviews.csv", **options: Any) -> CsvFile:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        dataset = open_dataset(path, task_kind="text", **options)
        assert isinstance(dataset, CsvFile)
        return dataset

    return write_and_open


def picture_bytes(picture: Image.Image | None = None, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of a picture file; of a small red one if none is given."""
    buffer = BytesIO()
    (picture or Image.new("RGB", (8, 6), "red")).save(buffer, kind, **options)
    return buffer.getvalue()
