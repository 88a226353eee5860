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


REVIEWS = {
    "ru": ("Отличный фильм, смотрел с удовольствием!", "Ужасно, потерянное время", "Сюжет скучный"),
    "uk": ("Чудовий фільм, дивився із задоволенням!", "Жахливо, змарнований час", "Їжа холодна"),
    "ja": ("素晴らしい映画でした。", "時間の無駄だった", "演技が弱くて退屈"),
    "zh": ("非常好看的电影,推荐给大家", "浪费时间", "演员的表演很差,剧情无聊"),
    "tw": ("非常好看的電影,推薦給大家", "浪費時間", "演員的表演很差,劇情無聊"),
    "ko": ("정말 훌륭한 영화였습니다", "시간 낭비였어요", "연기가 약하고 지루하다"),
    "pl": (
        "Świetny film, oglądałem z przyjemnością!",
        "Okropny, stracony czas",
        "Bardzo słaba gra",
    ),
    "fr": ("Très bon film, regardé avec plaisir !", "Affreux, du temps perdu", "Musique élégante"),
    "el": ("Υπέροχη ταινία, την είδα με ευχαρίστηση!", "Απαίσιο, χαμένος χρόνος", "Βαρετή ιστορία"),
    "tr": ("Harika film, zevkle izledim!", "Berbat, boşa giden zaman", "Çok beğendim, öneririm"),
    "ar": ("فيلم رائع شاهدته بسرور", "سيء جدا، وقت ضائع", "التمثيل ضعيف والقصة مملة"),
    "he": ("סרט נהדר, צפיתי בהנאה", "נורא, בזבוז זמן", "המשחק חלש והסיפור משעמם"),
    "th": ("หนังดีมาก ดูแล้วมีความสุข", "แย่มาก เสียเวลา", "เรื่องน่าเบื่อ"),
}


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("ru", "iso8859-5"), ("uk", "koi8-u"),
        ("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("zh", "gb18030"),
        ("zh", "gb2312"), ("tw", "big5"), ("ko", "euc_kr"), ("pl", "cp1250"), ("pl", "iso8859-2"),
        ("fr", "cp1252"), ("fr", "mac-roman"), ("el", "cp1253"), ("tr", "cp1254"),
        ("ar", "cp1256"), ("ar", "iso8859-6"), ("ru", "mac-cyrillic"),
        ("he", "cp1255"), ("th", "cp874"),
    ],
)  # fmt: skip
def test_an_encoding_is_told_by_the_letters_that_it_makes(
    open_csv: OpenCsv, language: str, encoding: str, rows: int
) -> None:
    texts = [REVIEWS[language][row % 3] for row in range(rows)]
    table = "id,text\n" + "".join(f'{row},"{text}"\n' for row, text in enumerate(texts))
    assert [row.content for row in open_csv(table.encode(encoding)).rows()] == texts


def test_too_few_letters_are_said_to_be_a_doubt(open_csv: OpenCsv) -> None:
    dataset = open_csv("id,text\n1,a naïve café\n".encode("cp1252"))
    assert [row.content for row in dataset.rows()] == ["a naïve café"]
    (doubt,) = [note for note in dataset.notes if "Too few letters" in note]
    assert "Windows-1252 was guessed, it may be " in doubt
    many = open_csv(("text\n" + "\n".join(REVIEWS["ja"]) * 9).encode("shift_jis"))
    assert not [note for note in many.notes if "letters" in note]


def test_letters_that_come_late_tell_the_encoding_too(open_csv: OpenCsv) -> None:
    plain = "1,a plain text in English\n" * 10_000
    table = f"id,text\n{plain}" + f'2,"{REVIEWS["ru"][0]}"\n' * 3
    *_, last = open_csv(table.encode("cp1251")).rows()
    assert last.content == REVIEWS["ru"][0]


def test_no_control_character_is_made_of_bytes(open_csv: OpenCsv) -> None:
    """Bytes that prove each guess wrong are a row's error, never another text."""
    good, bad = open_csv(b"id,text\n1,plain\n2,caf\xe9\x81\n").rows()
    assert good.content == "plain"
    assert bad.content is None
    assert "0x81" in str(bad.error)
    assert "Windows-1252" in str(bad.error)


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
