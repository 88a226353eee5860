"""A selection in an address: what is written is read back, whatever a selection holds."""

from __future__ import annotations

from dataclasses import fields

import pytest

from golems.reports.address import as_query, filters, from_query
from golems.reports.selection import ALL, Selection, Slice


@pytest.mark.parametrize(
    "selection",
    [
        ALL,
        Selection(labels=("good, or so", "bad&x=1")),
        Selection(truths=("Ä",), status="wrong", search="a film + <b>"),
        Selection(score=(0.25, 0.30000000000000004), below=1e-9),
        Selection(places=(4, 5, 6, 0, 9)),
        Selection(places=()),
        Selection(slices=(Slice("day", "date", low=1.5e9, closed=True), Slice("kind"))),
        Selection(slices=(Slice("value", value="{x}"), Slice("k", other_than=("a", "b")))),
    ],
)
def test_what_is_written_is_read_back(selection: Selection) -> None:
    query = as_query(selection)
    assert query is not None
    assert from_query(query) == (selection, [])


def test_every_filter_has_a_name_of_its_own() -> None:
    assert len(filters()) == len(fields(Selection))
    assert not {"run", "section", "row", "order", "page"} & set(filters())


def test_single_rows_are_ranges_and_too_many_are_none() -> None:
    assert as_query(Selection(places=(2, 4, 5, 6))) == {"rows": ["3,5-7"]}
    assert as_query(Selection(places=tuple(range(0, 20_000, 2)))) is None
