"""Selected rows, in each order and on each page, are those that pandas finds."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from golems.reports.choices import Choices
from golems.reports.rows import find_rows, page_of_rows
from golems.reports.selection import ALL, ORDER, Order, Selection, Slice
from golems.reports.view import view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted

ROWS = 400
WORDS = ("Straße", "İzmir", "a 50%", "under_score", "back\\slash", "GOOD", "good", "'quoted'", "")
BY: dict[Order, tuple[str, bool]] = {
    "place": ("place", True),
    "least sure": ("score", True),
    "most sure": ("score", False),
    "longest": ("chars", False),
    "shortest": ("chars", True),
}
SELECTIONS = {
    "all": ALL,
    "nothing": Selection(search="nowhere"),
    "ok": Selection(status="ok"),
    "failed": Selection(status="failed"),
    "wrong": Selection(status="wrong"),
    "search": Selection(search="gOOd"),
    "search over the border of two columns": Selection(search="goodnorth"),
    "search for what SQL takes for any letter": Selection(search="R_S"),
    "search for what SQL takes for any text": Selection(search="0%"),
    "label and score": Selection(labels=("B",), score=(0.5, 0.75)),
    "below, of a slice": Selection(below=0.8, slices=(Slice("place_", "value", "north"),)),
}


@pytest.fixture
def rows(write_run: WriteRun) -> tuple[Run, pd.DataFrame]:
    """A run, and what is known of its rows."""
    draw, cells, outcomes, known = random.Random(5), [], [], []
    for place in range(ROWS):
        text = " ".join(draw.choices(WORDS, k=draw.randrange(1, 6)))
        where, truth = draw.choice(["north", "south"]), draw.choice(["A", "B"])
        label, score = draw.choice(["A", "B"]), draw.choice([0.6, 0.7, 0.9])
        is_bad = draw.random() < 0.1
        cells.append([text, where, truth])
        outcomes.append(failed() if is_bad else predicted(label, score))
        known.append((place, text, where, truth, *((None, None) if is_bad else (label, score))))
    run = write_run(["text", "place_", "truth"], cells, outcomes, window=37)
    table = pd.DataFrame(known, columns=["place", "text", "place_", "truth", "label", "score"])
    table["chars"] = table["text"].str.len()
    return run, table


def wanted(table: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    is_ok = table["label"].notna()
    table = {
        "all": table,
        "ok": table[is_ok],
        "failed": table[~is_ok],
        "wrong": table[is_ok & (table["label"] != table["truth"])],
    }[selection.status]
    if selection.search:
        cells = table[["text", "place_", "truth"]]
        has = cells.apply(
            lambda column: column.str.contains(selection.search, case=False, regex=False)
        )
        table = table[has.any(axis=1)]
    if selection.labels:
        table = table[table["label"].isin(selection.labels)]
    if selection.score is not None:
        table = table[table["score"].between(*selection.score)]
    if selection.below is not None:
        table = table[table["score"] < selection.below]
    for one in selection.slices:
        table = table[table[one.column] == one.value]
    return table


@pytest.mark.parametrize("order", ORDER)
@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_each_page_has_the_rows_that_pandas_finds(
    selection: Selection, order: Order, rows: tuple[Run, pd.DataFrame]
) -> None:
    run, table = rows
    by, ascending = BY[order]
    expected = (
        wanted(table, selection)
        .sort_values("place")
        .sort_values(by, ascending=ascending, kind="stable", na_position="last")
    )
    places = expected["place"].tolist()
    with view_of(run, Choices(truth="truth")) as view:
        found = find_rows(view, selection, order, 30)
        assert (found.rows, list(found.first)) == (len(places), places[:30])
        shown = [
            page_of_rows(view, selection, order=order, first=first, rows=30)
            for first in range(0, len(places) + 1, 30)
        ]
    together = pd.concat(shown)
    assert together["place"].tolist() == places
    assert together["original_0"].tolist() == expected["text"].tolist()
    assert together["label"].dropna().tolist() == expected["label"].dropna().tolist()
