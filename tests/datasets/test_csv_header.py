import pytest

from golems.errors import BadInput
from tests.datasets.conftest import OpenCsv


@pytest.mark.parametrize(
    "first", ["1,hello", "hello,-2.5e3", "3", "x" * 101, "I really loved this one."]
)
def test_a_first_row_that_looks_like_data_is_data(open_csv: OpenCsv, first: str) -> None:
    dataset = open_csv(f"{first}\n{first}\n")
    assert not dataset.has_header
    assert dataset.columns[0] == "column_1"
    assert dataset.count() == 2
    assert any("choose header: yes" in note for note in dataset.notes)


@pytest.mark.parametrize("first", ["text", "id,text", "How did you like it?", ",text", "Q1,Q2"])
def test_a_first_row_that_looks_like_names_is_a_header(open_csv: OpenCsv, first: str) -> None:
    dataset = open_csv(f"{first}\n{first}\n")
    assert dataset.has_header
    assert dataset.count() == 1


def test_the_choice_of_a_header_overrides_the_guess(open_csv: OpenCsv) -> None:
    assert open_csv("2019,text\n1,a\n", header="yes").columns == ("2019", "text")
    without = open_csv("id,text\n1,a\n", header="no")
    assert without.columns == ("column_1", "column_2")
    assert without.count() == 2


def test_a_name_that_may_be_data_is_noted(open_csv: OpenCsv) -> None:
    assert any("'Great stuff', was taken" in note for note in open_csv("Great stuff\nok\n").notes)


def test_a_header_with_an_open_quote_is_refused(open_csv: OpenCsv) -> None:
    with pytest.raises(BadInput, match=r"header of reviews\.csv .* line 1 is never closed"):
        open_csv('id,"text\n1,a\n')


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("text,text,text", ("text", "text.1", "text.2")),
        ("text,text,text.1", ("text", "text.2", "text.1")),
        ("id,,text", ("id", "column_2", "text")),
        ("column_2,,text", ("column_2", "column_2.1", "text")),
        (",,text", ("column_1", "column_2", "text")),
    ],
)
def test_every_column_has_a_name_of_its_own(
    open_csv: OpenCsv, header: str, columns: tuple[str, ...]
) -> None:
    dataset = open_csv(f"{header}\na,b,c\n")
    assert dataset.columns == columns
    assert list(dataset.preview(1)[0].fields.values()) == ["a", "b", "c"]


def test_changed_names_are_noted(open_csv: OpenCsv) -> None:
    notes = open_csv("text,text,\na,b,c\n").notes
    assert "Column 'text' appears twice; the second is called 'text.1'." in notes
    assert "Column 3 has no name; it is called 'column_3'." in notes


@pytest.mark.parametrize(
    "data",
    [
        '"I loved this film, it was great.",positive\n"Terrible, a waste.",negative\n"Fine.",ok\n',
        "Great film,positive\nA bore,negative\nGood,positive\n",
        "So great!,x\nWell done!,y\n",
        "2021-03-04,Great film,ann\n2021-03-05,A bore,bob\n",
        "1,great film,ann\n2,a bore,bob\n",
        "素晴らしい映画でした。,a\n退屈,b\n",
    ],
)
def test_one_cell_of_data_makes_the_first_row_data(open_csv: OpenCsv, data: str) -> None:
    dataset = open_csv(data)
    assert not dataset.has_header
    assert dataset.count() == data.count("\n")


@pytest.mark.parametrize(
    "data",
    [
        "id,text,2023\n1,good,5\n2,bad,2023\n",
        "Timestamp,Please tell us about your stay.\n2021-03-04,It was fine\n",
        f"Respondent,{'How did you like what we did ' * 5}?\nann,It was fine\n",
        f"Respondent,{'How did you like what we did ' * 5}? [Price]\nann,It was fine\n",
        "Serial No.,Remark\n77,It was fine\n",
        "Country,Remark,1/22/20,1/23/20\nItaly,none,5,6\n",
        "Place,Remark,Note,2023,2024\nItaly,none,-,5,6\n",
    ],
)
def test_odd_names_of_columns_are_still_names(open_csv: OpenCsv, data: str) -> None:
    dataset = open_csv(data)
    assert dataset.has_header
    assert dataset.columns[0] == data.split(",")[0]


def test_a_column_that_was_asked_for_makes_its_row_a_header(open_csv: OpenCsv) -> None:
    dataset = open_csv("1,2\ngood,bad\n", column="2")
    assert dataset.columns == ("1", "2")
    assert not any("was taken" in note for note in dataset.notes)


def test_names_none_of_which_is_usual_for_texts_are_noted(open_csv: OpenCsv) -> None:
    assert (
        "The first row, 'Great film', 'pos', was taken for the names of the columns; "
        "if it is data, choose header: no."
    ) in open_csv("Great film,pos\nA bore,neg\n").notes
    for header in ("id,text", "id,review_body", "reviewText,x"):
        assert not any("was taken" in note for note in open_csv(f"{header}\n1,a\n").notes)
