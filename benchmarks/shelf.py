"""Memory of the process while the Shelf loads and unloads the Storyteller (538 MB as float32), and
that the second loading starts from where the first did: what is unloaded is given back.
"""

from __future__ import annotations

import psutil


def main() -> None:
    from golems.registry import card_named, choose_checkpoint
    from golems.shelf import Shelf

    def resident_mb() -> float:
        return float(psutil.Process().memory_info().rss) / 1e6

    shelf, card = Shelf(), card_named("storyteller")
    for _ in range(3):
        before = resident_mb()
        with shelf.lend(card, choose_checkpoint(card), device="cpu") as golem:
            golem.predict(["Once upon a time"], golem.parameters(max_new_tokens=2))
            needed = golem.plan.memory_bytes / 1e6
        loaded = resident_mb()
        shelf.unload(card)
        print(
            f"before {before:,.0f} MB, loaded {loaded:,.0f} MB (weights {needed:,.0f} MB), "
            f"unloaded {resident_mb():,.0f} MB"
        )
