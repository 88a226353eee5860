from pathlib import Path

import pandas as pd
import pytest

from golems.datasets import Doubt, guess_column, open_dataset
from golems.errors import BadInput
from tests.datasets.conftest import OpenCsv


def test_a_column_that_is_not_there_is_refused_with_those_that_are(open_csv: OpenCsv) -> None:
    with pytest.raises(BadInput) as refusal:
        open_csv("id,review,label\n1,a,b\n", column="reveiw")
    assert str(refusal.value) == (
        "Column 'reveiw' is not in reviews.csv; columns are: id, review, label. "
        "Did you mean 'review'?"
    )


def test_nothing_is_suggested_when_nothing_is_close(open_csv: OpenCsv) -> None:
    with pytest.raises(BadInput, match=r"columns are: id, review\.$"):
        open_csv("id,review\n1,a\n", column="zzz")


def test_a_given_column_is_used_without_a_note(open_csv: OpenCsv) -> None:
    dataset = open_csv("id,text\n1,a\n", column="id")
    assert dataset.column == "id"
    assert not any("guessed" in note for note in dataset.notes)


def test_a_guess_is_noted(open_csv: OpenCsv) -> None:
    notes = open_csv("id,text\n1,a\n").notes
    assert "Column 'text' was guessed to hold the texts." in notes
    assert not any(isinstance(note, Doubt) for note in notes)


@pytest.mark.parametrize("header", ["n", "id,n", "id,text"])
@pytest.mark.parametrize("kind", ["csv", "json", "parquet", "xlsx"])
def test_a_column_without_letters_is_guessed_with_a_doubt(
    kind: str, header: str, tmp_path: Path
) -> None:
    names = header.split(",")
    table = pd.DataFrame([[1, -2.5][: len(names)]] * 3, columns=names)
    write = {"csv": table.to_csv, "json": table.to_json, "parquet": table.to_parquet}
    more = {"orient": "records"} if kind == "json" else {"index": False}
    write.get(kind, table.to_excel)(tmp_path / f"table.{kind}", **more)
    dataset = open_dataset(tmp_path / f"table.{kind}", task_kind="text")
    (doubt,) = [note for note in dataset.notes if isinstance(note, Doubt)]
    assert doubt.startswith(f"Column {dataset.column!r} was guessed to hold the texts, but")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["id", "Review", "title"], "Review"),
        (["title", "text"], "text"),
        (["id", " Comment "], " Comment "),
        (["title", "review_body", "summary"], "review_body"),
        (["summary", "reviewerName", "reviewText", "unixReviewTime"], "reviewText"),
        (["title", "review_id", "reviewHTMLBody"], "reviewHTMLBody"),
    ],
)
def test_telling_names_come_first(columns: list[str], expected: str) -> None:
    assert guess_column(columns, [["a" * 99, "b", "c"]]) == expected


def test_else_the_longest_texts_decide() -> None:
    rows = [["1", "short", "a much longer text"], ["2", "a bit longer here", "long as well, yes"]]
    assert guess_column(["a", "b", "c"], rows) == "c"
    assert guess_column(["a", "b"], []) == "a"


def test_among_telling_words_the_longest_texts_decide() -> None:
    row = ["a title of some length", "good", "good, as I would say"]
    assert guess_column(["title", "short review", "long-review"], [row]) == "long-review"


def test_a_title_is_no_text_where_there_are_longer_ones() -> None:
    rows = [["A bore", "Two hours of my life that I will not get back", "x" * 90]]
    assert guess_column(["title", "verbatim", "sha"], rows) == "verbatim"
