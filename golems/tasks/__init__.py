"""Tasks by the Hub's spelling. A new task is one module here and one line in ``MODULES``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from golems.errors import UnknownName
from golems.tasks.base import BatchLimits, Length, Parameters, Task, limits_on

__all__ = ["MODULES", "BatchLimits", "Length", "Parameters", "Task", "limits_on", "task_class"]

MODULES = {
    "text-classification": "golems.tasks.text_classification",
    "image-classification": "golems.tasks.image_classification",
    "text-generation": "golems.tasks.text_generation",
}


def task_class(name: str) -> type[Task[Any, Any]]:
    """The class that does a task; importing it loads no torch.

    Raises:
        UnknownName: No such task; the message lists those there are.
    """
    if name not in MODULES:
        raise UnknownName(f"Task '{name}' is not known; tasks are: {', '.join(MODULES)}.")
    found: type[Task[Any, Any]] = import_module(MODULES[name]).TASK
    return found
