"""A label's colour: its own, whatever stands beside it."""

from __future__ import annotations

from golems.reports.charts import colours


def contrast(colour: str, with_: float) -> float:
    """WCAG's contrast of a colour with a grey of that luminance."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    high, low = max(light, with_), min(light, with_)
    return (high + 0.05) / (low + 0.05)


def test_a_label_has_its_colour_beside_whatever_others() -> None:
    every = [f"label of {n}" for n in range(200)]
    together = colours(every)
    assert all(colours([one])[one] == together[one] for one in every)
    assert len(set(together.values())) > 180
    assert min(contrast(one, 1.0) for one in together.values()) > 2.5
    assert min(contrast(one, 0.005) for one in together.values()) > 3


def test_usual_labels_are_told_apart_however_they_are_written() -> None:
    found = colours(["POSITIVE", "NEGATIVE", "neutral", "Positive", "LABEL_0", "LABEL_1"])
    assert len({found[one] for one in ("POSITIVE", "NEGATIVE", "neutral")}) == 3
    assert found["POSITIVE"] == found["Positive"]
    assert found["LABEL_0"] != found["LABEL_1"]
