"""How often each label was predicted, as a chart."""

from __future__ import annotations

from collections.abc import Sequence

from golems.reports.charts.bars import bars, layout
from golems.reports.charts.template import GREY, Chart, chart, colours
from golems.reports.overview import Counts, LabelShare
from golems.reports.words import between, percent, shortened
from golems.words import counted

MOST_BARS = 20


def label_bars(counts: Counts, labels: Sequence[LabelShare]) -> Chart | None:
    """How often each label was predicted; a click says the label. None without labels."""
    if not labels:
        return None
    shown, rest = labels[:MOST_BARS], labels[MOST_BARS:]
    rows = sum(one.count for one in labels)
    of = colours(one.label for one in labels)
    trace = bars(
        [one.count for one in shown],
        meaning=[one.label for one in shown],
        said=[_said(one) for one in shown],
        fills=[of[one.label] for one in shown],
        texts=[f"{one.count:,} ({percent(one.share)})" for one in shown],
    )
    if any(one.interval for one in shown):
        ends = [one.interval or (one.share, one.share) for one in shown]
        trace["error_x"] = {
            "type": "data",
            "symmetric": False,
            "array": [(end[1] - one.share) * rows for one, end in zip(shown, ends, strict=True)],
            "arrayminus": [
                (one.share - end[0]) * rows for one, end in zip(shown, ends, strict=True)
            ],
            "color": GREY,
        }
        trace["textposition"] = "inside"
        trace["insidetextanchor"] = "start"
    most = max(
        (one.interval.high * rows if one.interval else one.count for one in shown), default=1
    )
    return chart(
        _finding(counts, labels, rows),
        _label_summary(counts, shown, rest, rows),
        [trace],
        columns=("Label", "Rows", "Share", *(["95% interval"] if counts.is_part else [])),
        rows=[
            (one.label, one.count, percent(one.share),
             *([between(one.interval)] if one.interval else []))
            for one in shown
        ],
        **layout([one.label for one in shown], axis="Rows", most=most),
    )  # fmt: skip


def finding(counts: Counts, labels: Sequence[LabelShare]) -> str:
    """What most rows are: ``62% of 1,000 rows are positive``; without labels, how many there are.

    Rows that failed are not among them.
    """
    rows = sum(one.count for one in labels)
    return _finding(counts, labels, rows) if labels else f"{counted(counts.rows, 'row')} were read"


def _finding(counts: Counts, labels: Sequence[LabelShare], rows: int) -> str:
    first = labels[0]
    read = "predicted row" if counts.failed else "row"
    if len(labels) == 1:
        the = f"The only {read} is" if rows == 1 else f"All {rows:,} {read}s are"
        return f"{the} {shortened(first.label)}"
    if labels[1].count == first.count:
        return (
            f"{shortened(first.label)} and {shortened(labels[1].label)} are equally frequent: "
            + (f"{counted(first.count, 'row')} each")
        )
    return f"{percent(first.share)} of {counted(rows, read)} are {shortened(first.label)}"


def _label_summary(
    counts: Counts, shown: Sequence[LabelShare], rest: Sequence[LabelShare], rows: int
) -> str:
    said = [f"Labels of {counted(rows, 'row')}: {'; '.join(map(_plain, shown[:3]))}."]
    if rest:
        more = sum(one.count for one in rest)
        said.append(
            f"{counted(len(rest), 'further label')} with {counted(more, 'row')} "
            f"({percent(more / rows)}) {'is' if len(rest) == 1 else 'are'} not shown."
        )
    if counts.is_part:
        said.append(
            "The rows are part of a larger dataset; the intervals say, at 95%, where the share in "
            "all of it lies if these rows are as good as drawn at random."
        )
    return " ".join(said)


def _plain(one: LabelShare) -> str:
    interval = f", 95% interval {between(one.interval)}" if one.interval else ""
    return f"{shortened(one.label)} {counted(one.count, 'row')} ({percent(one.share)}{interval})"


def _said(one: LabelShare) -> str:
    interval = f", 95% interval {between(one.interval)}" if one.interval else ""
    return (
        f"{shortened(one.label, 120)}: {counted(one.count, 'row')}, {percent(one.share)}{interval}"
    )
