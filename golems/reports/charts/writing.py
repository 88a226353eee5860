"""Charts of generated texts: how long they are, how varied, and which come again."""

from __future__ import annotations

from golems.reports.charts.bars import bars, layout
from golems.reports.charts.template import PALETTE, Chart, chart, counting
from golems.reports.outputs import REPEATED
from golems.reports.words import shortened
from golems.reports.writing import DISTINCT, Lengths, Writing
from golems.words import counted

NOTHING = {"type": "bar", "x": [], "y": [], "customdata": []}  # Plotly wants a trace at least
IN_WORDS = {"words": "words", "chars": "characters"}


def length_chart(lengths: Lengths) -> Chart:
    """How many outputs are how long; a click means ``[from, to]``, both with it."""
    unit = IN_WORDS[lengths.unit]
    columns = (f"From ({unit})", "To", "Outputs")
    if not lengths.bins:
        return chart(
            "No outputs yet", "No text was generated so far.", [NOTHING], columns=columns, rows=()
        )
    quantiles = [f"{value:,.0f}" for value in lengths.quantiles]
    least, _, low, median, high, _, most = quantiles
    names = [_span(low, high, last=(low, high, _) == lengths.bins[-1])
             for low, high, _ in lengths.bins]  # fmt: skip
    return chart(
        f"Half of the outputs have {median} {unit} or fewer",
        f"{sum(count for *_, count in lengths.bins):,} outputs, from {least} to {most} {unit}; the "
        f"middle half has {low} to {high}, the mean is {lengths.mean:,.1f}.",
        [
            {
                "type": "bar",
                "x": names,
                "y": [count for *_, count in lengths.bins],
                "customdata": [[[low, high]] for low, high, _ in lengths.bins],
                "hovertemplate": f"%{{x}} {unit}: %{{y:,}} outputs<extra></extra>",
                "marker": {"color": PALETTE[0]},
            }
        ],
        columns=columns,
        rows=lengths.bins,
        xaxis={"title": {"text": unit.capitalize()}, "type": "category"},
        yaxis=counting("Outputs", max(count for *_, count in lengths.bins)),
    )


def _span(low: int, high: int, *, last: bool) -> str:
    if low == high:
        return f"{low:,}"
    return f"{low:,} or more" if last else f"{low:,}–{high:,}"


def grams_chart(found: Writing) -> Chart:
    """distinct-n and rep-n, as shares of n-grams."""
    by_n = {one.n: one for one in found.grams}
    rows = [(f"distinct-{n}", by_n[n].distinct, by_n[n].outputs) for n in DISTINCT]
    four = by_n[REPEATED]
    rows.append((f"rep-{REPEATED}", four.repetition, four.outputs))
    shown = [(name, value) for name, value, _ in rows if value is not None]
    distinct, repetition = by_n[2].distinct, four.repetition
    title = "Too few words to see how varied the outputs are"
    said = "No output has two words."
    if distinct is not None:
        title = f"{distinct:.1%} of the pairs of words are different ones"
        said = f"Over {found.read:,} outputs: " + ", ".join(f"{a} {b:.3f}" for a, b in shown) + "."
        if repetition is not None:
            said += f" Of an average output, {repetition:.1%} of the runs of four words come again."
    return chart(
        title,
        said,
        [
            {
                "type": "bar",
                "orientation": "h",
                "y": [name for name, _ in shown],
                "x": [value for _, value in shown],
                "text": [f"{value:.3f}" for _, value in shown],
                "textposition": "outside",
                "cliponaxis": False,
                "hovertemplate": "%{y}: %{x:.4f}<extra></extra>",
                "marker": {
                    "color": [PALETTE[not name.startswith("distinct")] for name, _ in shown]
                },
            }
        ],
        columns=("Measure", "Value", "Outputs with such n-grams"),
        rows=rows,
        xaxis={"range": [0, 1.1], "title": {"text": "Share of n-grams"}},
        yaxis={"autorange": "reversed"},
        height=220,
    )


def same_chart(found: Writing) -> Chart:
    """The outputs that most prompts share; a click means its place in ``found.same``."""
    columns = ("Output", "Rows")
    if not found.same:
        return chart(
            "No two prompts were given the same output",
            f"{found.outputs - found.empty:,} outputs that aren't empty were compared, letter by "
            "letter.",
            [NOTHING],
            columns=columns,
            rows=(),
        )
    return chart(
        f"{found.same_rows:,} rows share their output with another prompt",
        f"{found.same_texts:,} {'output was' if found.same_texts == 1 else 'outputs were'} given "
        f"to several prompts, {found.same_rows:,} of {counted(found.outputs, 'row')} in all; "
        "compared letter by letter, empty ones left out.",
        [
            bars(
                [one.rows for one in found.same],
                meaning=[*range(len(found.same))],
                said=[
                    f"{shortened(one.output, 160)}: {counted(one.rows, 'row')}"
                    for one in found.same
                ],
                fills=[PALETTE[0]] * len(found.same),
            )
        ],
        columns=columns,
        rows=[(one.output, one.rows) for one in found.same],
        **layout(
            [one.output for one in found.same], axis="Rows", most=found.same[0].rows, chars=32
        ),
    )
