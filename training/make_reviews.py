"""Make data/reviews.csv, a labelled sample of texts no embedded checkpoint was trained on.

``python -m training.make_reviews`` writes the file again, byte for byte, and prints its digest.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from golems.loading.weights import sha256_of
from training.labelled_texts import (
    SOURCES,
    RatedText,
    fetch_archive,
    normalised,
    rank,
    read_rated,
    split_rows,
)

TARGET = Path(__file__).resolve().parents[1] / "data" / "reviews.csv"
SAMPLE_SEED = 0

QUOTAS = {
    ("movie", "NEGATIVE"): 123,
    ("movie", "POSITIVE"): 114,
    ("amazon", "NEGATIVE"): 30,
    ("amazon", "POSITIVE"): 41,
    ("tweets", "NEGATIVE"): 25,
    ("tweets", "POSITIVE"): 55,
}
"""Rows of each source and label, 388 in all: the mix of the held-out rows."""

BORDERLINE_ROWS = 4
"""More rows of each source: those rated nearest to the limit of +-0.5, where people disagreed."""

COARSE = re.compile(
    r"\w*(fuck|shit|bitch|cunt|whore|slut|nigg|faggot|retard|porn|pussy|homosexual|schoolgirl)\w*"
    r"|\b(sexual|sexy|naked|nude|erotic|orgasm|vagina|penis|ass|asshole|dick|sex|gay|hoes?|wtf)\b",
    re.IGNORECASE,
)
"""Rows with these words, or jokes that turn on them, stay out: the file is shown in classes."""


def choose(held_out: Iterable[RatedText]) -> list[RatedText]:
    """400 held-out rows, chosen by a fixed seed and never by what a model says about them.

    For each source and label, the rows that come first in the order of the SHA-256 of
    "sample:seed:source:id"; then the borderline rows. No text comes twice.
    """
    distinct: dict[str, RatedText] = {}
    for row in held_out:
        if not COARSE.search(row.text):
            distinct.setdefault(normalised(row.text), row)
    rows = sorted(
        distinct.values(), key=lambda row: rank(f"sample:{SAMPLE_SEED}:{row.source}:{row.id}")
    )
    chosen = []
    for kind, quota in QUOTAS.items():
        chosen += [row for row in rows if (row.source, row.label) == kind][:quota]
    for source in SOURCES:
        rest = [row for row in rows if row.source == source and row not in chosen]
        chosen += sorted(rest, key=lambda row: abs(row.rating))[:BORDERLINE_ROWS]
    return sorted(chosen, key=lambda row: rank(f"order:{SAMPLE_SEED}:{row.source}:{row.id}"))


def main() -> None:
    held_out = split_rows(read_rated(SOURCES, fetch_archive())).held_out
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["id", "source", "text", "label"])
        for row in choose(held_out):
            table.writerow([f"{row.source}-{row.id}", row.source, row.text, row.label])
    print(f"{TARGET}\nsha256 {sha256_of(TARGET)}")


if __name__ == "__main__":
    main()
