"""Names of an archive's members, where the archive doesn't say how they are encoded."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Sequence
from posixpath import splitext
from zipfile import ZipInfo

from golems.datasets.encoding_guess import guess_by_letters

STANDARD = "cp437"  # of a ZIP's names, and how Python reads them
# What the programs of one country or another write instead.
LATIN = ("cp1252", "cp850", "cp852")
PAGES = (*LATIN, "cp866", "cp1251", "cp932", "gb18030", "big5", "euc_kr")
_UTF_8, _UNICODE_PATH = 0x800, 0x7075
_ENOUGH = 2000  # names that a guess looks at
_MOST_ACCENTS = 0.5  # of a word's letters


def zip_names(members: Sequence[ZipInfo]) -> tuple[list[str], str | None]:
    """Read the names of a ZIP's members, whatever program wrote it.

    Returns:
        The names, and what was guessed, in a sentence.
    """
    names = [_said(member) for member in members]
    open_ones = [place for place, name in enumerate(names) if name is None]
    raw = [members[place].orig_filename.partition("\0")[0] for place in open_ones]
    found, note = read_names([name.encode(STANDARD) for name in raw])
    read = dict(zip(open_ones, found, strict=True))
    return [read[place] if name is None else name for place, name in enumerate(names)], note


def tar_names(names: Sequence[str]) -> tuple[list[str], str | None]:
    """Read the names of a tar's members again where they aren't UTF-8.

    Args:
        names: As tarfile has them, with what it couldn't decode as lone surrogates.

    Returns:
        The names, and what was guessed, in a sentence.
    """
    return read_names([name.encode("utf-8", "surrogateescape") for name in names])


def read_names(raw: Sequence[bytes]) -> tuple[list[str], str | None]:
    """Read names that may be in any encoding, all of them in the same one.

    Returns:
        The names: as UTF-8 where all are valid in it, as most programs write; else in the code page
        that makes words of them; else in that of the standard. And what was guessed.
    """
    try:
        return [name.decode("utf-8") for name in raw], None
    except UnicodeDecodeError:
        encoding = _guess([name for name in raw if not name.isascii()])
    note = f"The names in the archive don't say how they are encoded; they were read as {encoding}."
    return [name.decode(encoding) for name in raw], note


def _said(member: ZipInfo) -> str | None:
    """The name of a member that says how it is encoded, by its flag or in a field of its own."""
    if member.flag_bits & _UTF_8:
        return member.filename
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5:
            version, check = struct.unpack_from("<BL", field)
            # The field is of an older name where somebody has changed the other one since.
            if version == 1 and check == zlib.crc32(member.orig_filename.encode(STANDARD)):
                return field[5:].decode("utf-8", "replace")
    return None


def _guess(raw: Sequence[bytes]) -> str:
    if all(_is_word(name.decode(STANDARD)) for name in raw):
        return STANDARD
    some = list(dict.fromkeys(raw))[:_ENOUGH]
    latin = [page for page in LATIN if all(_is_word(name.decode(page, "replace")) for name in some)]
    found = guess_by_letters(b"\n".join(some), among=latin or PAGES)
    likely = found.encoding if found else [*latin, STANDARD][0]
    return likely if _is_text(raw, likely) else STANDARD


def _is_word(name: str) -> bool:
    """Whether a name is of Latin letters, few of them with accents, none of them out of place."""
    letters = [letter for letter in splitext(name)[0] if letter.isalpha()]
    accents = [letter for letter in name if not letter.isascii()]
    return (
        all("LATIN" in unicodedata.name(letter, "") for letter in accents)
        and len(accents) <= _MOST_ACCENTS * len(letters)
        and not any(
            pair[0].islower() and pair[1].isupper()
            for pair in re.findall(r"(?=([^\W\d_]{2}))", name)
            if not pair.isascii()
        )
    )


def _is_text(raw: Sequence[bytes], encoding: str) -> bool:
    try:
        text = "".join(name.decode(encoding) for name in raw)
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(letter) in ("Cc", "Cn", "Co") for letter in text)
