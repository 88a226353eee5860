"""A table of reviews, clean or with one row in a hundred that can't be read as it should."""

from __future__ import annotations

import random

WORDS = (
    "golem", "film", "joy", "plot", "soup", "lamp", "tower", "bell", "road", "hero", "rain", "book",
    "good", "bad", "slow", "hot", "old",
)  # fmt: skip


def clean_texts(rows: int) -> list[str]:
    """Texts of 1 to 30 words, the same ones every time."""
    dice = random.Random(5)
    return [" ".join(dice.choices(WORDS, k=dice.randrange(1, 31))) for _ in range(rows)]


# What a bad row looks like in the file, and whether it can be predicted all the same.
POISON: list[tuple[str, bytes, bool]] = [
    ("empty", b"", False),
    ("blank", b'"  \t "', False),
    ("only a NUL", b"\0", False),
    ("a NUL inside", b"good\0film", True),
    ("20,000 words", b"golem " * 20_000, True),
    ("1 MB", b"good " + b"x" * 10**6, True),
    ("emoji", "good 🙂🧱👩‍👩‍👧".encode(), True),
    ("right to left", "good סרט טוב מאוד".encode(), True),
    ("unknown tokens alone", "🙂🧱".encode(), False),
    ("too many cells", b"good,film,indeed", False),
    ("invalid bytes", b"good \xff\xfe film", False),
    ("quotes and lines", b'"two\r\nlines, ""quoted"""', True),
]


def reviews_csv(rows: int, *, poisoned: bool) -> tuple[bytes, dict[int, tuple[str, bool]]]:
    """The file, and place -> (kind, whether it can be predicted) of its poisoned rows."""
    texts = [text.encode() for text in clean_texts(rows)]
    places: dict[int, tuple[str, bool]] = {}
    if poisoned:
        for number, place in enumerate(range(50, rows, 100)):
            kind, cell, fine = POISON[number % len(POISON)]
            texts[place], places[place] = cell, (kind, fine)
    head = "id,review\n0,good Grüße\n".encode()  # marks the file as UTF-8
    return head + b"".join(b"%d,%s\n" % (n, text) for n, text in enumerate(texts, 1)), {
        place + 1: what for place, what in places.items()
    }
