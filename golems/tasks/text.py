"""What every task on texts asks of a row."""

from __future__ import annotations

from unicodedata import category

from golems.errors import BadRow

INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # Unicode's control and format characters, spaces


def checked_text(content: str | bytes) -> str:
    """The text of a row.

    Raises:
        BadRow: It is a picture, empty, blank, or holds half a character.
    """
    if not isinstance(content, str):
        raise BadRow("This is not a text; this golem reads texts.")
    if not content:
        raise BadRow("The text is empty.")
    if all(category(character) in INVISIBLE for character in content):
        raise BadRow("The text is blank: it holds only spaces or invisible characters.")
    try:
        content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRow(
            f"Character {error.start + 1} of the text is not valid Unicode (half a surrogate pair)."
        ) from error
    return content
