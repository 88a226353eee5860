"""When a result is said like a sure one."""

from __future__ import annotations

import pytest

from golems.base import LabelScore
from golems.sureness import headline, is_unsure


@pytest.mark.parametrize(
    ("scores", "unsure"),
    [((0.209, 0.2, 0.1), True), ((0.939, 0.061), False), ((0.56, 0.44), True),
     ((0.6, 0.01), False), ((3.2,), False), ((0.99,), False)],
)  # fmt: skip
def test_near_scores_are_unsure(scores: tuple[float, ...], unsure: bool) -> None:
    entries = [LabelScore(f"l{place}", score) for place, score in enumerate(scores)]
    assert is_unsure(entries) == unsure
    assert headline(entries).startswith("Unsure") == unsure
