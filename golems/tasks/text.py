"""What every task on texts asks of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from golems.errors import BadRow
from golems.legibility import note_on
from golems.words import counted

INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # Unicode's control and format characters, spaces
UNREADABLE = "The text holds nothing that the model can read."
WORD_START = "▁"  # SentencePiece's, which before an unknown character stands alone


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


def legible(
    text: str,
    ids: Sequence[int],
    tokenizer: Any,
    languages: tuple[str, ...],
    *,
    sentences: bool = True,
) -> str | None:
    """Why the model can hardly read a text; None where it can, or where nobody knows.

    Args:
        ids: All its tokens, special ones included.
        languages: Codes of those that the model reads.
        sentences: Whether it reads nothing but sentences.

    Raises:
        BadRow: It reads no token of it.
    """
    if not ids:
        raise BadRow(UNREADABLE)
    # Tokenizers of bytes know every text, and name their end of a text where one is asked for.
    unknown_id = tokenizer.unk_token_id
    ends = {tokenizer.eos_token_id, tokenizer.bos_token_id}
    unknown = 0 if unknown_id is None or unknown_id in ends else ids.count(unknown_id)
    if not unknown:
        return note_on(text, languages, sentences=sentences)
    tokens = len(ids) - tokenizer.num_special_tokens_to_add()
    blank_id = tokenizer.convert_tokens_to_ids(WORD_START)
    if blank_id not in (None, unknown_id):
        tokens -= ids.count(blank_id)
    if unknown >= tokens:
        raise BadRow(
            f"The model can't read any of this text: {unknown:,} of {counted(unknown, 'token')} "
            "unknown."
        )
    return note_on(text, languages, tokens=tokens, unknown=unknown, sentences=sentences)


def tokens_of(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Tokens of each text, special ones included and nothing cut off; fast ones go together."""
    if not texts:
        return []
    if not tokenizer.is_fast:
        return [tokenizer(text, verbose=False)["input_ids"] for text in texts]
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    found = tokenizer.backend_tokenizer.encode_batch_fast(list(texts))
    return [encoding.ids for encoding in found]
