"""Quotes around the cells of a CSV: found, shown, chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from golems.datasets import QUOTES, open_dataset
from golems.datasets.csv_quote import guess_quote
from golems.errors import BadInput

SINGLE = "id,text\n1,'The soup, hot'\n2,'It''s cold,\nand late'\n3,'fine'\n"


def texts(path: Path, content: str, **options: str) -> list[str | bytes | None]:
    path.write_text(content, "utf-8")
    dataset = open_dataset(path, task_kind="text", **options)  # type: ignore[arg-type]
    return [row.content for row in dataset.rows()]


def test_single_quotes_can_be_chosen(tmp_path: Path) -> None:
    got = texts(tmp_path / "a.csv", SINGLE, quote="single", column="text")
    assert got == ["The soup, hot", "It's cold,\nand late", "fine"]


def test_single_quotes_are_found_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    content = "id;text\n1;'The soup; hot'\n2;'It''s cold'\n"
    assert texts(path, content) == ["The soup; hot", "It's cold"]
    notes = open_dataset(path, task_kind="text").notes
    assert notes[0] == "Read as UTF-8, separated by semicolons, with single quotes around cells."


@pytest.mark.parametrize(
    "content",
    [
        "id,text\n1,'Tis late\n2,I didn't know 'twas\n",
        "id,text\n1,'one'\n2,two\n3,three\n",
        "id,text\n1,'one \"is\" it'\n2,'two'\n",
        "text\n'Hello,' she said\n'Well,' he said\n",
        "'a','b'\n",
        "",
    ],
)
def test_apostrophes_are_not_taken_for_quotes(content: str) -> None:
    assert guess_quote(content) == QUOTES["double"]


def test_without_quotes_each_line_is_a_row(tmp_path: Path) -> None:
    content = 'id,text\n1,"The soup\n2,He said "no", twice\n3,fine\n'
    path = tmp_path / "a.csv"
    assert texts(path, content, quote="none", delimiter=",") == ['"The soup', None, "fine"]
    assert (
        texts(path, content, quote="none", delimiter="none", header="no")
        == content.split("\n")[:-1]
    )
    notes = open_dataset(path, task_kind="text", quote="none").notes
    assert "with quotes as part of the cells" in notes[0]


def test_a_quote_never_closed_spoils_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,'one'\n2,'two\n3,'three'\n", "utf-8")
    rows = list(open_dataset(path, task_kind="text", quote="single").rows())
    assert [row.content for row in rows] == ["one", None, "three"]
    assert "is never closed" in (rows[1].error or "")


def test_a_text_file_with_quotes_is_a_table(tmp_path: Path) -> None:
    assert texts(tmp_path / "a.txt", "only words here\nand here\n", quote="none") != []
    assert open_dataset(tmp_path / "a.txt", task_kind="text", quote="none").kind == "csv"


def test_other_quotes_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'%'; choose double, single or none"):
        texts(tmp_path / "a.csv", SINGLE, quote="%")
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n', "utf-8")
    with pytest.raises(BadInput, match=r"a\.jsonl has no quote: quote is for CSV files"):
        open_dataset(tmp_path / "a.jsonl", task_kind="text", quote="none")
