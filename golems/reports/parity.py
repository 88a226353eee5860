"""How a run's precision compared with fp32, in words."""

from __future__ import annotations

from typing import Any

from golems.words import counted


def parity_sentence(parity: dict[str, Any] | None, task: str) -> str:
    """How a lower precision compared with fp32, in words; empty where none was compared."""
    if parity is None:
        return ""
    precision, choices, same = parity["precision"], parity["choices"], parity["same"]
    if not choices:
        return f"{precision} could not be compared with fp32: none of the rows tried can be read."
    what = "next words" if task == "text-generation" else "labels"
    found = (
        f"{precision} gave {same:,} of {choices:,} {what} as fp32 does, on "
        f"{counted(parity['rows'], 'row')} of this dataset; scores differed by "
        f"{parity['largest_difference']:.2g} at most."
    )
    if parity["taken"]:
        return found
    return f"{found} That is too far off, so fp32 was used."
