"""Which column is the truth, what its values mean, and what labels are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from golems.errors import GolemError
from golems.reports.choices import choose
from golems.reports.judging import choose_judged, unsaid_words
from golems.reports.known_labels import golem_labels
from golems.reports.meanings import LEFT_OUT
from golems.reports.truth import (
    TruthColumn,
    found_truth,
    truth_candidates,
    truth_values,
    with_names,
    with_truth,
)
from golems.reports.view import View
from golems.words import counted
from ui.errors import draw_error
from ui.text import plain

# What a value may stand for, beside the places of labels.
UNSAID, OUT = -1, -2
MEANINGS = {UNSAID: "To be chosen", OUT: "Leave these rows out"}


def draw_choice(view: View) -> None:
    """Ask for the truth and the names; what is saved draws the page anew."""
    chosen = view.asked.truth
    if view.unsaid:
        st.warning(plain(unsaid_words(view)), icon=":material/help:")
    unfolded = view.choices.truth is None
    with _opened("Truth column", _key(view, "choice", chosen), expanded=unfolded) as is_open:
        if is_open:
            _draw_truth(view)
    with _opened("Names of labels", _key(view, "naming")) as is_open:
        if is_open:
            _draw_names(view)
            _draw_positive(view)


@contextmanager
def _opened(label: str, key: str, *, expanded: bool = False) -> Iterator[bool]:
    """An expander, and whether it is or was open; what nobody saw needs no drawing.

    What was seen stays drawn, so that nothing is lost that was edited and not saved.
    """
    was_open = f"{key}-seen"
    with st.expander(label, expanded=expanded, key=key, on_change="rerun") as expander:
        if expander.open:
            st.session_state[was_open] = True
        yield was_open in st.session_state


def _draw_truth(view: View) -> None:
    chosen, found = view.asked.truth, found_truth(view)
    likely = [one.column for one in truth_candidates(view)]
    columns = [*likely, *(one for one in view.columns if one not in likely)]
    # No column is () and not None, which stands for no choice at all.
    options: list[tuple[str, ...]] = [(), *((one,) for one in columns)]
    start = chosen if chosen is not None or found is None else found.column
    picked: tuple[str, ...] = st.selectbox(
        "Column with the truth", options,
        index=options.index(() if start is None else (start,)), key=_key(view, "column"),
        format_func=lambda one: one[0] if one else "No truth column",
        help="The column of your data that says what is right. Without one nothing is said "
        "about how often the golem is right.",
    )  # fmt: skip
    if not picked:
        if found is None and chosen is None:
            st.caption(
                "No column was found that holds only labels of this golem. If one of yours says "
                "what is right in other words, choose it here and say what its values stand for."
            )
        if chosen is not None and st.button("Use no truth", key=_key(view, "none")):
            _save_truth(view, None, {})
        return
    (column,) = picked
    values = truth_values(view, column)
    if not values.entries:
        st.warning(
            "Nearly every row has its own value here; a truth has a few."
            if values.distinct is None
            else "This column is empty.",
            icon=":material/error:",
        )
        return
    if values.certain and values.distinct is not None:
        st.caption(
            f"Proposed: {plain(column)} has {counted(values.distinct, 'value')}, and nothing but "
            "labels of this golem."
        )
    meant = _draw_values(view, values)
    unsaid = [one for one in values.entries if meant[one.value] is None]
    said = {value: LEFT_OUT if label is None else label for value, label in meant.items()}
    with st.container(horizontal=True):
        if st.button(
            "Compare with this column" if values.certain else "Take this mapping",
            type="primary", disabled=bool(unsaid), key=_key(view, "compare"),
        ):  # fmt: skip
            _save_truth(view, column, said)
        if unsaid and st.button("Leave out what is to be chosen", key=_key(view, "rest-out")):
            _save_truth(view, column, said)


def _draw_values(view: View, column: TruthColumn) -> dict[str, str | None]:
    """A column's values in a table to be edited.

    Returns:
        Value -> the label it stands for; ``LEFT_OUT``, or None where that is still to be said.
    """
    import pandas as pd

    called = [*golem_labels(view).values()]
    meanings = {**dict(enumerate(called)), **MEANINGS}
    shown: dict[str, list[Any]] = {"Value": [one.value for one in column.entries]}
    fixed = ["Value", "Rows"]
    if any(one.name for one in column.entries):
        shown["In the dataset"] = [one.name for one in column.entries]
        fixed.append("In the dataset")
    shown["Rows"] = [one.rows for one in column.entries]
    shown["Stands for"] = _meant(view, column, called)
    edited = st.data_editor(
        pd.DataFrame(shown),
        hide_index=True, disabled=fixed,
        key=_key(view, "values", column.column, view.asked.model_dump_json()),
        column_config={
            "Stands for": st.column_config.SelectboxColumn(
                options=[*meanings], required=True,
                format_func=lambda one: meanings[int(one)],
            )
        },
    )  # fmt: skip
    said = {**dict(enumerate(called)), OUT: LEFT_OUT, UNSAID: None}
    meant = [said[int(one)] for one in edited["Stands for"]]
    proposed = [one for one in column.entries if one.value in column.proposed]
    if proposed and column.column != view.choices.truth:
        st.caption(
            f"What {counted(len(proposed), 'value')} "
            f"{'stands' if len(proposed) == 1 else 'stand'} for is a guess: nothing is counted "
            "before you say yes to it."
        )
    unsaid = [one for one, label in zip(column.entries, meant, strict=True) if label is None]
    if unsaid:
        st.caption(
            f"{counted(len(unsaid), 'value')} ({counted(sum(one.rows for one in unsaid), 'row')}) "
            f"{'is' if len(unsaid) == 1 else 'are'} no label of this golem. Choose what "
            f"{'it stands' if len(unsaid) == 1 else 'they stand'} for, or leave the rows out."
        )
    if column.distinct is not None and column.distinct > len(column.entries):
        st.caption(
            f"The {len(column.entries):,} most frequent of {column.distinct:,} values are shown; "
            "the others have to be labels of this golem."
        )
    return {one.value: label for one, label in zip(column.entries, meant, strict=True)}


def _meant(view: View, column: TruthColumn, called: Sequence[str]) -> list[int]:
    """What each value stands for: as it was saved, else as proposed."""
    kept = view.asked.truth_labels if column.column == view.asked.truth else {}
    place: dict[str | None, int] = {label: at for at, label in enumerate(called)}
    place |= {LEFT_OUT: OUT}
    return [place.get(kept.get(one.value, one.label), UNSAID) for one in column.entries]


def _draw_names(view: View) -> None:
    import pandas as pd

    labels = golem_labels(view)
    edited = st.data_editor(
        pd.DataFrame({"Label": [*labels], "Called": [*labels.values()]}),
        hide_index=True, disabled=["Label"],
        key=_key(view, "names", view.choices.model_dump_json()),
        column_config={"Called": st.column_config.TextColumn(required=True)},
    )  # fmt: skip
    if st.button("Rename", key=_key(view, "rename")):
        names = dict(zip(edited["Label"], edited["Called"], strict=True))
        try:
            choices = with_names(view, names)
        except GolemError as error:
            draw_error(str(error))
        else:
            choose(view.run, choices)
            st.rerun()


def _draw_positive(view: View) -> None:
    called = [*golem_labels(view).values()]
    if len(called) != 2:
        return
    now = view.choices.positive if view.choices.positive in called else None
    positive = st.selectbox(
        "Positive label", called, index=None if now is None else called.index(now),
        key=_key(view, "positive", view.choices.model_dump_json()), placeholder="Not chosen",
        help="Of two labels the one that curves and thresholds are about.",
    )  # fmt: skip
    if positive != now:
        choose(view.run, view.asked.model_copy(update={"positive": positive}))
        st.rerun()


def _save_truth(view: View, column: str | None, labels: dict[str, str]) -> None:
    try:
        choose_judged(view.run, with_truth(view.asked, column, labels))
    except GolemError as error:
        draw_error(str(error))
    else:
        st.rerun()


def _key(view: View, *parts: Any) -> str:
    return "-".join(("report-truth", view.run.id, *map(str, parts)))
