"""What a run gave: its overview, the rows it was least sure of, those that failed."""

from __future__ import annotations

from typing import Any

from golems.reports.charts.overview import overview_charts
from golems.reports.overview import counts, label_shares
from golems.reports.passport.section import Section, Table
from golems.reports.selection import ORDER, STATUS
from golems.reports.view import View
from golems.reports.words import between, counted, percent

MOST_LABELS, LEAST_SURE, FAILED, WRITTEN = 200, 50, 20, 20
MOST_CHARS = 300


def overview(view: View) -> Section:
    """Labels, scores, lengths and reasons of failure."""
    found = counts(view)
    said = [
        f"{counted(found.rows, 'row')}: {found.ok:,} with a prediction, {found.failed:,} without."
    ]
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
        f"The {MOST_LABELS} most frequent of {len(labels):,} labels."
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
    wanted = f"left(generated_text, {MOST_CHARS + 1})"
    rows = some_rows(view, wanted, "generated_text IS NOT NULL", ORDER["place"], WRITTEN)
    if not rows:
        return None
    return Section(
        "What was written",
        tables=(
            Table(
                f"The first {counted(len(rows), 'generated text')}",
                ("Row", "Generated text", *content_names(view)),
                tuple((place, shortened(text), *cells) for place, text, *cells in rows),
                SHORTENED,
            ),
        ),
    )


def failures(view: View) -> Section | None:
    """The first rows without a prediction; None where there are none."""
    found = counts(view)
    if not found.failed:
        return None
    wanted = f"left(error, {MOST_CHARS + 1})"
    rows = some_rows(view, wanted, STATUS["failed"], ORDER["place"], FAILED)
    said = (
        f"{counted(found.failed, 'row')} ({percent(found.failed / found.rows)}) could not be "
        "predicted and have no label. They are in the table of the results, with the reason."
    )
    return Section(
        "What failed",
        (said,),
        tables=(
            Table(
                f"The first {counted(len(rows), 'failed row')}",
                ("Row", "Reason", *content_names(view)),
                tuple((place, shortened(reason), *cells) for place, reason, *cells in rows),
                SHORTENED,
            ),
        ),
    )


SHORTENED = f"Row 1 is the first of the dataset. Texts are cut to {MOST_CHARS} characters."


def content_names(view: View) -> tuple[str, ...]:
    """The original columns that tables show: the one that was read, or else the first."""
    dataset = view.manifest.dataset
    return (dataset.column or dataset.columns[0],) if dataset.columns else ()


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
