"""What every task on texts asks of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from golems.errors import BadRow

INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # Unicode's control and format characters, spaces


def is_blank(text: str) -> bool:
    """Whether a text holds nothing, or only spaces and invisible characters."""
    # Most texts begin with a letter or digit, which says enough.
    return not text[:1].isalnum() and all(category(one) in INVISIBLE for one in text)


def checked_text(content: str | bytes) -> str:
    """The text of a row.

    Raises:
        BadRow: It is a picture, empty, blank, or holds half a character.
    """
    if not isinstance(content, str):
        raise BadRow("This is not a text; this golem reads texts.")
    if not content:
        raise BadRow("The text is empty.")
    if is_blank(content):
        raise BadRow("The text is blank: it holds only spaces or invisible characters.")
    try:
        if not content.isascii():
            content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRow(
            f"Character {error.start + 1} of the text is not valid Unicode (half a surrogate pair)."
        ) from error
    return content


def token_counts(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    """Tokens of each text, special ones included and nothing cut off; fast ones count together."""
    if not texts:
        return []
    if not tokenizer.is_fast:
        return [len(tokenizer(text, verbose=False)["input_ids"]) for text in texts]
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    found = tokenizer.backend_tokenizer.encode_batch_fast(list(texts))
    return [len(encoding) for encoding in found]
