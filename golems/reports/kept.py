"""Answers about a run, kept until its rows, or what a person chose, change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from golems.reports.view import View

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Question = Callable[Concatenate["View", Asked], Answer]
MOST = 256  # answers are some thousand numbers at most
MOST_BYTES = 64_000_000  # of answers with numbers for every row


class Keeper:
    """Keeps the answers that were asked for last.

    Args:
        most: That they may weigh together; a heavier one is not kept at all.
        weight: Of an answer.
    """

    def __init__(self, most: int, weight: Callable[[Any], int] = lambda _: 1) -> None:
        self._most, self._weight, self._lock = most, weight, Lock()
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def __call__(self, answer: Question[Asked, Answer]) -> Question[Asked, Answer]:
        """Ask once for the same rows, choices and arguments; the answer must not be changed."""

        @wraps(answer)
        def asked(view: View, /, *args: Asked.args, **more: Asked.kwargs) -> Answer:
            question = (answer.__module__, answer.__qualname__, args, *sorted(more.items()))
            said = view.choices.model_dump_json()
            key = (question, view.run.folder, view.segments.signature, said)
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]  # type: ignore[no-any-return]
            found = answer(view, *args, **more)
            if self._weight(found) > self._most:
                return found
            with self._lock:
                self._kept[key] = found
                while sum(map(self._weight, self._kept.values())) > self._most:
                    self._kept.popitem(last=False)
            return found

        return asked


kept = Keeper(MOST)
kept_large = Keeper(MOST_BYTES, attrgetter("nbytes"))
