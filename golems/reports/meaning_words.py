"""Words of several languages that say of a row that it is positive, negative, neither, or nothing.

All are folded: small letters, one blank between words.
"""

from __future__ import annotations

POSITIVE = frozenset(
    {
        "positive", "positively", "pos", "p", "+", "true", "t", "yes", "y", "good", "like", "liked",
        "thumbs up", "👍", "recommended",
        "positiv", "wahr", "ja", "j", "gut",
        "positif", "positivo", "positiva", "vrai", "oui", "verdadero", "verdadeiro", "vero",
        "sí", "si", "sì", "sim",
        "позитивный", "позитивная", "позитивно", "позитив", "положительный", "положительная",
        "положительно", "истина", "правда", "да",
        "позитивний", "так", "tak", "pozytywny", "pozitivní", "olumlu", "evet",
        "积极", "正面", "正向", "是", "好评",
        "ポジティブ", "肯定的", "はい", "긍정", "긍정적", "예",
        "إيجابي", "نعم", "सकारात्मक", "हाँ",
    }
)  # fmt: skip
NEGATIVE = frozenset(
    {
        "negative", "negatively", "neg", "n", "-", "false", "f", "no", "bad", "dislike", "disliked",
        "thumbs down", "👎", "not recommended",
        "negativ", "falsch", "nein", "schlecht",
        "négatif", "negatif", "négative", "negativo", "negativa", "faux", "non", "falso",
        "não", "nao",
        "негативный", "негативная", "негативно", "негатив", "отрицательный", "отрицательная",
        "отрицательно", "ложь", "нет",
        "негативний", "ні", "nie", "negatywny", "negativní", "olumsuz", "hayır",
        "消极", "负面", "负向", "否", "差评",
        "ネガティブ", "否定的", "いいえ", "부정", "부정적", "아니요",
        "سلبي", "لا", "नकारात्मक", "नहीं",
    }
)  # fmt: skip
NEUTRAL = frozenset(
    {
        "neutral", "neu", "neutre", "neutro", "neutra", "нейтральный", "нейтральная", "нейтрально",
        "neutralny", "neutrální", "nötr", "中性", "中立", "ニュートラル", "중립", "محايد", "तटस्थ",
    }
)  # fmt: skip
MISSING = frozenset(
    {
        "na", "n/a", "#n/a", "<na>", "nan", "null", "nil", "none", "?", "--", "—", "–", "missing",
        "unknown", "unlabeled", "unlabelled", "not labeled", "n.a.", "\\n",
        "k. a.", "нет данных", "неизвестно",
    }
)  # fmt: skip
