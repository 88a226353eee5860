"""How many answers are kept, and which."""

from __future__ import annotations

from golems.reports.kept import Keeper
from golems.reports.view import View, view_of
from tests.reports.conftest import WriteRun


def test_what_was_asked_for_last_is_kept_up_to_a_weight(write_run: WriteRun) -> None:
    asked: list[int] = []

    @Keeper(10, weight=int)
    def answer(_: View, weight: int) -> int:
        asked.append(weight)
        return weight

    with view_of(write_run(["text"], [], [])) as view:
        for weight in (4, 5, 4):
            assert answer(view, weight) == weight
        assert asked == [4, 5]
        for weight in (3, 4, 11, 3, 4, 11):  # 3 is no longer light enough for 5, and 11 never is
            answer(view, weight)
        assert asked == [4, 5, 3, 11, 11]
        answer(view, 5)
        assert asked == [4, 5, 3, 11, 11, 5]
