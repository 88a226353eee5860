"""Slices: each row is in one, a click gets just those that were counted, and figures are right."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from itertools import pairwise
from typing import get_args

import pytest

from golems.errors import BadInput
from golems.reports.charts.slices import slices_chart
from golems.reports.charts.template import GREY
from golems.reports.choices import Choices
from golems.reports.differing import differing
from golems.reports.intervals import mean_interval, share_interval
from golems.reports.kinds import kinds_of, sliceable, usual
from golems.reports.measures import Compared, What, measured, together
from golems.reports.rows import page_of_rows
from golems.reports.selection import Selection, Sliced
from golems.reports.slices import SliceFigures, slices_of
from golems.reports.view import View, view_of
from golems.runs import Run
from tests.reports.conftest import WriteRun, failed, predicted

# Called as our own columns are, and as SQL has words.
COLUMNS = ("text", "rows", "place", "label", "select", "truth", "error")
ROWS = 240
ODD = (None, "", "n/a", "inf", "nan", "1e400", " 7 ", "-0", "2,5", "<b>9</b>")
ODD_DATES = (None, "", "soon", "infinity", "2021-02-30", "2020-02-29", "1969-12-31 23:59:59.5")


@pytest.fixture
def run(write_run: WriteRun) -> Run:
    """Rows of which one in eight failed, one in ten has no truth."""
    rng = random.Random(1)
    rows, outcomes = [], []
    for place in range(ROWS):
        month = f"{rng.randint(2015, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        rows.append(
            [
                " ".join(["word"] * rng.randint(0, 30)),
                ODD[place] if place < len(ODD) else f"{rng.lognormvariate(3, 1):.2f}",
                ODD_DATES[place] if place < len(ODD_DATES) else month,
                rng.choice(["a", "b", "b", "<i>c</i>", "other values", None]),
                str(min(int(rng.expovariate(0.1)), 29)),
                rng.choice(["A", "B"]) if place % 10 else " ",
                str(rng.randint(1, 5)),
            ]
        )
        label, score = rng.choice("AAB"), rng.random()
        outcomes.append(predicted(label, score) if place % 8 else failed())
    return write_run(COLUMNS, rows, outcomes, window=50)


def brute(view: View, one: SliceFigures) -> dict[str, object]:
    """Of the rows that a click would show."""
    rows = page_of_rows(view, Selection(slices=one.where), rows=10**6).to_dict("records")
    good = [row for row in rows if not isinstance(row["error"], str)]
    judged = [row for row in good if isinstance(row["truth"], str)]
    return {
        "rows": len(rows),
        "predicted": len(good),
        "labels": Counter(row["label"] for row in good),
        "scores": [row["score"] for row in good],
        "judged": len(judged),
        "right": sum(row["label"] == row["truth"] for row in judged),
        "places": [row["place"] for row in rows],
    }


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("text", "length"), ("rows", "number"), ("place", "date"), ("label", "value"),
        ("select", "number"), ("select", "value"), ("truth", "value"), ("error", "value"),
        ("error", "number"),
    ],
)  # fmt: skip
def test_a_click_gets_just_the_rows_that_were_counted(run: Run, column: str, kind: Sliced) -> None:
    with view_of(
        run, Choices(truth="truth", names={"A": "yes"}, truth_labels={"A": "yes"})
    ) as view:
        slices = slices_of(view, column, kind)
        found = [brute(view, one) for one in slices]
    assert len(slices) > 1
    for one, rows in zip(slices, found, strict=True):
        figures = one.figures
        assert rows["rows"] > 0
        assert figures.rows == rows["rows"], one.name
        assert figures.predicted == rows["predicted"]
        assert dict(figures.labels) == rows["labels"]
        assert (figures.judged, figures.right) == (rows["judged"], rows["right"])
        assert figures.scores.n == len(rows["scores"])
        assert figures.scores.mean == pytest.approx(statistics.fmean(rows["scores"] or [0]))
        if len(rows["scores"]) > 1:
            assert figures.scores.sd == pytest.approx(statistics.stdev(rows["scores"]))
        assert one.few == (rows["rows"] < 20)
    places = [place for rows in found for place in rows["places"]]
    assert sorted(places) == list(range(ROWS))
    assert len({one.name for one in slices}) == len(slices)


def test_columns_are_sliced_by_what_their_cells_are(run: Run) -> None:
    with view_of(run) as view:
        kinds = {column: one.kinds for column, one in sliceable(view).items()}
    assert kinds == {
        "text": ("value", "length"),  # 31 different texts
        "rows": ("number",),
        "place": ("date",),
        "label": ("value",),
        "select": ("number", "value"),
        "truth": ("value",),
        "error": ("number", "value"),
    }


@pytest.mark.parametrize(("bad", "kinds"), [(1, ("number",)), (2, ("length",))])
def test_19_of_20_cells_must_be_numbers(
    bad: int, kinds: tuple[Sliced, ...], write_run: WriteRun
) -> None:
    """Of those that aren't empty."""
    cells = ["x", "y"][:bad] + [str(place / 7) for place in range(20 - bad)] + ["", None] * 10
    run = write_run(["n"], [[cell] for cell in cells], [predicted("A", 0.5)] * len(cells))
    with view_of(run) as view:
        assert kinds_of(view, "n").kinds == kinds


def test_rare_values_are_one_slice(write_run: WriteRun) -> None:
    cells = [f"v{place:02d}" for place in range(30) for _ in range(40 - place)]
    run = write_run(
        ["text", "c"], [["x", cell] for cell in cells], [predicted("A", 0.5)] * len(cells),
        window=1000,
    )  # fmt: skip
    with view_of(run) as view:
        slices = slices_of(view, "c")
        rare = brute(view, slices[-1])
    assert [one.name for one in slices[:-1]] == [f"v{place:02d}" for place in range(20)]
    assert slices[-1].name == "one of 10 other values"
    assert (
        slices[-1].figures.rows == rare["rows"] == sum(cells.count(f"v{n}") for n in range(20, 30))
    )


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["7"], ["7"]),
        (["3", "1.5", "1.5"], ["1.5", "3"]),
        ([str(n) for n in range(100)],
         ["under 10", *(f"{n}0 to {n}9" for n in range(1, 9)), "90 or more"]),
        (["0"] * 95 + [str(n) for n in range(1, 21)], ["under 2", "2 to 3"]),
        ([str(n * 1e307) for n in range(-17, 17)], ["under -1"]),
        ([str(n * 5e-324) for n in range(34)], ["under"]),
        ([str(1990 + n) for n in range(35)], ["under 1993"]),
        ([str(10**6 * n) for n in range(100)], ["under 10,000,000", "10,000,000 to 19,999,999"]),
    ],
)  # fmt: skip
def test_numbers_are_cut_where_they_are_round(
    cells: list[str], names: list[str], write_run: WriteRun
) -> None:
    run = write_run(
        ["text", "n"], [["x", cell] for cell in cells], [predicted("A", 0.5)] * len(cells),
        window=1000,
    )  # fmt: skip
    with view_of(run) as view:
        slices = slices_of(view, "n", "number")
        assert sum(brute(view, one)["rows"] for one in slices) == len(cells)
    assert all(one.name.startswith(name) for one, name in zip(slices, names, strict=False))
    assert len(slices) >= len(names)
    assert len(slices) <= 10


@pytest.mark.parametrize(
    ("dates", "names"),
    [
        ([f"{year}-0{month}-11" for year in range(2015, 2025) for month in range(1, 8)],
         ["before 2016", "2016", "2017"]),
        ([f"2021-{month:02d}-{day:02d}" for month in range(1, 13) for day in (3, 9, 27)],
         ["before 2021-02", "2021-02", "2021-03"]),
        ([f"2021-05-04T{hour:02d}:{minute:02d}:00Z" for hour in range(24) for minute in (7, 31)],
         ["before 2021-05-04 02:00", "2021-05-04 02:00 to before 2021-05-04 04:00"]),
        ([f"2021-05-04 10:00:00.{part:03d}" for part in range(100, 130)],
         ["before 2021-05-04 10:00:00.10"]),
        ([f"{year:05d}-01-01" for year in range(9990, 10010)], ["before 9991"]),
        (["2021-05-04", "2021-05-04 10:30", "2021-05-05"],
         ["2021-05-04", "2021-05-04 10:30", "2021-05-05"]),
    ],
)  # fmt: skip
def test_dates_are_cut_where_a_year_or_a_month_begins(
    dates: list[str], names: list[str], write_run: WriteRun
) -> None:
    run = write_run(
        ["text", "d"], [["x", cell] for cell in dates], [predicted("A", 0.5)] * len(dates),
        window=1000,
    )  # fmt: skip
    with view_of(run) as view:
        slices = slices_of(view, "d", "date")
        assert sum(brute(view, one)["rows"] for one in slices) == len(dates)
    assert all(one.name.startswith(name) for one, name in zip(slices, names, strict=False))
    assert len(names) <= len(slices) <= 10
    ends = [(one.where[0].low, one.where[0].high) for one in slices]
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_what_can_not_be_sliced_is_said(run: Run, write_run: WriteRun) -> None:
    with view_of(run) as view:
        with pytest.raises(BadInput, match="can't be sliced by date; it can by number, value"):
            slices_of(view, "error", "date")
        with pytest.raises(BadInput, match="Column 'score' is not in"):
            slices_of(view, "score")
    nothing = write_run(["text", "note"], [["x", None], ["y", ""]], [predicted("A", 0.5)] * 2)
    with view_of(nothing) as view:
        assert slices_of(view, "note") == ()
        assert "note" not in sliceable(view)
    with view_of(write_run(["text"], [], [])) as view:
        assert slices_of(view, "text") == ()
        assert sliceable(view) == {}


@pytest.mark.parametrize("what", get_args(What))
def test_a_figure_has_its_interval(run: Run, what: What) -> None:
    with view_of(run, Choices(truth="truth")) as view:
        slices = slices_of(view, "label")
    for one in (*(one.figures for one in slices), together(one.figures for one in slices)):
        got = measured(one, Compared(what, "A"))
        hits = {"label": one.labels["A"], "accuracy": one.right, "failed": one.rows - one.predicted}
        if what == "score":
            assert got.value == one.scores.mean
            assert got.interval == mean_interval(one.scores.n, one.scores.mean, one.scores.sd)
        else:
            n = {"label": one.predicted, "accuracy": one.judged, "failed": one.rows}[what]
            assert (got.n, got.value) == (n, hits[what] / n)
            assert got.interval == share_interval(hits[what], n)


def test_scores_that_hardly_differ_keep_their_spread(write_run: WriteRun) -> None:
    """Sums of squares would lose it."""
    scores = [1 - place * 1e-9 for place in range(60)]
    run = write_run(
        ["text", "c"], [["x", "ab"[place % 2]] for place in range(60)],
        [predicted("AB"[place % 3 == 0], score) for place, score in enumerate(scores)],
    )  # fmt: skip
    with view_of(run) as view:
        slices = slices_of(view, "c")
    for one, first in zip(slices, (0, 1), strict=True):
        assert one.figures.scores.sd == pytest.approx(statistics.stdev(scores[first::2]), rel=1e-6)
    whole = together(one.figures for one in slices)
    assert whole.scores.sd == pytest.approx(statistics.stdev(scores), rel=1e-6)


def test_the_chart_shows_each_slice_and_greys_the_few(run: Run) -> None:
    with view_of(run) as view:
        slices = slices_of(view, "select", "value")
    by = Compared("label", "B")
    drawn = slices_chart(slices, by)
    (dots,) = drawn.figure["data"]
    assert [one[0] for one in dots["customdata"]] == dots["y"] == list(range(len(slices)))
    figures = [measured(one.figures, by) for one in slices]
    assert dots["x"] == [100 * one.value for one in figures]
    assert [colour == GREY for colour in dots["marker"]["color"]] == [one.n < 20 for one in figures]
    for x, up, down, one in zip(
        dots["x"], dots["error_x"]["array"], dots["error_x"]["arrayminus"], figures, strict=True
    ):
        assert (x - down, x + up) == pytest.approx([100 * end for end in one.interval])
    assert drawn.rows[0][:2] == (slices[0].name, slices[0].figures.rows)
    assert "fewer than 20 rows" in drawn.summary


def test_values_of_a_file_are_no_markup_in_the_chart(run: Run) -> None:
    with view_of(run) as view:
        slices = slices_of(view, "label")
    drawn = slices_chart(slices, Compared("label", "<b>A</b>"))
    names = drawn.figure["layout"]["yaxis"]["ticktext"]
    assert "&lt;i&gt;c&lt;/i&gt;" in names
    assert "<i>" not in repr(drawn.figure)
    assert "<b>" not in repr(drawn.figure)


def test_where_all_rows_failed_there_is_only_that_to_say(write_run: WriteRun) -> None:
    run = write_run(["text", "c"], [["x", "ab"[n % 2]] for n in range(50)], [failed()] * 50)
    with view_of(run) as view:
        slices = slices_of(view, "c")
    assert [one.figures.predicted for one in slices] == [0, 0]
    score = slices_chart(slices, Compared("score"))
    assert score.figure["data"][0]["x"] == []
    assert score.summary == "There is no row to take the mean score of."
    assert slices_chart(slices, Compared("failed")).figure["data"][0]["x"] == [100, 100]


def test_a_thousand_labels_are_counted(write_run: WriteRun) -> None:
    run = write_run(
        ["text", "c"], [["x", "ab"[n % 2]] for n in range(2000)],
        [predicted(f"label {n // 2}", 0.5) for n in range(2000)], window=2000,
    )  # fmt: skip
    with view_of(run) as view:
        first, _ = slices_of(view, "c")
    assert len(first.figures.labels) == 1000
    assert measured(first.figures, Compared("label", "label 7")).value == 1 / 1000


def test_the_usual_column_says_something_of_its_rows(write_run: WriteRun) -> None:
    rows = [[f"some text {n}", f"id-{n}", "PN"[n % 2], "ab"[n % 3 == 0]] for n in range(60)]
    run = write_run(["text", "id", "truth", "kind"], rows, [predicted("P", 0.5)] * 60)
    with view_of(run, Choices(truth="truth")) as view:
        assert usual(view) == "kind"
        assert kinds_of(view, "id").names_rows
        assert not kinds_of(view, "text").names_rows
    with view_of(run) as view:
        assert usual(view) == "truth"
        assert "id" not in differing(view).columns
