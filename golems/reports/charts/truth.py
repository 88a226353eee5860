"""Predictions against the truth: the confusion matrix, and precision and recall of each label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.template import GREY, PALETTE, Chart, chart, markup_free
from golems.reports.metrics import Cells, ClassMetrics
from golems.reports.words import shortened
from golems.words import counted

MOST = 20  # labels that are drawn
FEW = 20  # rows under which a share says little
OTHER = "all other labels"
CELL_PIXELS, BAR_PIXELS = 30, 30
# Of PALETTE[0]; thin enough for the theme's own text, light or dark, to be read on it.
SCALE = [[0.0, "rgba(0, 114, 178, 0.04)"], [1.0, "rgba(0, 114, 178, 0.55)"]]


def drawn_labels(cells: Cells) -> tuple[str, ...]:
    """The labels with the most rows, as truth or prediction; at most ``MOST``, most rows first."""
    counts = cells.matrix()
    rows = (counts.sum(axis=0) + counts.sum(axis=1)).tolist()
    order = sorted(range(len(rows)), key=lambda at: (-rows[at], cells.labels[at]))
    return tuple(cells.labels[at] for at in order[:MOST])


def confusion_matrix(cells: Cells, *, shares: bool = False) -> Chart:
    """How often each label was predicted for each truth.

    Labels beyond the ``MOST`` most frequent ones are one row and one column. A click means
    ``[truth, label]``, where None stands for all other labels.

    Args:
        shares: Of the rows with a truth, instead of rows.
    """
    import numpy as np

    drawn = drawn_labels(cells)
    rest = len(cells.labels) - len(drawn)
    place = {label: at for at, label in enumerate(drawn)}
    group = np.array([place.get(label, len(drawn)) for label in cells.labels], dtype=np.int64)
    size = len(drawn) + (rest > 0)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (group[cells.truth], group[cells.label]), cells.rows)
    totals = counts.sum(axis=1)
    names: list[str | None] = [*drawn, *([None] if rest else [])]
    # A truth without rows has no shares.
    part = counts / np.maximum(totals, 1)[:, None]
    points = [(row, column) for row in range(size) for column in range(size)]
    words = [
        f"Truth: {_shown(names[row])}<br>Predicted: {_shown(names[column])}<br>"
        f"{counted(int(counts[row, column]), 'row')}, {part[row, column]:.1%} of the "
        f"{int(totals[row]):,} with this truth"
        for row, column in points
    ]
    z = part if shares else counts
    written = [f"{z[at]:.1%}" if shares else f"{z[at]:,}" for at in points]
    ticks = {
        "tickvals": list(range(size)),
        "ticktext": [_shown(name, 18) for name in names],
        "showgrid": False, "zeroline": False, "range": [-0.5, size - 0.5],
    }  # fmt: skip
    title, summary = _confusions(cells, rest)
    return chart(
        title,
        summary,
        [
            {
                "type": "heatmap", "z": z.tolist(),
                "colorscale": SCALE, "showscale": False, "xgap": 2, "ygap": 2, "hoverinfo": "skip",
                "zmin": 0, "zmax": 1 if shares else max(1, int(counts.max(initial=0))),
            },
            {
                # A heatmap tells nobody of a click; points nobody sees do. Its texts would take
                # colours that are read on its scale's own, and not on what shines through.
                "type": "scatter", "mode": "markers+text", "text": written,
                "x": [column for _, column in points], "y": [row for row, _ in points],
                "hovertext": words, "hoverinfo": "text",
                "customdata": [[[names[row], names[column]]] for row, column in points],
                "marker": {"symbol": "square", "size": CELL_PIXELS, "color": "rgba(0, 0, 0, 0)"},
                "showlegend": False,
            },
        ],
        columns=("Truth", "Predicted", "Rows", "Share of the truth"),
        rows=[
            (names[row] or OTHER, names[column] or OTHER, int(counts[row, column]),
             float(part[row, column]))
            for row, column in points
        ],
        height=110 + CELL_PIXELS * max(size, 4),
        xaxis={"title": {"text": "Predicted"}, **ticks},
        yaxis={"title": {"text": "Truth"}, **ticks, "range": [size - 0.5, -0.5]},
        hovermode="closest",
        hoverdistance=-1,  # of however large a cell is, its point is the nearest
    )  # fmt: skip


def class_chart(classes: Sequence[ClassMetrics]) -> Chart:
    """Precision and recall of the labels with the most rows, with their intervals.

    Shares of fewer than ``FEW`` rows are grey; there is no point for those of none. A click means
    ``["precision", label]`` or ``["recall", label]``.

    Args:
        classes: Of ``Metrics``, largest support first.
    """
    drawn = classes[:MOST]
    traces: list[dict[str, Any]] = []
    for what, shift, colour, symbol in (
        ("precision", -0.15, PALETTE[0], "circle"), ("recall", 0.15, PALETTE[1], "diamond"),
    ):  # fmt: skip
        points = []
        for at, one in enumerate(drawn):
            precision = what == "precision"
            n = one.predicted if precision else one.support
            share = one.precision if precision else one.recall
            low, high = one.precision_interval if precision else one.recall_interval
            if n:
                points.append((at + shift, share, low, high, n, one))
        meant = "of the rows predicted so" if what == "precision" else "of the rows that are so"
        tints = [GREY if n < FEW else colour for *_, n, _ in points]
        traces += [
            {
                "type": "scatter", "mode": "markers", "name": what.title(), "legendgroup": what,
                "x": [share for _, share, *_ in points], "y": [y for y, *_ in points],
                "marker": {"color": tints, "symbol": symbol, "size": 9},
                "error_x": {
                    "type": "data", "symmetric": False, "thickness": 1.2, "color": GREY,
                    "array": [high - share for _, share, _, high, *_ in points],
                    "arrayminus": [share - low for _, share, low, *_ in points],
                },
                "customdata": [[[what, one.label]] for *_, one in points],
                "hovertext": [
                    f"{markup_free(one.label)}: {what} {share:.1%} {meant}, n = {n:,}"
                    f"<br>95% interval {low:.1%} to {high:.1%}" + ("; few rows" * (n < FEW))
                    for _, share, low, high, n, one in points
                ],
                "hoverinfo": "text", "showlegend": False,
            },
            # The first point may be a grey one; the legend has its own.
            {
                "type": "scatter", "mode": "markers", "name": what.title(), "legendgroup": what,
                "x": [None], "y": [None], "hoverinfo": "skip",
                "marker": {"color": colour, "symbol": symbol, "size": 9},
            },
        ]  # fmt: skip
    title, summary = _of_classes(drawn, len(classes))
    return chart(
        title,
        summary,
        traces,
        columns=("Label", "Precision", "Recall", "F1", "Rows with this truth", "Predicted"),
        rows=[(o.label, o.precision, o.recall, o.f1, o.support, o.predicted) for o in classes],
        height=120 + BAR_PIXELS * max(len(drawn), 2),
        xaxis={"title": {"text": "Share, with its 95% interval"}, "range": [-0.02, 1.02],
               "tickformat": ".0%"},
        yaxis={
            "tickvals": list(range(len(drawn))),
            "ticktext": [markup_free(one.label, 24) for one in drawn], "zeroline": False,
            "range": [max(len(drawn), 1) - 0.5, -0.5],
        },
        hovermode="closest",
    )  # fmt: skip


def _confusions(cells: Cells, rest: int) -> tuple[str, str]:
    n = int(cells.rows.sum())
    order = sorted(
        (
            (-rows, truth, label)
            for truth, label, rows in zip(
                cells.truth.tolist(), cells.label.tolist(), cells.rows.tolist(), strict=True
            )
            if truth != label
        )
    )
    wrong = -sum(rows for rows, *_ in order)
    others = (
        f" The {len(cells.labels) - rest} labels with the most rows are drawn; the other {rest:,} "
        f"are together as '{OTHER}'."
        if rest
        else ""
    )
    if not order:
        return (
            "No row is wrong",
            f"The prediction of each of {counted(n, 'row')} is the truth.{others}",
        )
    rows, truth, label = order[0]
    most = f"{shortened(cells.labels[truth])} is taken for {shortened(cells.labels[label])}"
    return (
        f"Most often {most}",
        f"{wrong:,} of {counted(n, 'row')} are wrong; in {-rows:,} of them {most}.{others}",
    )


def _of_classes(drawn: Sequence[ClassMetrics], count: int) -> tuple[str, str]:
    enough = [one for one in drawn if one.support >= FEW]
    few = sum(one.support < FEW for one in drawn)
    said = []
    title = "Precision and recall of each label"
    if enough:
        worst = min(enough, key=lambda one: one.recall)
        best = max(enough, key=lambda one: one.recall)
        if best.recall > worst.recall:
            title = f"{shortened(worst.label)} is found least often"
        said.append(
            f"Of the {counted(worst.support, 'row')} that are {shortened(worst.label)} "
            f"{worst.recall:.1%} are found "
            f"(95% interval {worst.recall_interval.low:.1%} to {worst.recall_interval.high:.1%})"
            + (
                f", of those that are {shortened(best.label)} {best.recall:.1%}."
                if best != worst
                else "."
            )
        )
    if few:
        said.append(f"{few} of the labels have fewer than {FEW} rows: those are grey, too few.")
    if count > len(drawn):
        said.append(f"The {len(drawn)} of {counted(count, 'label')} with the most rows are drawn.")
    return title, " ".join(said) or "No row has both a truth and a prediction."


def _shown(name: str | None, most: int = 32) -> str:
    return OTHER if name is None else markup_free(name, most)
