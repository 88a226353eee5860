"""How a CSV is written is found once for the file; what doesn't fit it is a row's error."""

import csv
import random
from io import StringIO
from pathlib import Path

import pytest

from golems.datasets import open_dataset
from golems.datasets.csv_dialect import PAIRED


def texts(path: Path, content: str, **options: str) -> list[tuple[object, bool]]:
    path.write_bytes(content.encode())
    dataset = open_dataset(path, task_kind="text", **options)  # type: ignore[arg-type]
    rows = list(dataset.rows())
    again = list(open_dataset(**dataset.spec(), task_kind="text").rows())
    assert rows == again
    return [(row.content, row.error is None) for row in rows]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('id,text\n1,"The \\"best\\" film"\n2,fine\n', ['The "best" film', "fine"]),
        ('id,text\n1,"a ""b"" c"\n2,"ends in \\"\n', ['a "b" c', "ends in \\"]),
        ('id,text\n1,"C:\\new \\"x\\""\n', ['C:\\new "x"']),
        ('id,text\n1,The \\"best\\" film\n2,fine\n', ['The "best" film', "fine"]),
        ('id,text\n1,a \\" b\n2,"a ""b"" c"\n', ['a \\" b', 'a "b" c']),
        ('id, text\n1, fine\n2, "bad, dull"\n', ["fine", "bad, dull"]),
        ("id,text\n1,one\rtwo\n2,fine\n", ["one\rtwo", "fine"]),
        ("id,text\r\n1,one\rtwo\r\n2,fine\r\n", ["one\rtwo", "fine"]),
        ('id,text\r1,"one\ntwo"\r2,fine\r', ["one\ntwo", "fine"]),
    ],
)
def test_text_of_each_dialect_is_read_as_written(
    tmp_path: Path, content: str, wanted: list[str]
) -> None:
    found = texts(tmp_path / "t.csv", content)

    assert found == [(text, True) for text in wanted]


def test_stray_quotes_fail_their_row_alone(tmp_path: Path) -> None:
    found = texts(tmp_path / "t.csv", 'id,text\n1,"He said "hi there" to me"\n2,"so, so"\n')

    assert found == [(None, False), ("so, so", True)]


def test_backslashes_in_pairs_may_be_escaped_ones_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,text\n1,C:\\\\new\n2,fine\n")
    dataset = open_dataset(tmp_path / "t.csv", task_kind="text")

    assert PAIRED in dataset.notes
    assert [row.content for row in dataset.rows()] == ["C:\\\\new", "fine"]
    chosen = open_dataset(tmp_path / "t.csv", task_kind="text", escape="backslash")
    assert PAIRED not in chosen.notes
    assert [row.content for row in chosen.rows()] == ["C:\\new", "fine"]


def test_dialect_can_be_chosen(tmp_path: Path) -> None:
    content = 'id,text\n1,"The \\"best\\" film"\n'

    assert texts(tmp_path / "t.csv", content, escape="doubled") == [(None, False)]
    assert texts(tmp_path / "t.csv", "id,text\n1,a\rb\n", line_end="lf") == [("a\rb", True)]


@pytest.mark.parametrize("seed", range(60))
def test_random_tables_come_back_as_written(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    pieces = ["a", "film", " ", '"', "\\", ",", ";", "é", "\r", "\n", "\t", "'", "|", "日", "5"]
    width = chance.randint(2, 6)
    header = ["text", *(f"c{place}" for place in range(1, width))]
    cells = [
        ["x" + "".join(chance.choices(pieces, k=chance.randint(0, 9))) + "y" for _ in header]
        for _ in range(chance.randint(5, 30))
    ]
    backslash = chance.random() < 0.3
    out = StringIO(newline="")
    writer = csv.writer(
        out, delimiter=chance.choice(",;\t|"), lineterminator=chance.choice(["\n", "\r\n"]),
        doublequote=not backslash, escapechar="\\" if backslash else None,
        quoting=chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    )  # fmt: skip
    writer.writerows([header, *cells])
    path = tmp_path / "t.csv"
    path.write_bytes(out.getvalue().encode())

    dataset = open_dataset(path, task_kind="text", column="text")
    if backslash and PAIRED in dataset.notes:  # nothing in the file tells
        dataset = open_dataset(path, task_kind="text", column="text", escape="backslash")

    for row, wanted in zip(dataset.rows(), cells, strict=True):
        assert row.error is not None or list(row.fields.values()) == wanted
