"""What a run gave: its overview, the rows it was least sure of, those that failed."""

from __future__ import annotations

from typing import Any

from golems.reports.charts.overview import overview_charts
from golems.reports.overview import counts, hardly_read_sentence, label_shares
from golems.reports.passport.section import Section, Table
from golems.reports.selection import ORDER, STATUS
from golems.reports.view import View
from golems.reports.words import between, percent
from golems.words import counted

MOST_LABELS, LEAST_SURE, FAILED, WRITTEN, UNREAD = 200, 50, 20, 20, 20
MOST_CHARS = 300


def overview(view: View) -> Section:
    """Labels, scores, lengths and reasons of failure."""
    found = counts(view)
    said = [
        f"{counted(found.rows, 'row')}: {found.ok:,} with a prediction, {found.failed:,} without."
    ]
    if found.hardly_read:
        said.append(f"{hardly_read_sentence(found)} Their results mean little.")
    if found.is_part and found.rows:
        said.append("These rows are part of a larger dataset, so shares have intervals.")
    if label_shares(view):
        said.append(
            "Labels and scores are what the model gives. A score says how sure the model is, and "
            "not how probable it is that the label is right."
        )
    table = label_table(view)
    return Section(
        "What came out", tuple(said), tuple(overview_charts(view)), (table,) if table else ()
    )


def label_table(view: View) -> Table | None:
    """How often each label was predicted; the most frequent ones."""
    labels = label_shares(view)
    if not labels:
        return None
    with_interval = labels[0].interval is not None
    return Table(
        "Predicted labels",
        ("Label", "Rows", "Share", *(["95% interval"] if with_interval else [])),
        tuple(
            (one.label, one.count, percent(one.share),
             *([between(one.interval)] if one.interval else []))
            for one in labels[:MOST_LABELS]
        ),
        f"The {MOST_LABELS} most frequent of {counted(len(labels), 'label')}."
        if len(labels) > MOST_LABELS else "",
    )  # fmt: skip


def least_sure(view: View) -> Section | None:
    """The rows whose label has the lowest score; None without scores."""
    rows = some_rows(view, "label, score", "score IS NOT NULL", ORDER["least sure"], LEAST_SURE)
    if not rows:
        return None
    return Section(
        "Where the golem was least sure",
        ("The predicted labels with the lowest scores. Worth a look by a person.",),
        tables=(
            Table(
                f"{counted(len(rows), 'row')} with the lowest scores",
                ("Row", "Label", "Score", *content_names(view)),
                tuple(
                    (place, label, _digits(score), *cells) for place, label, score, *cells in rows
                ),
                SHORTENED,
            ),
        ),
    )


def written(view: View) -> Section | None:
    """The first generated texts; None where none were generated."""
    rows = first_rows(view, "generated_text", "generated_text IS NOT NULL", WRITTEN)
    if not rows:
        return None
    title = f"The first {counted(len(rows), 'generated text')}"
    table = Table(title, ("Row", "Generated text", *content_names(view)), rows, SHORTENED)
    return Section("What was written", tables=(table,))


def hardly_read(view: View) -> Section | None:
    """The first rows that the golem can hardly read; None where there are none."""
    found = counts(view)
    if not found.hardly_read:
        return None
    said = f"{hardly_read_sentence(found)} Their results mean little, whatever their scores."
    rows = first_rows(view, "note", STATUS["hardly read"], UNREAD)
    title = f"The first {counted(len(rows), 'row')} of them"
    table = Table(title, ("Row", "Why", *content_names(view)), rows, SHORTENED)
    return Section("What the golem can hardly read", (said,), tables=(table,))


def failures(view: View) -> Section | None:
    """The first rows without a prediction; None where there are none."""
    found = counts(view)
    if not found.failed:
        return None
    said = (
        f"{counted(found.failed, 'row')} ({percent(found.failed / found.rows)}) could not be "
        "predicted and have no label. They are in the table of the results, with the reason."
    )
    rows = first_rows(view, "error", STATUS["failed"], FAILED)
    title = f"The first {counted(len(rows), 'failed row')}"
    table = Table(title, ("Row", "Reason", *content_names(view)), rows, SHORTENED)
    return Section("What failed", (said,), tables=(table,))


SHORTENED = f"Row 1 is the first of the dataset. Texts are cut to {MOST_CHARS} characters."


def content_names(view: View) -> tuple[str, ...]:
    """The original columns that tables show: the one that was read, or else the first."""
    dataset = view.manifest.dataset
    return (dataset.column or dataset.columns[0],) if dataset.columns else ()


def first_rows(view: View, text: str, condition: str, rows: int) -> tuple[tuple[Any, ...], ...]:
    """The first rows of some: place from 1, a text of ours and what was read, both shortened.

    Args:
        text: Its column in the view; it and ``condition`` are SQL of our own.
    """
    wanted = f"left({text}, {MOST_CHARS + 1})"
    found = some_rows(view, wanted, condition, ORDER["place"], rows)
    return tuple((place, shortened(one), *cells) for place, one, *cells in found)


def some_rows(
    view: View, wanted: str, condition: str, order: str, rows: int
) -> list[tuple[Any, ...]]:
    """Some rows: place from 1, what is wanted, and what was read, shortened.

    Args:
        wanted, condition, order: SQL of our own.
    """
    # No more of a cell than is shown leaves the database; it may hold megabytes.
    cells = [f"left({view.column(name)}, {MOST_CHARS + 1})" for name in content_names(view)]
    found = view.ask(
        f"SELECT place, {', '.join([wanted, *cells])} FROM rows WHERE place IN "
        f"(SELECT place FROM rows WHERE {condition} ORDER BY {order} LIMIT ?) ORDER BY {order}",
        [rows],
    )
    texts = len(cells)
    return [
        (row[0] + 1, *row[1 : len(row) - texts], *map(shortened, row[len(row) - texts :]))
        for row in found
    ]


def shortened(text: str | None) -> str | None:
    """A text as a table shows it."""
    if text is None or len(text) <= MOST_CHARS:
        return text
    return f"{text[: MOST_CHARS - 1]}…"


def _digits(score: float) -> float:
    return round(score, 4)
