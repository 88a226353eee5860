"""Texts in many languages, letters and signs: which of them an English checkpoint can read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from golems.legibility import note_on

ENGLISH = ("en",)
DATA = Path(__file__).resolve().parents[2] / "data"
FOREIGN = {
    "de": [
        "Sehr schlecht.",
        "Nie wieder!",
        "Der Akku war nach zwei Tagen kaputt und niemand hat geantwortet.",
        "Ein wunderbarer, warmherziger Film.",
        "Ich bin sehr zufrieden mit dem Kauf.",
    ],
    "fr": [
        "Très mauvais.",
        "Je recommande vivement.",
        "La batterie est morte au bout de deux jours.",
        "Un film magnifique et touchant.",
        "Le service client ne répond jamais.",
    ],
    "es": [
        "No lo compren nunca.",
        "La batería se murió a los dos días y nadie contestó.",
        "Una película preciosa y divertida.",
        "Estoy muy contento con la compra.",
    ],
    "it": [
        "Molto brutto.",
        "Non lo comprerei mai più.",
        "La batteria è morta dopo due giorni.",
        "Un film bellissimo e commovente.",
        "Il servizio clienti non risponde mai.",
    ],
    "pt": [
        "Muito ruim.",
        "Não recomendo a ninguém.",
        "A bateria morreu depois de dois dias.",
        "Um filme lindo e divertido.",
        "Estou muito satisfeito com a compra.",
    ],
    "nl": [
        "Heel slecht.",
        "Nooit meer kopen!",
        "De batterij was na twee dagen leeg en niemand antwoordde.",
        "Een prachtige en ontroerende film.",
        "Ik ben erg tevreden met mijn aankoop.",
    ],
    "sv": [
        "Mycket dåligt.",
        "Jag är väldigt nöjd med köpet.",
        "Batteriet dog efter två dagar och ingen svarade.",
        "En underbar och rolig film.",
    ],
    "da": [
        "Meget dårligt.",
        "Jeg er meget tilfreds med købet.",
        "Batteriet døde efter to dage, og ingen svarede.",
        "En vidunderlig og sjov film.",
    ],
    "fi": [
        "Todella huono.",
        "Olen erittäin tyytyväinen ostokseen.",
        "Akku kuoli kahden päivän jälkeen.",
        "Upea ja hauska elokuva.",
    ],
    "pl": [
        "Bardzo złe.",
        "Nigdy więcej tego nie kupię.",
        "Bateria padła po dwóch dniach i nikt nie odpowiedział.",
        "Piękny i zabawny film.",
    ],
    "cs": [
        "Velmi špatné.",
        "Už nikdy to nekoupím.",
        "Baterie vydržela jen dva dny.",
        "Krásný a vtipný film.",
    ],
    "hu": [
        "Nagyon rossz.",
        "Soha többé nem veszem meg.",
        "Az akkumulátor két nap után lemerült.",
        "Gyönyörű és vicces film.",
    ],
    "ro": [
        "Foarte prost.",
        "Nu mai cumpăr niciodată.",
        "Bateria a murit după două zile.",
        "Un film minunat și amuzant.",
    ],
    "tr": [
        "Çok kötü.",
        "Bir daha asla almam.",
        "Pil iki gün sonra bitti ve kimse cevap vermedi.",
        "Harika ve komik bir film.",
    ],
    "id": [
        "Sangat buruk.",
        "Saya tidak akan membeli lagi.",
        "Baterainya mati setelah dua hari.",
        "Film yang indah dan lucu.",
    ],
    "vi": [
        "Rất tệ.",
        "Tôi sẽ không bao giờ mua nữa.",
        "Pin hỏng sau hai ngày.",
        "Một bộ phim tuyệt vời.",
    ],
    "ru": ["Ужасно.", "Отвратительный фильм, пустая трата времени.", "Очень доволен покупкой."],
    "uk": ["Дуже погано.", "Чудовий фільм, раджу всім."],
    "el": ["Πολύ κακό.", "Υπέροχη ταινία."],
    "he": ["גרוע מאוד.", "סרט נפלא ומצחיק."],
    "ar": ["سيء جدا.", "فيلم رائع ومضحك."],
    "hi": ["बहुत बुरा।", "यह फिल्म बहुत अच्छी है।"],
    "th": ["แย่มาก", "หนังเรื่องนี้ดีมาก"],
    "zh": ["很差。", "这部电影太好看了，强烈推荐。"],
    "ja": ["最悪。", "とても面白い映画でした。"],
    "ko": ["최악이에요.", "정말 재미있는 영화였습니다."],
}
NO_WORDS = [
    "12345",
    "3.14159",
    "2024-01-05",
    "+49 30 1234567",
    "$1,299.00",
    "42",
    "4/5",
    "1,2,3,4",
    "😡👎👎",
    "👍",
    "🎉🎉🎉",
    "!!!",
    "...",
    ":)",
    "???",
    "550e8400-e29b-41d4-a716-446655440000",
    "https://example.com/a/b",
    "ꙮ꙰ 𓀀𓀁 ⰀⰁ",
    "\U000e0041\ue000\ue001",
    "аб漢字한ก",
    "٣٤٥",
    "一二三",
    "½ ¾",
    "∑∏∫",
    "→→→",
    "♥♥♥",
    "a@b.com",
    "0x1F",
    "192.168.0.1",
    "xqzvkj wpqlmz kjhgfd",
    "asdfghjkl qwrtzp",
]
CODE = [
    "def f(x):\n    return x + 1",
    "for (int i = 0; i < n; i++) { sum += a[i]; }",
    "SELECT name FROM users WHERE id = 5;",
    '{"a": 1, "b": [2, 3]}',
    '<div class="x"><span>hi</span></div>',
    "import numpy as np",
    "from os import path",
    "git commit -m 'fix'",
    "sudo apt-get install vim",
    "console.log('hello');",
    "print('hello world')",
    "x = [i for i in range(10)]",
    "const a = b => b * 2;",
    "body { color: red; margin: 0 }",
    "#include <stdio.h>\nint main() { return 0; }",
    "if (a == b) return;",
    "public static void main(String[] args) {",
    '<?xml version="1.0"?><a><b>1</b></a>',
    "grep -r foo . | wc -l",
    "e3b0c44298fc1c149afbf4c8996fb924",
    "SGVsbG8gd29ybGQhIFRoaXMgaXM=1",
    "try:\n    go()\nexcept ValueError:\n    pass",
    'fn main() { println!("hi"); }',
    "let mut v = Vec::new();",
    "SELECT * FROM t",
    "a = b + c",
    "user.name = 'x'",
    "docker run -it ubuntu",
    "ls -la /tmp",
    "INSERT INTO t VALUES (1, 2)",
    "while True:\n    x += 1",
    "arr[0] = arr[1]",
    "return self.x;",
    "Traceback (most recent call last):",
    "$ cat /etc/passwd",
    "key: [1, 2]",
    "#!/bin/bash\necho hi",
    "\\begin{equation} x^2 \\end{equation}",
]
SHORT = [
    "ok",
    "OK!",
    "Great!!",
    "lol",
    "Bad",
    "meh",
    "Good",
    "wow",
    "Nice.",
    "Love it",
    "Hated it.",
    "Not bad",
    "no",
    "No.",
    "Yes!",
    "so good",
    "omg",
    "LMAO",
    "sooooo goooood",
    "Thx",
    "u rock",
    "gr8 phone",
    "Worst. Movie. Ever.",
    "John Smith",
    "Tom Hanks",
    "A masterpiece",
    "Awful",
    "boring",
    "Terrible!",
    "idk",
    "wtf",
    "smh",
    "pls fix",
    "Amazing!!!",
    "yummy",
    "gonna buy again",
    "fab",
    "Two thumbs up",
    "Five stars",
    "A+",
    "cool beans",
    "Do not buy",
    "Avoid",
    "Solid",
    "Magnifico acting",
    "Bravo",
    "Rubbish",
    "Naff",
    "Cheers mate",
    "lit af",
    "bussin fr fr",
    "no cap, fire",
    "slay",
    "Decent",
    "works",
    "Works great",
    "Does the job",
    "Junk",
    "Total crap",
    "Perfect",
    "Very poor quality",
    "Broke in a week",
    "Pizza was cold",
    "I love Almodovar",
    "Gerard Depardieu is superb",
    "Excellent",
    "Superb",
    "Fine",
    "Not for me",
    "Fun!",
    "Dull",
    "Mediocre at best",
    "Overrated",
    "Underrated gem",
    "Must see",
    "Skip it",
    "hmm",
    "ugh",
    "yay",
    "nope",
    "yep",
    "haha",
    "hahaha so funny",
    "ty",
    "goat",
    "Stunning",
    "Pathetic",
    "Loved every minute",
    "A dud",
    "A hoot",
    "Inane",
    "Ho-hum",
    "Sappy",
    "Trite",
    "Banal",
    "Divine",
    "Fabulous",
    "Total disaster",
    "Horrible",
    "Simple",
    "Original",
    "Ideal",
    "Super",
    "Normal",
    "Fantastic",
]


@pytest.mark.parametrize("language", FOREIGN)
def test_texts_in_another_language_are_marked(language: str) -> None:
    assert [text for text in FOREIGN[language] if note_on(text, ENGLISH) is None] == []
    assert [text for text in FOREIGN[language] if note_on(text, (language,))] == []
    assert [text for text in FOREIGN[language] if note_on(text, ())] == []


def test_what_holds_no_words_and_what_is_code_is_marked() -> None:
    assert [text for text in [*NO_WORDS, *CODE] if note_on(text, ENGLISH) is None] == []
    prompts = [text for text in CODE if note_on(text, ENGLISH, sentences=False)]
    assert prompts == []


def test_short_english_and_slang_are_not() -> None:
    marked = [text for text in SHORT if note_on(text, ENGLISH)]
    assert len(marked) <= 0.02 * len(SHORT), marked


def test_reviews_are_not() -> None:
    with (DATA / "reviews.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    marked = [text for text in texts if note_on(text, ENGLISH)]
    assert len(marked) <= 0.01 * len(texts), marked


def test_the_reason_names_the_language_or_the_letters() -> None:
    said = note_on("Отвратительный фильм, пустая трата времени.", ENGLISH)
    assert said == "written in Russian, which this checkpoint doesn't read"
    assert (
        note_on("Ужас", ENGLISH)
        == "written in Cyrillic letters, which this checkpoint doesn't read"
    )
    german = note_on("Der Akku war nach zwei Tagen kaputt.", ENGLISH)
    assert german == "written in German, it seems, which this checkpoint doesn't read"


def test_most_tokens_unknown_is_a_reason_whatever_the_languages() -> None:
    assert note_on("x ☃ ☃ ☃", (), tokens=4, unknown=3) == "3 of 4 tokens unknown"
    assert note_on("Great ☃", (), tokens=2, unknown=1) is None
