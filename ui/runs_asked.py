"""Which runs are asked for, and in which order: above the table, and in the page's address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from golems.runs.facts import RunFacts
from ui.address import begin_with, keep_in_address, one_of
from ui.run_view import STATES
from ui.text import plain

KEY = "runs-asked"
ALL = "All"
NEWEST = "newest"
# In an address -> what it is called, and what runs are sorted by; of those alike newest first.
ORDERS: dict[str, tuple[str, Callable[[RunFacts], Any] | None]] = {
    NEWEST: ("Newest first", None),
    "name": ("By name", lambda one: (one.name or f"{one.title} on {one.dataset}").casefold()),
    "rows": ("Most rows first", lambda one: -one.progress.done),
    "failed": ("Most failed first", lambda one: -one.progress.failed),
    "right": ("Most right first", lambda one: 1.0 if one.accuracy is None else -one.accuracy),
}


@dataclass(frozen=True)
class Asked:
    """What a person asks for.

    Attributes:
        search: Words, each of which is somewhere in what the list says of a run; capitals alike.
        state, golem: As the list says them; ``ALL`` for any.
        order: One of ``ORDERS``.
    """

    search: str = ""
    state: str = ALL
    golem: str = ALL
    order: str = NEWEST

    def of(self, runs: Sequence[RunFacts]) -> list[RunFacts]:
        """The runs that are like that, in that order.

        Args:
            runs: Newest first.
        """
        words = self.search.casefold().split()
        found = [
            one
            for one in runs
            if self.state in (ALL, state_of(one))
            and self.golem in (ALL, one.title)
            and all(word in said_of(one) for word in words)
        ]
        by = ORDERS[self.order][1]
        return found if by is None else sorted(found, key=by)


def state_of(facts: RunFacts) -> str:
    """Where a run stands, in words."""
    if facts.damage is not None or facts.state is None:
        return "Damaged"
    return "Trying again" if facts.is_retrying else STATES[facts.state]


def said_of(facts: RunFacts) -> str:
    """What can be searched of a run, in small letters."""
    return "\n".join(
        (facts.name, facts.title, facts.dataset, facts.settings, facts.checkpoint, facts.run.id)
    ).casefold()


def pick_runs(facts: Sequence[RunFacts]) -> Asked:
    """Ask which runs; the address says it, too."""
    states = [ALL, *dict.fromkeys(["Damaged", "Trying again", *STATES.values()])]
    golems = [ALL, *sorted({one.title for one in facts if one.title})]
    begin_with("search", f"{KEY}-search", str, "")
    begin_with("state", f"{KEY}-state", one_of(states, "state"), ALL)
    begin_with("golem", f"{KEY}-golem", one_of(golems, "golem"), ALL)
    begin_with("order", f"{KEY}-order", one_of([*ORDERS], "order"), NEWEST)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search", key=f"{KEY}-search", icon=":material/search:", width=260,
            placeholder="Name, dataset, setting …",
        )  # fmt: skip
        state = st.selectbox("State", states, key=f"{KEY}-state", width=160)
        golem = st.selectbox("Golem", golems, key=f"{KEY}-golem", width=160, format_func=plain)
        order = st.selectbox(
            "Order", [*ORDERS], key=f"{KEY}-order", width=180,
            format_func=lambda one: ORDERS[one][0],
        )  # fmt: skip
    for name, value, usual in (
        ("search", search, ""), ("state", state, ALL), ("golem", golem, ALL),
        ("order", order, NEWEST),
    ):  # fmt: skip
        keep_in_address(name, value, usual)
    return Asked(search, state, golem, order)
