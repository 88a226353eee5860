"""Which encoding a text without a mark is in, by the letters that it makes of its bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

# What people still save texts in, by the names that Python has for them.
USUAL = (
    "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-6",
    "iso-8859-7", "iso-8859-9", "iso-8859-15", "koi8-r", "koi8-u", "cp437", "cp850", "cp852",
    "cp866", "cp874", "mac-roman", "mac-cyrillic", "shift_jis", "euc_jp", "gb18030", "big5",
    "euc_kr",
)  # fmt: skip
# The same with all that programs write under that name.
_WIDER = {
    "shift_jis": "cp932", "euc_jp": "euc_jis_2004", "big5": "big5hkscs", "euc_kr": "cp949"
}  # fmt: skip
_WESTERN = "cp1252"
_SURE = 0.1  # of chardet's confidence, which is no probability; below it guesses are often wrong
_APART = 0.98  # the runner-up's share of the best one's, above which the two are alike
_MOST_BYTES = 200_000  # that are looked at for a guess, as chardet does by itself
_MOST_OTHERS = 3
_SHIFTED = (b"\x1b$", b"\x1b(")  # begins Japanese or Korean letters written in 7 bits
_SEVEN_BITS = ("iso2022_jp_2", "iso2022_kr")


@dataclass(frozen=True)
class Guess:
    """An encoding that was guessed.

    Attributes:
        encoding: As Python names it.
        others: That may as well be the one; there are some where too few letters tell.
    """

    encoding: str
    others: tuple[str, ...] = ()


def guess_by_letters(sample: bytes, *, among: Sequence[str] = USUAL) -> Guess | None:
    """Guess the encoding of bytes that are no UTF-8, by how often letters follow each other.

    One that makes control characters, or characters that don't exist, of the bytes is none.

    Args:
        sample: The text's first bytes.
        among: Encodings that come into question.

    Returns:
        None where the sample is no text in any of them, or few odd bytes are in English.
    """
    from chardet import detect_all

    telling = sample
    if len(sample) > _MOST_BYTES:  # what is ASCII at its beginning tells nothing
        first = re.search(rb"[\x80-\xff]", sample)
        telling = sample[first.start() if first else 0 :][:_MOST_BYTES]
    asked = [_WIDER.get(one, one) for one in among]
    found = detect_all(
        telling, include_encodings=asked, compat_names=False, ignore_threshold=True,
        prefer_superset=False,
    )  # fmt: skip
    sure = {str(one["encoding"]): one["confidence"] for one in found if one["encoding"]}
    # The likeliest first; few of them are tried, as the sample may be millions of bytes.
    likely = iter(sorted(sure, key=lambda name: -sure[name]))
    best = next((name for name in likely if makes_text(sample, name)), None)
    if best is None:
        return None
    is_unsure = sure[best] < _SURE
    near = [name for name in sure if sure[name] >= _APART * sure[best]]
    latin = len(re.findall(rb"[A-Za-z]", telling)) > len(re.findall(rb"[\x80-\xff]", telling))
    by_default = is_unsure and latin
    chosen = best
    if _WESTERN in (sure if by_default else near) and makes_text(sample, _WESTERN):
        chosen = _WESTERN
    elif by_default:
        return None
    text = telling.decode(chosen, "ignore")
    others = (
        name
        for name in ([best, *likely] if is_unsure else near)
        if telling.decode(name, "ignore") != text and makes_text(sample, name)
    )
    return Guess(_called(chosen), tuple(map(_called, islice(others, _MOST_OTHERS))))


def _called(name: str) -> str:
    return re.sub(r"^cp(125[0-9])$", r"windows-\1", name)


def shifted_encoding(sample: bytes) -> str | None:
    """The encoding of Japanese or Korean in 7 bits, whose letters are ASCII's after an escape."""
    if not sample.isascii() or not any(mark in sample for mark in _SHIFTED):
        return None
    return next((one for one in _SEVEN_BITS if makes_text(sample, one)), None)


def makes_text(sample: bytes, encoding: str) -> bool:
    """Whether all bytes are characters of an encoding, none of them one that no text has."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(sample) - 3:
            return False  # more than a last character that was cut in two
        text = sample[: error.start].decode(encoding)
    odd = {letter for letter in set(text) if not letter.isascii()}
    return not any(unicodedata.category(letter) in ("Cc", "Cn", "Co") for letter in odd)
