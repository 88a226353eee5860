"""Bytes to text: which encoding a file is in, and which of its bytes don't fit it."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import TextIO

from golems.datasets.contract import Doubt
from golems.datasets.encoding_guess import USUAL, Guess, guess_by_letters, shifted_encoding
from golems.datasets.packed import UNREADABLE, open_bytes, unreadable
from golems.errors import BadInput

# The longer mark first: that of UTF-32-LE begins with that of UTF-16-LE.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED = re.compile("[\udc00-\udcff]")
_KEEP_BAD_BYTES = "golems-keep-bad-bytes"

_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF89a", "a GIF picture"),
    (b"GIF87a", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF-", "a PDF"),
    (b"PAR1\x15", "a Parquet file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"SQLite format 3\0", "an SQLite database"),
)
_ODD_CONTROLS = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f"))


def _keep_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    # "surrogateescape" refuses bytes below 0x80, which UTF-16 and some Asian encodings can trip on.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error(_KEEP_BAD_BYTES, _keep_bad_bytes)


def check_encoding(encoding: str) -> str:
    """Return the encoding to read with for a name that a person gave.

    Raises:
        BadInput: No text encoding has this name.
    """
    try:
        b"a,b".decode(encoding, _KEEP_BAD_BYTES)
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise BadInput(
            f"There is no text encoding {encoding!r}; "
            f"usual ones are utf-8, utf-16, {', '.join(USUAL)}."
        ) from error
    return "utf-8-sig" if name == "utf-8" else name


def refuse_without_mark(sample: bytes, encoding: str, name: str) -> None:
    """Refuse a text in an encoding whose byte order only a mark tells, if there is none.

    Args:
        sample: The text's first bytes.
        encoding: As ``check_encoding`` returns it.
        name: The file's name, for the message.

    Raises:
        BadInput: There is no mark.
    """
    marks = tuple(mark for mark, marked in _BYTE_ORDER_MARKS if marked == encoding)
    if encoding in ("utf-16", "utf-32") and sample and not sample.startswith(marks):
        raise BadInput(
            f"{name} has no byte order mark, so {encoding} alone does not tell how to read it; "
            f"choose encoding: {encoding}-le or {encoding}-be."
        )


def guess_encoding(sample: bytes, *, whole: bool) -> Guess:
    """Guess the encoding of a text.

    A byte order mark decides. Without one it is UTF-8 if that explains more of the non-ASCII bytes
    than it leaves over: one stray byte doesn't turn a UTF-8 file into mojibake. Else the letters
    decide; bytes that no usual encoding makes text of are left over in Windows-1252.

    Args:
        sample: The text's first bytes.
        whole: Whether the sample is all of it; if not, its last character may be cut in two.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return Guess(encoding)
    if (shifted := shifted_encoding(sample)) is not None:
        return Guess(shifted)
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample, final=whole)
    bad = len(_ESCAPED.findall(text))
    good = len(re.findall(r"[^\x00-\x7f]", text)) - bad
    if bad == 0 or good > bad:
        return Guess("utf-8")
    return guess_by_letters(sample) or Guess("windows-1252")


def decode_sample(sample: bytes, encoding: str, *, whole: bool) -> str:
    """Decode a text's first bytes as ``open_text`` would."""
    decoder = codecs.getincrementaldecoder(encoding)(_KEEP_BAD_BYTES)
    return decoder.decode(sample, final=whole).removeprefix("\ufeff")


def open_text(path: Path, encoding: str, newline: str = "") -> TextIO:
    """Open a text file; line ends stay as they are, and bytes that don't fit can be told later.

    A byte order mark is no part of the text, whatever the encoding.

    Raises:
        BadInput: The file can't be opened or unpacked.
    """
    text = io.TextIOWrapper(open_bytes(path), encoding, errors=_KEEP_BAD_BYTES, newline=newline)
    try:
        if text.read(1) != "\ufeff":
            text.seek(0)
    except UNREADABLE as error:
        text.close()
        raise unreadable(path, error) from error
    return text


def bad_bytes(text: str) -> bytes:
    """Return the bytes in a decoded text that didn't fit its encoding, in their order."""
    if text.isascii():
        return b""
    return bytes(ord(char) - 0xDC00 for char in _ESCAPED.findall(text))


def is_encodable(text: str) -> bool:
    """Whether a text can be written as UTF-8, thus has no bytes that didn't fit its encoding."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def without_bad_bytes(text: str) -> str:
    """Put U+FFFD where a byte didn't fit, so that the text can be written again."""
    return text if text.isascii() else _ESCAPED.sub("\ufffd", text)


def describe_encoding(encoding: str) -> str:
    """Name an encoding as people write it."""
    return (
        encoding.removesuffix("-sig")
        .upper()
        .replace("WINDOWS", "Windows")
        .replace("ISO8859", "ISO-8859")
    )


def describe_doubt(guess: Guess) -> tuple[str, ...]:
    """What to say of a guess that other encodings are nearly as likely as; nothing of others."""
    if not guess.others:
        return ()
    guessed, *others = map(describe_encoding, (guess.encoding, *guess.others))
    said = (
        f"Too few letters tell the encoding: {guessed} was guessed, it may be "
        f"{' or '.join(others)}. Look at the texts, and choose the encoding if they are wrong."
    )
    return (Doubt(said),)


def refuse_binary(sample: bytes, name: str, *, nuls_expected: bool, delimiter: str = "") -> None:
    """Refuse a file that is no text.

    Args:
        sample: Its first bytes.
        name: Its name, for the message.
        nuls_expected: Whether its encoding is known to be one that may have control bytes.
        delimiter: A character that was asked for, so that it doesn't count.

    Raises:
        BadInput: It has the signature of another kind of file, or too many control characters.
    """
    for signature, what in _SIGNATURES:
        if sample.startswith(signature):
            raise BadInput(f"{name} is not a CSV but {what}; save the table as CSV (UTF-8).")
    if nuls_expected:
        return
    sample = sample.translate(None, delimiter.encode("utf-8", "replace"))
    controls = len(sample) - len(sample.translate(None, _ODD_CONTROLS))
    nuls = sample.count(0)
    if controls > max(8, len(sample) * 0.05) or nuls > max(8, len(sample) * 0.3):
        raise BadInput(
            f"{name} is not a text file: {controls + nuls:,} of its first {len(sample):,} bytes "
            "are control characters. Save the table as CSV (UTF-8); if it is text in UTF-16 "
            "without a byte order mark, choose encoding: utf-16-le."
        )
