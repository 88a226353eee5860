"""Languages by their codes: what they are called, and the letters they are written in."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import name

LATIN, CYRILLIC, ARABIC, HEBREW, GREEK = "Latin", "Cyrillic", "Arabic", "Hebrew", "Greek"
# Those that people write in most: among more of them short texts are often taken for a rare one.
LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "af": ("Afrikaans", (LATIN,)),
    "ar": ("Arabic", (ARABIC,)),
    "be": ("Belarusian", (CYRILLIC,)),
    "bg": ("Bulgarian", (CYRILLIC,)),
    "bn": ("Bengali", ("Bengali",)),
    "ca": ("Catalan", (LATIN,)),
    "cs": ("Czech", (LATIN,)),
    "da": ("Danish", (LATIN,)),
    "de": ("German", (LATIN,)),
    "el": ("Greek", (GREEK,)),
    "en": ("English", (LATIN,)),
    "es": ("Spanish", (LATIN,)),
    "et": ("Estonian", (LATIN,)),
    "fa": ("Persian", (ARABIC,)),
    "fi": ("Finnish", (LATIN,)),
    "fr": ("French", (LATIN,)),
    "gu": ("Gujarati", ("Gujarati",)),
    "he": ("Hebrew", (HEBREW,)),
    "hi": ("Hindi", ("Devanagari",)),
    "hr": ("Croatian", (LATIN,)),
    "hu": ("Hungarian", (LATIN,)),
    "hy": ("Armenian", ("Armenian",)),
    "id": ("Indonesian", (LATIN,)),
    "is": ("Icelandic", (LATIN,)),
    "it": ("Italian", (LATIN,)),
    "ja": ("Japanese", ("Hiragana", "Katakana", "Cjk")),
    "ka": ("Georgian", ("Georgian",)),
    "kk": ("Kazakh", (CYRILLIC,)),
    "kn": ("Kannada", ("Kannada",)),
    "ko": ("Korean", ("Hangul",)),
    "lt": ("Lithuanian", (LATIN,)),
    "lv": ("Latvian", (LATIN,)),
    "mk": ("Macedonian", (CYRILLIC,)),
    "ml": ("Malayalam", ("Malayalam",)),
    "mr": ("Marathi", ("Devanagari",)),
    "ms": ("Malay", (LATIN,)),
    "nl": ("Dutch", (LATIN,)),
    "no": ("Norwegian", (LATIN,)),
    "pa": ("Punjabi", ("Gurmukhi",)),
    "pl": ("Polish", (LATIN,)),
    "pt": ("Portuguese", (LATIN,)),
    "ro": ("Romanian", (LATIN,)),
    "ru": ("Russian", (CYRILLIC,)),
    "sk": ("Slovak", (LATIN,)),
    "sl": ("Slovenian", (LATIN,)),
    "sq": ("Albanian", (LATIN,)),
    "sr": ("Serbian", (CYRILLIC, LATIN)),
    "sv": ("Swedish", (LATIN,)),
    "sw": ("Swahili", (LATIN,)),
    "ta": ("Tamil", ("Tamil",)),
    "te": ("Telugu", ("Telugu",)),
    "th": ("Thai", ("Thai",)),
    "tl": ("Tagalog", (LATIN,)),
    "tr": ("Turkish", (LATIN,)),
    "uk": ("Ukrainian", (CYRILLIC,)),
    "ur": ("Urdu", (ARABIC,)),
    "vi": ("Vietnamese", (LATIN,)),
    "zh": ("Chinese", ("Cjk",)),
}


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str:
    """The script of a letter: ``Latin``, ``Cyrillic``; empty where Unicode has no name for it."""
    first = name(letter, "").partition(" ")[0]
    return first.capitalize()


def in_words(codes: tuple[str, ...]) -> str:
    """Languages as people call them: ``English, German``."""
    return ", ".join(LANGUAGES[code][0] if code in LANGUAGES else code for code in codes)
