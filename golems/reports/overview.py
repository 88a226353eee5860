"""What a run gave, at a glance: labels, scores, lengths, reasons of failure."""

from __future__ import annotations

from dataclasses import dataclass

from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.view import View
from golems.reports.words import percent
from golems.words import counted

BINS = 20
BIN_ROWS = 40  # fewer in a bin and its mean says little
MOST_LABELS = 6  # that a histogram tells apart
MOST_REASONS = 5
NUMBERS = "[0-9][0-9,.]*"


@dataclass(frozen=True)
class Counts:
    """What became of the rows written so far.

    Attributes:
        ok: With a prediction; ``failed``: without one.
        cut_off: Of which the model didn't read everything.
        hardly_read: Which the golem can hardly read, as their note says.
        population: Rows of the larger dataset that these are part of; None where they are all
            rows of theirs, or where nobody has counted those.
        is_part: Whether there are, or may be, more rows than these.
    """

    rows: int
    ok: int
    failed: int
    cut_off: int
    hardly_read: int
    population: int | None
    is_part: bool


@dataclass(frozen=True)
class LabelShare:
    """A label with how often it was predicted.

    Attributes:
        share: Of the rows with a label, 0 to 1.
        interval: 95%, where the rows are part of a larger dataset; else None, as a share of all
            rows is what it is.
    """

    label: str
    count: int
    share: float
    interval: Interval | None


@dataclass(frozen=True)
class ScoreBins:
    """Scores of the predicted labels in equal bins, each label's own.

    Attributes:
        edges: Of the bins, one more than there are; from 0 to 1, or wider for bare values.
        labels: The most frequent ones, most frequent first; None last for all others together.
        counts: For each of these its rows in each bin.
    """

    edges: tuple[float, ...]
    labels: tuple[str | None, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> int:
        return sum(map(sum, self.counts))


@dataclass(frozen=True)
class LengthBin:
    """Rows with a text of ``low`` to ``high`` characters, both with it, and their mean score."""

    low: int
    high: int
    rows: int
    score: float


@dataclass(frozen=True)
class Reason:
    """Why rows failed.

    Attributes:
        text: As the rows say it; where they differ in a number, with ``…`` in its place.
    """

    text: str
    rows: int


@kept
def counts(view: View) -> Counts:
    """Rows, and what became of them."""
    rows, failed, cut_off, hardly_read = view.ask(
        "SELECT count(*), count(error), count(*) FILTER (tokens_dropped > 0), count(note) FROM rows"
    )[0]
    dataset = view.manifest.dataset
    whole = dataset.rows if dataset.rows is not None else view.run.progress().rows
    asked = dataset.options.get("sample") or dataset.limit
    # Fewer rows than were asked for are all there are.
    is_part = asked is not None and (whole is None or whole >= asked)
    population = None
    if not is_part and whole is not None and rows < whole:
        is_part, population = True, whole
    elif whole is None:
        is_part = True
    return Counts(rows, rows - failed, failed, cut_off, hardly_read, population, is_part)


def hardly_read_sentence(found: Counts) -> str:
    """How many rows the golem can hardly read."""
    return (
        f"The golem can hardly read {counted(found.hardly_read, 'row')} of {found.rows:,} "
        f"({percent(found.hardly_read / found.rows)})."
    )


@kept
def label_shares(view: View) -> tuple[LabelShare, ...]:
    """All labels, most frequent first, then by name; none for generated texts."""
    found = view.ask("SELECT predicted, count(*) FROM rows WHERE predicted IS NOT NULL GROUP BY 1")
    around, whole = counts(view), sum(count for _, count in found)
    names = view.choices.names
    # Rows that would fail are no part of what a share is of; how many there are nobody knows, so
    # only those that did are left out, and the interval is too wide rather than too narrow.
    among = None if around.population is None else around.population - around.failed
    labelled = [(names.get(label, label), count) for label, count in found]
    labelled.sort(key=lambda one: (-one[1], one[0].encode()))
    return tuple(
        LabelShare(
            label,
            count,
            count / whole,
            share_interval(count, whole, population=among) if around.is_part else None,
        )
        for label, count in labelled
    )


@kept
def score_bins(view: View, bins: int = BINS) -> ScoreBins | None:
    """Scores by label; None where no row has one."""
    low, high, rows = view.ask(
        "SELECT least(0, min(score)), greatest(1, max(score)), count(score) FROM rows"
    )[0]
    if not rows:
        return None
    span = high - low
    found = view.ask(
        "SELECT predicted, least(floor((score - $low) * $bins / $span), $bins - 1)::INT, count(*) "
        "FROM rows WHERE score IS NOT NULL GROUP BY ALL",
        {"low": low, "span": span, "bins": bins},
    )
    named = [one.label for one in label_shares(view)[:MOST_LABELS]]
    names, counted = view.choices.names, dict[str | None, list[int]]()
    for predicted, place, number in found:
        label = names.get(predicted, predicted)
        of_label = counted.setdefault(label if label in named else None, [0] * bins)
        of_label[place] += number
    labels = [label for label in (*named, None) if label in counted]
    return ScoreBins(
        tuple(round(low + span * place / bins, 10) for place in range(bins + 1)),
        tuple(labels),
        tuple(tuple(counted[label]) for label in labels),
    )


@kept
def score_by_length(view: View, bins: int = BINS) -> tuple[LengthBin, ...]:
    """Mean score of texts by their length, in bins of about as many rows each.

    Returns:
        At most ``bins``, fewer of few rows, shortest first; texts of one length are always in one
        bin. Nothing for pictures and generated texts.
    """
    if "tokens" not in view.manifest.result_columns:
        return ()
    found = view.ask(
        "WITH lengths AS (SELECT chars, count(*) AS n, sum(score) AS total FROM rows "
        "WHERE score IS NOT NULL AND chars IS NOT NULL GROUP BY chars), "
        "ranked AS (SELECT *, sum(n) OVER (ORDER BY chars) - n AS before, sum(n) OVER () AS whole "
        "FROM lengths) "
        "SELECT min(chars), max(chars), sum(n)::BIGINT, sum(total) / sum(n) FROM ranked "
        "GROUP BY floor(before * least(?, greatest(2, whole // ?)) / whole) "
        "ORDER BY 1",
        [bins, BIN_ROWS],
    )
    return tuple(LengthBin(*one) for one in found)


@kept
def reasons(view: View, most: int = MOST_REASONS) -> tuple[Reason, ...]:
    """Why rows failed, most frequent reason first; reasons that differ in numbers are one."""
    found = view.ask(
        "WITH told AS (SELECT error, count(*) AS n FROM rows WHERE error IS NOT NULL GROUP BY 1) "
        f"SELECT min(error), sum(n)::BIGINT, count(*), "
        f"regexp_replace(error, '{NUMBERS}', '…', 'g') AS alike FROM told "
        "GROUP BY alike ORDER BY 2 DESC, 1 LIMIT ?",
        [most],
    )
    return tuple(
        Reason(example if kinds == 1 else alike, rows) for example, rows, kinds, alike in found
    )
