"""A file of text: its encoding, its beginning, and a way to open it from the start."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from golems.datasets import text_encoding
from golems.datasets.packed import UNREADABLE, open_bytes, unreadable

_SAMPLE_BYTES = 4 * 1024 * 1024


class TextSource:
    """A text file, packed with gzip or not, with its encoding settled.

    Attributes:
        encoding: Encoding it is read with, as Python names it.
        encoding_name: The same in words.
        sample: Its first few million characters.
        whole: Whether the sample is all of it.
        notes: What to say of a doubtful guess.
    """

    def __init__(
        self, path: Path, name: str, encoding: str | None, *, delimiter: str | None = None
    ) -> None:
        """Look at a file's beginning.

        Args:
            path: An existing file.
            name: What messages call it.
            encoding: Any that Python knows; guessed when None.
            delimiter: A character that was asked for, which may be an odd one.

        Raises:
            BadInput: It can't be read or is no text, or there is no such encoding, or one that
                needs a mark to begin with.
        """
        self._path = path
        try:
            with open_bytes(path) as file:
                data, self.whole = file.read(_SAMPLE_BYTES), not file.read(1)
        except UNREADABLE as error:
            raise unreadable(path, error) from error
        self.notes: tuple[str, ...] = ()
        if encoding is not None:
            self.encoding = text_encoding.check_encoding(encoding)
            text_encoding.refuse_binary(data, name, nuls_expected=True)
            text_encoding.refuse_without_mark(data, self.encoding, name)
        else:
            guess = text_encoding.guess_encoding(data, whole=self.whole)
            self.encoding, self.notes = guess.encoding, text_encoding.describe_doubt(guess)
            wide = self.encoding in ("utf-16", "utf-32")
            text_encoding.refuse_binary(data, name, nuls_expected=wide, delimiter=delimiter or "")
        self.encoding_name = text_encoding.describe_encoding(self.encoding)
        self.sample = text_encoding.decode_sample(data, self.encoding, whole=self.whole)

    def open(self, newline: str = "") -> TextIO:
        """Open the text from its start; line ends stay as they are.

        Args:
            newline: What ends a line; '' for all of CR, LF and CRLF.

        Raises:
            BadInput: The file can't be opened.
        """
        return text_encoding.open_text(self._path, self.encoding, newline)

    def forget_sample(self) -> None:
        """Free the memory of the sample, once the file's layout is settled."""
        self.sample = ""
