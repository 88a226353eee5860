"""What generated texts are like, and those worth a look."""

from __future__ import annotations

import streamlit as st

from golems.reports.charts.writing import grams_chart, length_chart, same_chart
from golems.reports.intervals import share_interval
from golems.reports.outputs import REPEATED, apart
from golems.reports.selection import Selection
from golems.reports.view import View
from golems.reports.writing import (
    READ,
    TASK,
    Group,
    GroupName,
    Unit,
    Writing,
    of_length,
    pairs,
    writing,
)
from golems.words import counted
from ui.figures import show_chart
from ui.report.going import show_rows
from ui.text import plain, without_middle

SHOWN, SHOWN_CHARS = 20, 2000
UNITS: dict[str, Unit] = {"Words": "words", "Characters": "chars"}
# What each group is called, and what its rows are.
GROUPS: dict[GroupName, tuple[str, str]] = {
    "repetitive": ("Repetitive", "outputs in which the same four words come more than once"),
    "the same": ("The same", "outputs that other prompts were given too"),
    "empty": ("Empty", "outputs without a word"),
    "longest": ("Longest", "the longest outputs"),
    "shortest": ("Shortest", "the shortest outputs that have a word"),
}
MEASURES = """
A **word** is what stands between white space, in lower case; punctuation stays on it. An **n-gram**
is n words that follow each other in one output.

- **distinct-n**: different n-grams / all n-grams, over all outputs together
  ([Li et al. 2016](https://aclanthology.org/N16-1014/)). It falls as there is more text: compare
  runs of like size only.
- **rep-4**: 1 - different / all 4-grams of one output, averaged over those that have any
  ([Welleck et al. 2020](https://arxiv.org/abs/1908.04319), there over tokens).
"""


def draw(view: View) -> None:
    """Draw the section."""
    if view.manifest.task != TASK:
        st.info("This golem writes no texts.", icon=":material/notes:")
        return
    everything = st.session_state.get(f"report-writing-all-{view.run.id}", False)
    with st.spinner("Counting words …"):
        found = writing(view, None if everything else READ)
    if not found.outputs:
        none = (
            "No rows yet."
            if not found.rows
            else f"None of {counted(found.rows, 'row')} has an output."
        )
        st.info(none, icon=":material/notes:")
        return
    draw_facts(view, found)
    left, right = st.columns(2)
    with left:
        draw_lengths(view, found)
    with right:
        draw_variety(view, found)
        same, pressed = same_chart(found), None
        if found.same:
            pressed = show_chart(same, key="report-writing-same", clickable=True)
        else:
            st.caption(plain(f"{same.title}. {same.summary}"))
    if pressed is not None:
        one = found.same[int(pressed)]
        show_rows(view.run, Selection(places=one.places), said_of(
            Group(one.rows, one.places), "with the same output"))  # fmt: skip
    draw_group(view, found)


def draw_facts(view: View, found: Writing) -> None:
    """The shares, each with its interval."""
    shares = [
        ("Empty outputs", found.empty, found.outputs, None),
        (
            "Outputs that repeat four words", found.repeating, found.read,
            found.outputs if found.read < found.outputs else None,
        ),
        ("Outputs shared by several prompts", found.same_rows, found.outputs, None),
    ]  # fmt: skip
    for place, (name, hits, rows, population) in zip(st.columns(3), shares, strict=True):
        low, high = share_interval(hits, rows, population=population)
        with place:
            st.metric(name, f"{hits / rows:.1%}")
            st.caption(f"{hits:,} of {rows:,}; 95% interval {low:.1%} to {high:.1%}")
    what = "An output is what was written after the prompt." if apart(view) else (
        "An output is the whole answer."
    )  # fmt: skip
    limit = view.manifest.parameters.get("max_new_tokens")
    if isinstance(limit, int):
        what += (
            f" At most {limit:,} tokens were written for each; which outputs stopped at that limit "
            "is not kept."
        )
    st.caption(what)


def draw_lengths(view: View, found: Writing) -> None:
    """How long the outputs are; a bar opens its rows."""
    unit = UNITS[st.segmented_control(
        "Length in", [*UNITS], default="Words", required=True, key="report-writing-unit"
    ) or "Words"]  # fmt: skip
    lengths = found.words if unit == "words" else found.chars
    pressed = show_chart(length_chart(lengths), key=f"report-writing-{unit}", clickable=True)
    if pressed is not None:
        low, high = map(int, pressed)
        group = of_length(view, unit, low, high)
        of = "words" if unit == "words" else "characters"
        show_rows(
            view.run,
            Selection(places=group.places),
            said_of(group, f"with outputs of {low:,} to {high:,} {of}"),
        )


def draw_variety(view: View, found: Writing) -> None:
    """How varied the words are, and of how many outputs that is known."""
    show_chart(grams_chart(found), key="report-writing-grams")
    with st.expander("What these measures are"):
        st.markdown(MEASURES)
    if found.read < found.outputs:
        st.caption(
            f"Counted in {found.read:,} of {found.outputs:,} outputs, drawn evenly, so that you "
            "needn't wait."
        )
        if st.button("Count in all outputs", key="report-writing-count-all"):
            st.session_state[f"report-writing-all-{view.run.id}"] = True
            st.rerun()


def draw_group(view: View, found: Writing) -> None:
    """Prompts beside outputs, of a group that was chosen."""
    st.markdown("### Outputs worth a look")
    there = [name for name in GROUPS if found.groups[name].rows]
    if not there:
        st.caption("There are none.")
        return
    name = st.segmented_control(
        "Which", there, default=there[0], required=True, key="report-writing-group",
        format_func=lambda one: f"{GROUPS[one][0]} ({found.groups[one].rows:,})"
        if one not in ("longest", "shortest") else GROUPS[one][0],
        label_visibility="collapsed",
    )  # fmt: skip
    group = found.groups[name]
    import pandas as pd

    rows = [
        (place + 1, without_middle(prompt or "", SHOWN_CHARS), without_middle(output, SHOWN_CHARS))
        for place, prompt, output in pairs(view, group.places[:SHOWN])
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["Row", "Prompt", "Output"]), hide_index=True, placeholder="",
        key="report-writing-pairs", row_height=84,
        column_config={
            "Row": st.column_config.NumberColumn(width="small", format="localized"),
            "Prompt": st.column_config.TextColumn(width="medium"),
            "Output": st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip
    said = GROUPS[name][1]
    if name == "repetitive" and found.read < found.outputs:
        said += f", among the {found.read:,} looked at"
    ordered = {"repetitive": "the most repetitive", "the same": "the most frequent"}
    if len(rows) < group.rows:
        which = ordered.get(name, "the first")
        if name in ("longest", "shortest"):
            which = f"the {name}"
        st.caption(plain(f"These are {which} {len(rows):,} of {group.rows:,}."))
    if st.button("Show these rows", icon=":material/table_rows:", key="report-writing-rows"):
        show_rows(view.run, Selection(places=group.places), said_of(group, said))


def said_of(group: Group, what: str) -> str:
    """Which rows these are: ``with the same output``, and that they aren't all where that is so."""
    if len(group.places) < group.rows:
        return f"{what}; {len(group.places):,} of {group.rows:,}"
    return what


assert REPEATED == 4  # as the words above say
