"""What fifteen kinds of truth columns stand for: surely, likely, or not at all."""

from __future__ import annotations

import pytest

from golems.reports.meanings import LEFT_OUT, Labels, meanings

TWO = ("NEGATIVE", "POSITIVE")
THREE = ("negative", "neutral", "positive")
STARS = ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
THINGS = ("tench, Tinca tinca", "coffee mug", "catamaran", "dog sled", "crane (bird)",
          "crane (machine)", "Egyptian cat",
          *(f"thing {'x' * n}" for n in range(1, 20)))  # fmt: skip
N, P = TWO


def labels(*own: str) -> Labels:
    return Labels({one: one for one in own}, dict(enumerate(own)))


def said(values: list[str], own: tuple[str, ...], classes: tuple[str, ...] = ()) -> dict[str, str]:
    """Value -> ``=label`` where it is one, ``label?`` where it is proposed, ``?`` else."""
    found = meanings(values, labels(*own), classes)
    shown = {"equal": "={}", "proposed": "{}?", "unknown": "?"}
    return {value: shown[one.state].format(one.label) for value, one in found.items()}


@pytest.mark.parametrize(
    ("own", "values"),
    [
        (TWO, {"0": f"{N}?", "1": f"{P}?"}),
        (TWO, {"0.0": f"{N}?", "1.0": f"{P}?"}),
        (TWO, {"1": "?", "2": "?"}),
        (TWO, {"-1": "?", "0": "?", "1": "?"}),
        ((P, N), {"0": "?", "1": "?"}),
        (TWO, {"T": f"{P}?", "F": f"{N}?"}),
        (TWO, {"True": f"{P}?", "False": f"{N}?"}),
        (TWO, {"да": f"{P}?", "нет": f"{N}?"}),
        (TWO, {"positiv": f"{P}?", "negativ": f"{N}?", "积极": f"{P}?", "消极": f"{N}?"}),
        (TWO, {"1": f"{N}?", "2": f"{N}?", "3": f"{LEFT_OUT}?", "4": f"{P}?", "5": f"{P}?"}),
        (TWO, {"★★☆☆☆": f"{N}?", "5 stars": f"{P}?"}),
        (THREE, {"1": "negative?", "3": "neutral?", "5": "positive?"}),
        (THREE, {"0": "negative?", "1": "neutral?", "2": "positive?"}),
        (THREE, {"0": "?", "1": "?"}),
        (THREE, {"n": "?", "pos": "positive?", "Neutral": "=neutral"}),
        (STARS, {"4": "4 stars?", "4 Stars": "=4 stars", "1.0": "1 star?"}),
        (STARS, {"0": "?", "4": "?"}),
        (TWO, {"Positive ": f"={P}", "negative": f"={N}"}),
        (TWO, {"LABEL_1": f"{P}?", "label 0": f"{N}?", "LABEL_7": "?"}),
        (("LABEL_0", "LABEL_1"), {"1": "LABEL_1?", "0": "LABEL_0?", "no": "LABEL_0?"}),
        (TWO, {"Positve": "?", "negatve": "?", "meh": "?"}),
        (TWO, {"NA": f"{LEFT_OUT}?", "nan": f"{LEFT_OUT}?", "positive": f"={P}"}),
        (TWO, {"17": "?", "18": "?", "1": "?"}),
        (("very negative", "not_ok"), {"Very_Negative": "=very negative", "Not ok": "=not_ok"}),
        (THINGS, {"Tench": "=tench, Tinca tinca", "Tinca_tinca": "=tench, Tinca tinca"}),
        (THINGS, {"coffee": "coffee mug?", "cat": "?", "dog": "dog sled?", "crane": "?"}),
        (THINGS, {"egyptian_cat": "=Egyptian cat", "0": "tench, Tinca tinca?", "2": "catamaran?"}),
    ],
)  # fmt: skip
def test_a_value_is_a_label_or_is_asked_about(own: tuple[str, ...], values: dict[str, str]) -> None:
    assert said([*values], own) == values


def test_a_dataset_that_names_its_numbers_is_heard() -> None:
    assert said(["1", "0", "-1"], TWO, ("pos", "neg")) == {
        "1": f"{N}?", "0": f"{P}?", "-1": f"{LEFT_OUT}?"
    }  # fmt: skip
    assert said(["0", "1"], TWO, ("World", "Sports")) == {"0": "?", "1": "?"}
