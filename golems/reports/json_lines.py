"""A run's results as JSON Lines: an object a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring as in_quotes
from math import isfinite
from typing import IO

import pyarrow as pa

from golems.reports.export import batches_of, shown_schema
from golems.runs import Run
from golems.runs.columns import PLACE, schema

SCORES = "predicted_scores"
# What Python writes for numbers that JSON hasn't; in a label it is only a word.
NO_NUMBERS = re.compile("NaN|Infinity")


def write_jsonl(run: Run, file: IO[str]) -> None:
    """Write the results as JSON Lines: UTF-8 text, one LF a row, every cell exact.

    The original columns are strings, as they were read, and null where there was nothing; scores
    are an object, label -> score, best first. JSON has no number for NaN and infinity: null.

    Args:
        file: Open for writing text with ``newline=""``.

    Raises:
        RunFailed: A part is missing or damaged.
    """
    for piece in jsonl_pieces(run):
        file.write(piece)


def jsonl_pieces(run: Run) -> Iterator[str]:
    """What ``write_jsonl`` writes, in pieces of some rows."""
    manifest = run.manifest()
    inside = [name for name in schema(manifest).names if name != PLACE]
    names = [in_quotes(name).replace("%", "%%") for name in shown_schema(manifest).names]
    layout = f"{{{', '.join(f'{name}: %s' for name in names)}}}\n"
    for batch in batches_of(run, manifest):
        columns = [
            [score_object(cell) for cell in column.to_pylist()]
            if name == SCORES
            else as_json(column)
            for name, column in zip(inside, batch.columns, strict=True)
        ]
        yield "".join([layout % row for row in zip(*columns, strict=True)])


def as_json(column: pa.Array) -> list[str]:
    """Each cell of a column as JSON."""
    cells = column.to_pylist()
    if pa.types.is_string(column.type):
        return ["null" if cell is None else in_quotes(cell) for cell in cells]
    return ["null" if cell is None or not isfinite(cell) else repr(cell) for cell in cells]


def score_object(cell: str | None) -> str:
    """Scores as they are kept, which is JSON but for NaN and infinity."""
    if cell is None:
        return "null"
    if NO_NUMBERS.search(cell):
        return json.dumps(json.loads(cell, parse_constant=lambda _: None), ensure_ascii=False)
    return cell
