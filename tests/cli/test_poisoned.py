"""One bad row in a hundred costs that row and changes nothing for the others."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import TEXT, Golems
from tests.cli.poison import POISON, reviews_csv


def results(
    golems: Golems, model: Path, folder: Path, name: str, data: bytes
) -> tuple[int, list[dict[str, str]]]:
    """Run a file and read back the CSV of its report."""
    (folder / f"{name}.csv").write_bytes(data)
    said = golems("run", model, folder / f"{name}.csv", *TEXT, "--column", "review")
    golems("report", said.out.strip(), "--csv", folder / f"{name}-out.csv")
    before = csv.field_size_limit(10**7)
    with (folder / f"{name}-out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    csv.field_size_limit(before)
    return said.code, rows


ROWS = 1_500
# Other rows in a batch mean other padding and so another order of sums; the tiny model's large
# weights make more of that than trained ones do.
TOLERANCE = 5e-6


def test_poisoned_rows_leave_the_others_alone(
    golems: Golems, text_model: Path, tmp_path: Path
) -> None:
    clean_data, _ = reviews_csv(ROWS, poisoned=False)
    data, poisoned = reviews_csv(ROWS, poisoned=True)
    code, clean = results(golems, text_model, tmp_path, "clean", clean_data)
    assert code == 0
    code, mixed = results(golems, text_model, tmp_path, "mixed", data)
    assert code == 1
    assert len(mixed) == len(clean) == ROWS + 1
    assert [row["id"] for row in mixed] == [str(n) for n in range(ROWS + 1)]
    assert {kind for kind, _ in poisoned.values()} == {kind for kind, *_ in POISON}
    for place, (good, row) in enumerate(zip(clean, mixed, strict=True)):
        kind, fine = poisoned.get(place, ("clean", True))
        assert (row["error"] == "") == fine, kind
        assert (row["predicted_label"] != "") == fine, kind
        if kind == "clean":
            assert row["predicted_label"] == good["predicted_label"]
            assert float(row["predicted_score"]) == pytest.approx(
                float(good["predicted_score"]), abs=TOLERANCE
            )
    assert {row["predicted_label"] for row in clean} == {"BAD", "GOOD"}
