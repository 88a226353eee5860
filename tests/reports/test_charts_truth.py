"""What the charts of predictions against the truth say, and what a click on them means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import pytest

from golems.reports.charts import Chart
from golems.reports.charts.template import GREY
from golems.reports.charts.truth import OTHER, class_chart, confusion_matrix, drawn_labels
from golems.reports.metrics import Cells, of_classes

HTML = "<b>x</b>"


def counted(*triples: tuple[str, str, int]) -> Cells:
    """Cells of truth, label, rows."""
    labels = tuple(sorted({name for truth, label, _ in triples for name in (truth, label)}))
    truth, label, rows = (
        np.array(one, dtype=np.int64)
        for one in (
            [labels.index(t) for t, _, _ in triples],
            [labels.index(p) for _, p, _ in triples],
            [n for *_, n in triples],
        )
    )
    return Cells(labels, truth, label, rows)


SOME = counted(("A", "A", 60), ("A", "B", 20), ("B", "B", 10), (HTML, "B", 5))


def traces(chart: Chart) -> Sequence[dict]:
    go.Figure(chart.figure)  # Plotly refuses what its schema doesn't know
    return chart.figure["data"]


def test_each_cell_has_its_count_and_its_click() -> None:
    chart = confusion_matrix(SOME)
    heatmap, points = traces(chart)
    assert heatmap["z"] == [[60, 20, 0], [0, 10, 0], [0, 5, 0]]
    assert points["text"][:3] == ["60", "20", "0"]
    assert len(points["x"]) == 9
    at = next(
        n for n, one in enumerate(zip(points["x"], points["y"], strict=True)) if one == (1, 0)
    )
    assert points["customdata"][at][0] == ["A", "B"]
    assert "20 rows, 25.0% of the 80 with this truth" in points["hovertext"][at]
    assert chart.columns == ("Truth", "Predicted", "Rows", "Share of the truth")
    assert ("A", "B", 20, 0.25) in chart.rows
    assert chart.title == "Most often A is taken for B"
    assert chart.summary == "25 of 95 rows are wrong; in 20 of them A is taken for B."


def test_shares_are_of_the_truth_and_of_nothing_where_there_is_none() -> None:
    heatmap, points = traces(confusion_matrix(counted(("A", "A", 3), ("A", "B", 1)), shares=True))
    assert heatmap["z"] == [[0.75, 0.25], [0.0, 0.0]]
    assert points["text"] == ["75.0%", "25.0%", "0.0%", "0.0%"]


def test_foreign_words_are_no_markup() -> None:
    chart = confusion_matrix(SOME)
    _, points = traces(chart)
    assert not any("<b>" in one for one in points["hovertext"])
    assert "<b>" not in str(chart.figure["layout"]["xaxis"]["ticktext"])
    assert [HTML, "B"] in [one for (one,) in points["customdata"]]
    assert any(HTML in row for row in chart.rows)
    classes = class_chart(of_classes(SOME))
    assert "<b>" not in str([one.get("hovertext") for one in traces(classes)])


def test_labels_beyond_the_most_frequent_are_one_row_and_column() -> None:
    triples = [(f"l{n:02}", f"l{n:02}", 100 - n) for n in range(30)]
    found = counted(*triples, ("l25", "l00", 7), ("l00", "l26", 3), ("l27", "l28", 2))
    assert drawn_labels(found) == tuple(f"l{n:02}" for n in range(20))
    chart = confusion_matrix(found)
    heatmap, points = traces(chart)
    counts = np.array(heatmap["z"])
    assert counts.shape == (21, 21)
    assert counts.sum() == found.rows.sum()
    assert (counts[20, 0], counts[0, 20]) == (7, 3)
    assert counts[20, 20] == sum(100 - n for n in range(20, 30)) + 2
    clicks = [one for (one,) in points["customdata"]]
    assert [None, "l00"] in clicks
    assert [None, None] in clicks
    assert "the other 10 are together" in chart.summary
    assert (OTHER, "l00", 7) in [row[:3] for row in chart.rows]


@pytest.mark.parametrize("shares", [False, True])
def test_nothing_wrong_and_nothing_at_all_are_drawn_too(shares: bool) -> None:
    assert confusion_matrix(counted(("A", "A", 1)), shares=shares).title == "No row is wrong"
    traces(confusion_matrix(counted(), shares=shares))


def test_precision_and_recall_have_their_intervals() -> None:
    classes = of_classes(SOME)
    chart = class_chart(classes)
    precision, _, recall, _ = traces(chart)
    assert [one for (one,) in precision["customdata"]] == [["precision", "A"], ["precision", "B"]]
    # The third label was never predicted: it has no precision.
    assert [one for (one,) in recall["customdata"]][2] == ["recall", HTML]
    assert precision["x"] == [1.0, pytest.approx(10 / 35)]
    for trace in (precision, recall):
        points = zip(
            trace["x"], trace["error_x"]["arrayminus"], trace["error_x"]["array"], strict=True
        )
        assert all(less >= 0 and more >= 0 and less + more > 0 for _, less, more in points)
    first = classes[0]
    assert recall["x"][0] - recall["error_x"]["arrayminus"][0] == pytest.approx(
        first.recall_interval.low
    )
    # Of fewer than 20 rows: the recall of B and of the third.
    assert [one == GREY for one in recall["marker"]["color"]] == [False, True, True]
    assert [one == GREY for one in precision["marker"]["color"]] == [False, False]
    assert "few rows" in recall["hovertext"][1]
    assert "2 of the labels have fewer than 20 rows" in chart.summary


def test_the_worst_label_of_enough_rows_is_the_finding() -> None:
    found = counted(("A", "A", 50), ("B", "A", 30), ("B", "B", 20))
    chart = class_chart(of_classes(found))
    assert chart.title == "B is found least often"
    assert "Of the 50 rows that are B 40.0% are found (95% interval 27.6% to 53.8%)" in (
        chart.summary
    )


def test_only_the_most_frequent_labels_have_points_and_all_are_in_the_table() -> None:
    classes = of_classes(counted(*[(f"l{n}", f"l{n}", 30) for n in range(25)]))
    chart = class_chart(classes)
    assert len(traces(chart)[0]["x"]) == 20
    assert len(chart.rows) == 25
    assert "The 20 of 25 labels with the most rows are drawn." in chart.summary
    assert class_chart([]).summary == "No row has both a truth and a prediction."
