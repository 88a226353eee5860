import codecs

import pytest

from golems.errors import BadInput
from tests.datasets.conftest import OpenCsv

TABLE = "id,text\n1,café « naïve »\n2,plain\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8-sig"),
        (TABLE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16"),
        (TABLE.encode("utf-32"), "utf-32"),
        (TABLE.encode("windows-1252"), "windows-1252"),
    ],
)
def test_the_encoding_is_found(open_csv: OpenCsv, data: bytes, encoding: str) -> None:
    dataset = open_csv(data)
    assert dataset.encoding == encoding
    assert dataset.columns == ("id", "text")
    assert [row.content for row in dataset.rows()] == ["café « naïve »", "plain"]


def test_bytes_that_windows_does_not_have_are_latin_1(open_csv: OpenCsv) -> None:
    dataset = open_csv(b"id,text\n1,caf\xe9\x81\n")
    assert dataset.encoding == "iso-8859-1"
    assert dataset.preview(1)[0].content == "café\x81"


def test_one_stray_byte_leaves_a_utf_8_file_utf_8(open_csv: OpenCsv) -> None:
    good, bad = open_csv(b"id,text\n1,caf\xc3\xa9 \xc3\xa9\n2,caf\xe9\n").rows()
    assert good.content == "café é"
    assert bad.content is None
    assert bad.error == "The byte 0xE9 in column 'text' is not valid UTF-8."
    assert bad.fields == {"id": "2", "text": "caf\ufffd"}


def test_a_character_across_the_end_of_the_sample_is_no_stray_byte(open_csv: OpenCsv) -> None:
    filler = b"x" * (4 * 1024 * 1024 - len(b"id,text\n1,") - 1)
    dataset = open_csv(b"id,text\n1," + filler + "é\n".encode())
    assert dataset.encoding == "utf-8"


def test_bad_bytes_past_the_sample_are_one_error_row(open_csv: OpenCsv) -> None:
    rows = b"".join(b"%d,a text of some length\n" % number for number in range(170_000))
    dataset = open_csv(b"id,text\n" + rows + b"x,\xff\xfe\ny,last\n", column="text")
    *_, bad, last = dataset.rows()
    assert bad.error == "The bytes 0xFF 0xFE in column 'text' are not valid UTF-8."
    assert last.content == "last"


def test_a_cut_off_utf_16_file_is_read_to_its_end(open_csv: OpenCsv) -> None:
    *_, last = open_csv("id,text\n1,a\n".encode("utf-16") + b"A").rows()
    assert last.error is not None
    assert "0x41" in last.error


def test_a_given_encoding_is_used(open_csv: OpenCsv) -> None:
    data = "id,text\n1,日本語\n".encode("shift_jis")
    assert open_csv(data, encoding="shift_jis").preview(1)[0].content == "日本語"


def test_a_byte_order_mark_is_no_part_of_a_name(open_csv: OpenCsv) -> None:
    data = '"text",n\na,1\n'.encode("utf-8-sig")
    assert open_csv(data).columns == ("text", "n")
    assert open_csv(data, encoding="UTF8").columns == ("text", "n")


@pytest.mark.parametrize("encoding", ["utf-99", "base64", "idna", "a\0b", ""])
def test_an_encoding_that_is_none_is_refused(open_csv: OpenCsv, encoding: str) -> None:
    with pytest.raises(BadInput, match="There is no text encoding"):
        open_csv(TABLE, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "UTF32"])
def test_an_encoding_of_either_byte_order_needs_a_mark(open_csv: OpenCsv, encoding: str) -> None:
    name = codecs.lookup(encoding).name
    with pytest.raises(BadInput, match=rf"no byte order mark.* {name}-le or {name}-be"):
        open_csv(TABLE.encode(f"{name}-le"), encoding=encoding)
    assert open_csv(TABLE.encode(name), encoding=encoding).columns == ("id", "text")
    assert open_csv(TABLE.encode(f"{name}-le"), encoding=f"{name}-le").count() == 2


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "gb18030"])
def test_a_byte_order_mark_is_no_part_of_a_name_in_a_given_encoding(
    open_csv: OpenCsv, encoding: str
) -> None:
    dataset = open_csv('\ufeff"te,xt",n\na,1\n'.encode(encoding), encoding=encoding)
    assert dataset.columns == ("te,xt", "n")
    assert dataset.preview(1)[0].fields == {"te,xt": "a", "n": "1"}
