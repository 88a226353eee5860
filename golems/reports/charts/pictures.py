"""Charts of labelled pictures: frequent labels, where the right one stands, and mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golems.reports.charts.bars import bars, layout
from golems.reports.charts.template import GREY, PALETTE, Chart, chart, colours
from golems.reports.pictures import BEST, SHOWN, Confused, Frequent, LabelGroup, Ranks
from golems.reports.words import shortened
from golems.words import counted

FEW = 20  # rows of a label that say too little


def labels_chart(found: Frequent) -> Chart:
    """The labels that most pictures got; a click means the label, None that of all others."""
    rows: list[tuple[str | None, str, int]] = [
        (label, label, count) for label, count in found.labels
    ]
    more, their_rows = found.others
    if more:
        rows.append((None, f"{more:,} other {'label' if more == 1 else 'labels'}", their_rows))
    title, said = "No picture has a label yet", "No picture was labelled so far."
    if rows:
        label, count = found.labels[0]
        labels = counted(len(found.labels) + more, "label")
        title = f"{shortened(label)} is the most frequent of {labels}"
        alike = sum(other == count for _, other in found.labels)
        if alike > 1:
            title = f"{shortened(label)} and others are the most frequent labels: {count:,} each"
        if len(found.labels) + more == 1:
            title = f"Every picture is {shortened(label)}"
        said = (
            f"Of {counted(found.rows, 'labelled picture')} {count:,} "
            f"{'is' if count == 1 else 'are'} {shortened(label)}, "
        )
        said += f"{count / found.rows:.1%} of them."
    own = colours(label for label, _ in found.labels) if len(rows) <= len(PALETTE) else {}
    return _bars(
        title,
        said,
        [name for _, name, _ in rows],
        [count for *_, count in rows],
        meaning=[label for label, *_ in rows],
        fills=[own.get(name, PALETTE[0] if label else GREY) for label, name, _ in rows],
        columns=("Label", "Pictures", "Share"),
        rows=[(name, count, count / found.rows) for _, name, count in rows],
    )


def groups_chart(groups: Sequence[LabelGroup]) -> Chart:
    """Labels that share a last word; a click means the place of the group."""
    shown = groups[:SHOWN]
    title = "No labels share a last word"
    said = "Of the labels given no two have a name that ends in the same word."
    if shown:
        title = f"The largest group of labels ends in “{shortened(shown[0].word)}”"
        said = (
            f"{len(groups):,} {'word ends' if len(groups) == 1 else 'words end'} the names of "
            f"several labels given; {counted(len(shown[0].labels), 'label')} end in "
            f"“{shortened(shown[0].word)}”, with {counted(shown[0].rows, 'picture')}."
        )
    return _bars(
        title,
        said,
        [f"{group.word} ({counted(len(group.labels), 'label')})" for group in shown],
        [group.rows for group in shown],
        meaning=[*range(len(shown))],
        fills=[PALETTE[0]] * len(shown),
        columns=("Last word", "Labels", "Pictures"),
        rows=[(group.word, "; ".join(group.labels), group.rows) for group in shown],
    )


def ranks_chart(found: Ranks) -> Chart:
    """How often the right label stands first, second, ...; a click means that, 0 for nowhere."""
    shown = list(enumerate(found.places, 1))
    # Where all of a thousand labels were kept, the last ones say nothing.
    rest = sum(count for _, count in shown[SHOWN:])
    rows = [(at, ordinal(at), count) for at, count in shown[:SHOWN]]
    if rest:
        rows.append((-1, f"{ordinal(SHOWN + 1)} or later", rest))
    rows.append((0, "not among those kept", found.beyond))
    title, said = "No picture has a truth", "There is no picture with a label and a truth."
    if found.rows:
        first, best = found.top(1), found.top(min(BEST, found.kept))
        title = f"The right label is first for {first.share:.1%} of the pictures"
        said = f"Of {counted(found.rows, 'picture')} with a truth it is first for {first.hits:,}"
        if best.k > 1:
            said += f", among the best {best.k} for {best.hits:,}"
        said += f", and not among the {found.kept:,} kept for {found.beyond:,}."
    return _bars(
        title,
        said,
        [name for _, name, _ in rows],
        [count for *_, count in rows],
        meaning=[at for at, *_ in rows],
        fills=[PALETTE[2] if at == 1 else GREY if at < 1 else PALETTE[0] for at, *_ in rows],
        columns=("Place of the right label", "Pictures", "Share"),
        rows=[(name, count, count / found.rows if found.rows else None) for _, name, count in rows],
    )


def confused_chart(pairs: Sequence[Confused]) -> Chart:
    """Labels taken for each other; a click means the place of the pair."""
    title, said = "No picture got a wrong label", "No label was taken for another one."
    if pairs:
        one = pairs[0]
        first, second = shortened(one.first), shortened(one.second)
        title = f"{first} and {second} are confused most"
        if len(pairs) > 1 and pairs[1].there + pairs[1].back == one.there + one.back:
            title = f"{first} and {second} are confused most, and other pairs as often"
        said = (
            f"{first} was taken for {second} in {one.there:,} of its "
            f"{counted(one.of_first, 'row')}, and {second} for {first} in {one.back:,} of "
            f"{one.of_second:,}."
        )
        if any(few(pair) for pair in pairs):
            said += f" Grey: one of the two has fewer than {FEW} rows, which says little."
    return _bars(
        title,
        said,
        [f"{shortened(pair.first)} / {shortened(pair.second)}" for pair in pairs],
        [pair.there + pair.back for pair in pairs],
        meaning=[*range(len(pairs))],
        fills=[GREY if few(pair) else PALETTE[1] for pair in pairs],
        columns=("Right", "Taken for", "Rows", "Of", "The other way", "Of (the other way)"),
        rows=[
            (pair.first, pair.second, pair.there, pair.of_first, pair.back, pair.of_second)
            for pair in pairs
        ],
    )


def few(pair: Confused) -> bool:
    """Whether one of two labels is right too rarely to say much."""
    return min(pair.of_first, pair.of_second) < FEW


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if 10 <= number % 100 <= 20 else ending}"


def _bars(
    title: str,
    said: str,
    names: Sequence[str],
    counts: Sequence[int],
    *,
    meaning: Sequence[Any],
    fills: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> Chart:
    """Bars of pictures."""
    trace = bars(
        counts,
        meaning=meaning,
        said=[
            f"{shortened(name, 120)}: {counted(count, 'picture')}"
            for name, count in zip(names, counts, strict=True)
        ],
        fills=fills,
    )
    around = layout(names, axis="Pictures", most=max(counts, default=1), chars=60)
    return chart(title, said, [trace], columns=columns, rows=rows, **around)
