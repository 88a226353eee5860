import pytest

from golems.errors import BadInput
from tests.datasets.conftest import OpenCsv


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(open_csv: OpenCsv, delimiter: str) -> None:
    dataset = open_csv("id,text,label\n1,hello,a\n2,bye,b\n".replace(",", delimiter))
    assert dataset.delimiter == delimiter
    assert dataset.columns == ("id", "text", "label")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_texts_full_of_commas_do_not_mislead(open_csv: OpenCsv, delimiter: str) -> None:
    rows = "".join(f"{n}{delimiter}a, b{', c' * (n % 3)}, d\n" for n in range(20))
    dataset = open_csv(f"id, number{delimiter}text\n{rows}")
    assert dataset.delimiter == delimiter
    assert dataset.preview(1)[0].content == "a, b, d"


def test_more_cells_in_the_header_alone_do_not_mislead(open_csv: OpenCsv) -> None:
    assert open_csv("name,first,last;text\nann;fine\nbob;poor\n").delimiter == ";"


def test_decimal_commas_do_not_mislead(open_csv: OpenCsv) -> None:
    dataset = open_csv("text;price;weight\nfine;1,5;2,5\npoor;2,5;3,0\n")
    assert dataset.delimiter == ";"
    assert dataset.preview(1)[0].fields == {"text": "fine", "price": "1,5", "weight": "2,5"}


def test_delimiters_inside_quotes_do_not_count(open_csv: OpenCsv) -> None:
    assert open_csv('id,text\n1,"a;b;c"\n2,"d;e"\n').delimiter == ","


def test_unquoted_commas_in_texts_leave_a_csv_a_csv(open_csv: OpenCsv) -> None:
    dataset = open_csv("id,text\n1,a, b\n2,c, d, e\n3,f, g, h\n4,fine\n")
    assert dataset.delimiter == ","
    assert [row.error is None for row in dataset.rows()] == [False, False, False, True]


def test_prose_is_one_column(open_csv: OpenCsv) -> None:
    dataset = open_csv("I loved it, truly so.\nBad\nWhat, a, mess\nfine\n")
    assert dataset.delimiter is None
    assert dataset.preview(1)[0].content == "I loved it, truly so."


def test_a_given_delimiter_is_used(open_csv: OpenCsv) -> None:
    assert open_csv("a,text;b\n1,2;3\n", delimiter=";").columns == ("a,text", "b")
    assert open_csv("a,b\tc\n1,2\t3\n", delimiter="tab").columns == ("a,b", "c")


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"])
def test_what_cannot_be_a_delimiter_is_refused(open_csv: OpenCsv, delimiter: str) -> None:
    with pytest.raises(BadInput, match="can't separate cells"):
        open_csv("a,b\n", delimiter=delimiter)


def test_what_was_found_is_noted(open_csv: OpenCsv) -> None:
    assert open_csv("id;text\n1;a\n").notes[0] == "Read as UTF-8, separated by semicolons."
    assert open_csv("text\na\n").notes == ("Read as UTF-8, in one column.",)


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "\ufeffsep=;", "SEP=;"])
def test_the_line_that_names_the_delimiter_to_excel_is_no_row(open_csv: OpenCsv, line: str) -> None:
    data = f"{line}\r\nid;text,too\r\n1;a, b, c\r\nx;y;z\r\n"
    for options in ({}, {"delimiter": ";"}, {"delimiter": ";", "encoding": "utf-8"}):
        dataset = open_csv(data, **options)
        assert dataset.delimiter == ";"
        assert dataset.columns == ("id", "text,too")
        first, second = dataset.rows()
        assert first.fields == {"id": "1", "text,too": "a, b, c"}
        assert second.error is not None
        assert second.error.startswith("Line 4 ")
    assert open_csv(data, header="no").count() == 3
    assert open_csv(data, delimiter=",").columns == ("id;text", "too")


def test_a_control_character_can_be_asked_for(open_csv: OpenCsv) -> None:
    data = "id\x01text\n" + "1\x01a\n" * 20
    dataset = open_csv(data, delimiter="\x01")
    assert dataset.columns == ("id", "text")
    assert dataset.preview(1)[0].content == "a"
    with pytest.raises(BadInput, match="not a text file"):
        open_csv(data.replace("a", "\x02"), delimiter="\x01")
