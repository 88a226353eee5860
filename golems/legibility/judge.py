"""Whether a checkpoint can read a text: its letters, whether it holds words, and its language.

Nothing here knows a model: how many tokens are unknown, the task says.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any
from unicodedata import category

from golems.legibility.code import is_code
from golems.legibility.languages import LANGUAGES, in_words, script_of
from golems.words import counted

LOOKED_AT = 400  # characters, so that long texts take no longer than short ones
LANGUAGE_AT = 200  # enough to tell a language by
# By how much a text must be likelier in another language, as the logarithm of the odds. Of 20,000
# English snippets 1 in 500 is past it ("hahaha"), of sentences in other languages nearly all.
MARGIN = 7.0
LETTERS = 12  # fewer of them, in letters that several languages share, don't tell which one it is
MOST_UNKNOWN = 0.5
NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|[@#]\w+|<[^<>]{1,40}>|&\w+;")
WORD = re.compile(r"\b[A-Za-z][a-z']*\b")  # not SELECT, FROM, WHERE
# Written alike in many languages, and often taken for Tagalog.
LAUGHTER = re.compile(
    r"\b(?:\w*(?:ha|he|ah){2,}\w*|h[ae]+h?|l+o+l+|y+a+y+|lmf?ao|omg|wtf|blah)\b", re.I
)
# Words that make a text English, and that other languages in Latin letters don't have.
ENGLISH = frozenset(
    """
    the and this that these those with you your not they their have has had are were been would
    could should it its it's i'm don't didn't doesn't isn't wasn't can't won't i've which what who
    when where why how there here from but by because about than then just very my we our he she
    his her be do does did get got will if all out up so as one only to is of even much most more
    some never too over into after off well made make makes movie film film's movie's comedy story
    product quality works feels great good bad funny love like
    """.split()  # noqa: SIM905
)
ENOUGH, SHARE = 2, 0.25  # different ones of them, and of all words


def note_on(
    text: str,
    languages: tuple[str, ...],
    *,
    tokens: int = 0,
    unknown: int = 0,
    sentences: bool = True,
) -> str | None:
    """Why a checkpoint can hardly read a text; None where it can, or where nobody knows.

    Args:
        languages: Codes of those that it reads; empty: several, or nobody knows.
        tokens: Of the text, without special ones; ``unknown``: those that stand for what the
            model has no token for.
        sentences: Whether it reads nothing but sentences; else also code, numbers and signs.
    """
    why = why_not_language(text, languages, sentences) if languages else None
    if why is None and unknown > MOST_UNKNOWN * tokens:
        return f"{unknown:,} of {counted(tokens, 'token')} unknown"
    return why


def why_not_language(text: str, languages: tuple[str, ...], sentences: bool) -> str | None:
    """Why a text isn't one in these languages; None where it may be, or where nobody knows."""
    if not all(code in LANGUAGES for code in languages):
        return None
    start = NOT_WORDS.sub(" ", text[: 2 * LOOKED_AT])[:LOOKED_AT]
    scripts = {script for code in languages for script in LANGUAGES[code][1]}
    own, foreign, digits = letters(start, scripts)
    if foreign.total() > own:
        return f"written in {foreign_words(start, foreign)}, which this checkpoint doesn't read"
    if 3 * own < digits or not own:
        return "hardly any words in it, which this checkpoint reads" if sentences else None
    if "en" in languages and is_english(start):
        return None
    if is_code(text):
        return "code or data, it seems, and this checkpoint reads sentences" if sentences else None
    found = other_language(start, languages)
    if found is None:
        return None
    return f"written in {in_words((found,))}, it seems, which this checkpoint doesn't read"


def letters(text: str, scripts: set[str]) -> tuple[int, Counter[str], int]:
    """Letters of these scripts, those of others by script, and digits.

    What Unicode has given no meaning counts as a letter of the script ``""``.
    """
    own = digits = 0
    foreign: Counter[str] = Counter()
    if text.isascii() and "Latin" in scripts:
        return sum(map(str.isalpha, text)), foreign, sum(map(str.isdigit, text))
    for one in text:
        if one.isalpha():
            script = script_of(one)
            if script in scripts:
                own += 1
            else:
                foreign[script] += 1
        elif one.isdigit():
            digits += 1
        elif not one.isascii() and category(one) in {"Cn", "Co", "Mn", "Mc"}:
            script = script_of(one) if category(one)[0] == "M" else ""
            # Marks belong to the letters before them, as Hindi's vowels; accents are of no script.
            if script not in {*scripts, "Combining", "Variation"}:
                foreign[script] += 1
    return own, foreign, digits


def foreign_words(text: str, foreign: Counter[str]) -> str:
    """What a text is written in, by letters that the checkpoint doesn't read."""
    (script, most), total = foreign.most_common(1)[0], foreign.total()
    east = {"Hiragana", "Katakana", "Cjk"}
    if sum(foreign[one] for one in east) > total / 2:
        kana = foreign["Hiragana"] + foreign["Katakana"]
        return "Japanese" if kana else "Chinese"
    if most < 0.7 * total or not script:
        return "letters of several scripts, or none"
    its_own = [code for code, (_, scripts) in LANGUAGES.items() if script in scripts]
    if len(its_own) == 1:
        return in_words((its_own[0],))
    if its_own and total >= LETTERS:
        return in_words((best_of(text, tuple(its_own)),))
    return f"{script} letters"


def is_english(text: str) -> bool:
    """Whether the commonest words of English are in a text; quicker than looking closer."""
    words = WORD.findall(text.replace("’", "'"))
    found = [word for word in map(str.lower, words) if word in ENGLISH]
    return len(set(found)) >= ENOUGH and len(found) >= SHARE * len(words)


def other_language(text: str, languages: tuple[str, ...]) -> str | None:
    """The language that a text is in by far more likely than in one of these; None without one."""
    if set(candidates(languages)) == set(languages):
        return None
    scores = dict(identifier(candidates(languages)).rank(LAUGHTER.sub(" ", text[:LANGUAGE_AT])))
    others = [code for code in scores if code not in languages]
    best = max(others, key=lambda code: scores[code])
    own = max(scores[code] for code in languages)
    return best if scores[best] - own > MARGIN else None


@cache
def candidates(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Languages that share letters with these, and these."""
    scripts = {script for code in languages for script in LANGUAGES[code][1]}
    return tuple(code for code, (_, own) in LANGUAGES.items() if scripts & {*own})


def best_of(text: str, codes: tuple[str, ...]) -> str:
    """The likeliest of some languages."""
    return str(identifier(codes).classify(text)[0])


@cache
def identifier(codes: tuple[str, ...]) -> Any:
    """What tells these languages apart; the first one takes a moment to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages([*codes])
    return found
