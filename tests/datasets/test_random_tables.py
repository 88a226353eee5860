"""Tables of random columns by other writers: each cell is read as what was written.

What is expected comes from Python's own values, never from the reader or from Arrow's texts.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from golems.datasets import open_dataset

ROWS = 25
Draw = random.Random
Is = Callable[[str, Any], bool]  # whether a cell's text says a value
START = dt.datetime.combine(dt.date(1950, 1, 1), dt.time())
LETTERS = "abcXYZ 019,;\t\n\"'\\|=+-@äßжéñ日本語العربية😀👩‍👧\u200b\u00a0\u2028"


def text(draw: Draw) -> str:
    return "t" + "".join(draw.choices(LETTERS, k=draw.randrange(40)))


def whole(bits: int, *, signed: bool = True) -> Callable[[Draw], int]:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return lambda draw: draw.choice([low, high, 0, draw.randint(low, high)])


def real(draw: Draw) -> float:
    return draw.choice([0.0, -0.0, draw.random(), draw.gauss(0, 1) * 10 ** draw.randint(-300, 300)])


def odd(draw: Draw) -> float:
    return draw.choice([math.nan, math.inf, -math.inf, 1.5])


def price(draw: Draw) -> Decimal:
    return Decimal(draw.randint(-(10**9), 10**9)).scaleb(-2)


def day(draw: Draw) -> dt.date:
    return dt.date.fromordinal(draw.randint(1, dt.date.max.toordinal()))


def moment(draw: Draw) -> dt.datetime:
    return START + dt.timedelta(microseconds=draw.randrange(4 * 10**15))


def zoned(draw: Draw) -> dt.datetime:
    return moment(draw).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def clock(draw: Draw) -> dt.time:
    return moment(draw).time()


def truth(draw: Draw) -> bool:
    return draw.random() < 0.5


def some_bytes(draw: Draw) -> bytes:
    return draw.choice([text(draw).encode(), b"\0\xff" + draw.randbytes(5)])


def numbers(draw: Draw) -> list[int | None]:
    return [draw.choice([None, draw.randrange(100)]) for _ in range(draw.randrange(4))]


def thing(draw: Draw) -> dict[str, Any]:
    return {
        "name": text(draw), "parts": [{"day": day(draw), "n": draw.randrange(9)}],
        "data": None if truth(draw) else b"\0\xff",
    }  # fmt: skip


def pairs(draw: Draw) -> list[tuple[str, int]]:
    return [(f"key {n}", draw.randrange(9)) for n in range(draw.randrange(3))]


def is_float(said: str, value: float) -> bool:
    return float(said) == value or (math.isnan(value) and math.isnan(float(said)))


def is_json(said: str, value: Any) -> bool:
    return bool(json.loads(said) == plain(value))


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


THING = pa.struct(
    [
        ("name", pa.string()),
        ("parts", pa.list_(pa.struct([("day", pa.date32()), ("n", pa.int16())]))),
        ("data", pa.binary()),
    ]
)
KINDS: dict[str, tuple[pa.DataType, Callable[[Draw], Any], Is]] = {
    "text": (pa.string(), text, lambda said, value: said == value),
    "large": (pa.large_string(), text, lambda said, value: said == value),
    "int8": (pa.int8(), whole(8), lambda said, value: said == str(value)),
    "int64": (pa.int64(), whole(64), lambda said, value: said == str(value)),
    "uint64": (pa.uint64(), whole(64, signed=False), lambda said, value: said == str(value)),
    "double": (pa.float64(), real, is_float),
    "odd": (pa.float64(), odd, is_float),
    "decimal": (pa.decimal128(12, 2), price, lambda said, value: Decimal(said) == value),
    "wide": (pa.decimal128(38, 2), price, lambda said, value: Decimal(said) == value),
    "day": (pa.date32(), day, lambda said, value: said == value.isoformat()),
    "time": (pa.time64("us"), clock, lambda said, value: dt.time.fromisoformat(said) == value),
    "moment": (
        pa.timestamp("us"), moment, lambda said, value: dt.datetime.fromisoformat(said) == value,
    ),
    "zoned": (
        pa.timestamp("us", "Europe/Berlin"), zoned,
        lambda said, value: dt.datetime.fromisoformat(said) == value.astimezone(dt.UTC),
    ),
    "truth": (pa.bool_(), truth, lambda said, value: said == ("true" if value else "false")),
    "bytes": (
        pa.binary(), some_bytes,
        lambda said, value: said == (
            "7 bytes" if value.startswith(b"\0\xff") else value.decode()
        ),
    ),
    "list": (pa.list_(pa.int64()), numbers, is_json),
    "thing": (THING, thing, is_json),
    "map": (pa.map_(pa.string(), pa.int64()), pairs, is_json),
}  # fmt: skip


def write_with_duckdb(table: pa.Table, path: Path) -> None:
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.register("given", table)
        database.execute(f"COPY given TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")


def write_with_pyarrow(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=7, compression="zstd")


def check(path: Path, columns: dict[str, list[Any]], checks: dict[str, Is], **options: Any) -> None:
    """See that each cell says its value, or that its row's reason names it."""
    rows = list(open_dataset(path, task_kind="text", column="content", **options).rows())
    assert len(rows) == ROWS
    for place, row in enumerate(rows):
        for name, values in columns.items():
            said, value = row.fields[name], values[place]
            right = (
                said is None if value is None else said is not None and checks[name](said, value)
            )
            assert right or (row.error is not None and name in row.error), (name, said, value)
        assert row.error is not None or row.content == columns["content"][place]


@pytest.mark.parametrize("write", [write_with_pyarrow, write_with_duckdb])
@pytest.mark.parametrize("seed", range(15))
def test_random_parquet_is_read_as_it_was_written(
    tmp_path: Path, seed: int, write: Callable[[pa.Table, Path], None]
) -> None:
    draw = random.Random(seed)
    kinds = draw.sample(list(KINDS), k=draw.randint(3, 9))
    columns = {"content": [text(draw) for _ in range(ROWS)]}
    for kind in kinds:
        make = KINDS[kind][1]
        columns[kind] = [None if draw.random() < 0.2 else make(draw) for _ in range(ROWS)]
    arrays = {
        name: pa.array(values, KINDS[name][0] if name in KINDS else pa.string())
        for name, values in columns.items()
    }
    write(pa.table(arrays), tmp_path / "a.parquet")
    checks: dict[str, Is] = {"content": lambda said, value: said == value}
    check(tmp_path / "a.parquet", columns, checks | {kind: KINDS[kind][2] for kind in kinds})


def excel_date(draw: Draw) -> dt.datetime:
    days = draw.randrange((dt.date(2100, 1, 1) - dt.date(1900, 3, 1)).days)
    return dt.datetime.combine(dt.date(1900, 3, 1) + dt.timedelta(days), dt.time())


def excel_moment(draw: Draw) -> dt.datetime:
    return excel_date(draw) + dt.timedelta(seconds=draw.randrange(86_400))


def duration(draw: Draw) -> dt.timedelta:
    return dt.timedelta(seconds=draw.randrange(10**6))


def is_duration(said: str, value: dt.timedelta) -> bool:
    found = re.fullmatch(r"(\d\d+):(\d\d):(\d\d)", said)
    assert found is not None
    hours, minutes, seconds = map(int, found.groups())
    return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds) == value


CELLS: dict[str, tuple[str, Callable[[Draw], Any], Is]] = {
    "text": ("General", text, lambda said, value: said == value),
    "whole": ("General", whole(50), lambda said, value: said == str(value)),
    "real": ("0.00", lambda draw: round(draw.gauss(0, 1e6), 4), is_float),
    "truth": ("General", truth, lambda said, value: said == ("TRUE" if value else "FALSE")),
    "day": ("yyyy-mm-dd", excel_date, lambda said, value: said == value.date().isoformat()),
    "moment": ("d.m.yyyy hh:mm", excel_moment, lambda said, value: said == str(value)),
    "duration": ("[h]:mm:ss", duration, is_duration),
}


def write_with_openpyxl(path: Path, columns: dict[str, list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for column, (name, values) in enumerate(columns.items(), 1):
        for row, value in enumerate([name, *values], 1):
            if value is not None:
                cell = sheet.cell(row, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"  # and no formula
                elif name in CELLS:
                    cell.number_format = CELLS[name][0]
    book.save(path)


def write_with_xlsxwriter(path: Path, columns: dict[str, list[Any]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for column, (name, values) in enumerate(columns.items()):
            style = book.add_format({"num_format": CELLS[name][0] if name in CELLS else "General"})
            for row, value in enumerate([name, *values]):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value, style)


@pytest.mark.parametrize("write", [write_with_openpyxl, write_with_xlsxwriter])
@pytest.mark.parametrize("seed", range(15))
def test_random_workbooks_are_read_as_they_were_written(
    tmp_path: Path, seed: int, write: Callable[[Path, dict[str, list[Any]]], None]
) -> None:
    draw = random.Random(seed)
    columns = {"content": [text(draw) for _ in range(ROWS)]}
    for kind in draw.sample(list(CELLS), k=draw.randint(2, 6)):
        make = CELLS[kind][1]
        columns[kind] = [None if draw.random() < 0.2 else make(draw) for _ in range(ROWS)]
    write(tmp_path / "a.xlsx", columns)
    checks: dict[str, Is] = {"content": lambda said, value: said == value}
    checks |= {name: one[2] for name, one in CELLS.items()}
    check(tmp_path / "a.xlsx", columns, checks, header="yes")
