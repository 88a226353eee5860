"""Answers about a run, kept until its rows, or what a person chose, change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from golems.reports.view import View

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
MOST = 256  # answers are some thousand numbers at most

_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_keeping = Lock()


def kept(
    answer: Callable[Concatenate[View, Asked], Answer],
) -> Callable[Concatenate[View, Asked], Answer]:
    """Ask once for the same rows, choices and arguments; the answer must not be changed."""

    @wraps(answer)
    def asked(view: View, /, *args: Asked.args, **more: Asked.kwargs) -> Answer:
        question = (answer.__module__, answer.__qualname__, args, *sorted(more.items()))
        key = (question, view.run.folder, view.segments.signature, view.choices.model_dump_json())
        with _keeping:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]  # type: ignore[no-any-return]
        found = answer(view, *args, **more)
        with _keeping:
            _kept[key] = found
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return found

    return asked
