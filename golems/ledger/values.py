"""Results as the ledger's file holds them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

encode = json.JSONEncoder(separators=("\n", ":")).encode


def as_json(results: Collection[Sequence[Any]]) -> list[str]:
    """Each result as a JSON array, all encoded at once, which takes half the time.

    A text in JSON has no line end of its own, so they tell where one value ends.
    """
    rows = encode([*results])[2:-2].split("]\n[")
    return [f"[{row.replace(chr(10), ',')}]" for row in rows]
