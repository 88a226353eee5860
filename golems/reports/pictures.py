"""What pictures were taken for, and where the right label stands among those that were kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from golems.reports.intervals import Interval, share_interval
from golems.reports.kept import kept
from golems.reports.view import View

TASK = "image-classification"
SHOWN = 20  # labels, and groups of them
BEST = 5
PAIRS = 15
MOST_LISTED = 1000
JUDGED = "truth IS NOT NULL AND error IS NULL AND len(labels) > 0"


@dataclass(frozen=True)
class Frequent:
    """The labels that most pictures got.

    Attributes:
        rows: Pictures with a label.
        labels: Label, as it is called, and its pictures; most frequent first.
        others: How many labels more there are, and their pictures.
    """

    rows: int
    labels: tuple[tuple[str, int], ...]
    others: tuple[int, int]


@dataclass(frozen=True)
class LabelGroup:
    """Labels whose names, or one of several names, end in the same word."""

    word: str
    labels: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class TopK:
    """In how many rows the right label is among the k best ones."""

    k: int
    hits: int
    rows: int
    share: float
    interval: Interval


@dataclass(frozen=True)
class Ranks:
    """Where the right label stands.

    Attributes:
        rows: Rows with a truth and a prediction.
        without_truth: Rows with a prediction alone.
        kept: Most labels that were kept of a row.
        places: How many rows have the right label first, second, ...; as many as ``kept``.
        beyond: Rows in which it isn't among the labels kept.
    """

    rows: int
    without_truth: int
    kept: int
    places: tuple[int, ...]
    beyond: int

    def top(self, k: int) -> TopK:
        """Accuracy where any of the k best labels will do; 1 <= k <= ``kept``."""
        hits = sum(self.places[:k])
        share = hits / self.rows if self.rows else 0.0
        return TopK(k, hits, self.rows, share, share_interval(hits, self.rows))


@dataclass(frozen=True)
class Strangers:
    """Truths that aren't among the labels of any row; ``most`` has the most frequent ones."""

    truths: int
    rows: int
    most: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Confused:
    """Two labels that are taken for each other.

    Attributes:
        first, second: The more frequent mistake is first taken for second.
        there, back: Rows of first taken for second, and of second taken for first.
        of_first, of_second: Rows in which each is right.
    """

    first: str
    second: str
    there: int
    back: int
    of_first: int
    of_second: int


@kept
def predicted(view: View) -> tuple[tuple[str, int], ...]:
    """Labels, as they are called, with their pictures; most frequent first, then by name."""
    return tuple(
        view.ask(
            "SELECT label, count(*) FROM rows WHERE label IS NOT NULL AND error IS NULL "
            "GROUP BY label ORDER BY 2 DESC, encode(label)"
        )
    )


def frequent(view: View, most: int = SHOWN) -> Frequent:
    """The labels that most pictures got, and how many others there are."""
    labels = predicted(view)
    rest = labels[most:]
    return Frequent(
        sum(rows for _, rows in labels),
        labels[:most],
        (len(rest), sum(rows for _, rows in rest)),
    )


def grouped(labels: Mapping[str, int] | Iterable[tuple[str, int]]) -> tuple[LabelGroup, ...]:
    """Labels that share a last word, as ``golden retriever`` and ``Labrador retriever`` do.

    A label may be several names with commas between them (``tabby, tabby cat``); of their last
    words that one counts which most labels have, the earlier one where it is as many. Nothing else
    is known of labels, and those that share no word are in no group.

    Args:
        labels: Label -> its rows.

    Returns:
        Groups of two labels or more, those with most rows first.
    """
    rows = dict(labels)
    endings = {label: _last_words(label) for label in rows}
    times = Counter(word for words in endings.values() for word in words)
    members: dict[str, list[str]] = defaultdict(list)
    for label, words in endings.items():
        if words and times[best := max(words, key=lambda word: times[word])] > 1:
            members[best].append(label)
    groups = [
        LabelGroup(word, tuple(several), sum(rows[one] for one in several))
        for word, several in members.items()
        if len(several) > 1
    ]
    return tuple(sorted(groups, key=lambda group: (-group.rows, group.word)))


def _last_words(label: str) -> list[str]:
    """The last word of each of a label's names, once each, in their order."""
    names = [name.replace("_", " ").split() for name in label.split(",")]
    return list(dict.fromkeys(name[-1].casefold() for name in names if name))


def _ranked(view: View) -> str:
    """A query for place, truth and rank of each row that can be judged.

    Lists hold the golem's own names, and the truth is what labels are called.
    """
    own, joined = "truth", ""
    if view.choices.names:
        own = (
            "coalesce(names.value, CASE WHEN truth NOT IN (SELECT value FROM names) THEN truth END)"
        )
        joined = "LEFT JOIN names ON names.label = truth"
    return (
        f"SELECT place, truth, {own} AS own, list_position(labels, {own}) AS rank "
        f"FROM (SELECT place, truth, labels FROM rows WHERE {JUDGED}) {joined}"
    )


@kept
def ranks(view: View) -> Ranks:
    """Where the right labels stand among those that were kept."""
    kept_labels, rows = view.ask(
        "SELECT coalesce(max(len(labels)), 0), count(*) FILTER (truth IS NULL) FROM rows "
        "WHERE error IS NULL AND len(labels) > 0"
    )[0]
    found = dict(view.ask(f"SELECT coalesce(rank, 0), count(*) FROM ({_ranked(view)}) GROUP BY 1"))
    return Ranks(
        sum(found.values()),
        rows,
        kept_labels,
        tuple(found.get(rank, 0) for rank in range(1, kept_labels + 1)),
        found.get(0, 0),
    )


@kept
def strangers(view: View, most: int = SHOWN) -> Strangers:
    """Truths that were kept as a label for no row at all, their own or another."""
    view.ask(
        "CREATE OR REPLACE TEMP TABLE strange AS SELECT truth, any_value(own) AS own, "
        f"count(*) AS times FROM ({_ranked(view)}) GROUP BY truth HAVING count(rank) = 0"
    )
    if view.ask("SELECT count(*) FROM strange")[0][0]:
        view.ask(
            "DELETE FROM strange WHERE own IN "
            "(SELECT unnest(labels) FROM rows WHERE labels IS NOT NULL)"
        )
    truths, rows = view.ask("SELECT count(*), coalesce(sum(times), 0)::BIGINT FROM strange")[0]
    found = view.ask(
        f"SELECT truth, times FROM strange ORDER BY times DESC, encode(truth) LIMIT {int(most)}"
    )
    view.ask("DROP TABLE strange")
    return Strangers(truths, rows, tuple(found))


@kept
def of_rank(view: View, rank: int | None) -> tuple[int, ...]:
    """Places of rows whose right label stands there, from 1; None: not among those kept.

    Of more than ``MOST_LISTED`` the first ones.
    """
    where = "rank IS NULL" if rank is None else f"rank = {int(rank)}"
    found = view.ask(
        f"SELECT place FROM ({_ranked(view)}) WHERE {where} ORDER BY place LIMIT {MOST_LISTED}"
    )
    return tuple(place for (place,) in found)


@kept
def confused(view: View, most: int = PAIRS) -> tuple[Confused, ...]:
    """Pairs of labels that are most often taken for each other, either way."""
    found = view.ask(
        f"WITH judged AS (SELECT truth, label FROM rows WHERE {JUDGED}), "
        "mistakes AS (SELECT least(truth, label) AS one, greatest(truth, label) AS other, "
        "count(*) FILTER (truth < label) AS there, count(*) FILTER (truth > label) AS back "
        "FROM judged WHERE truth <> label GROUP BY ALL), "
        "of_each AS (SELECT truth, count(*) AS times FROM judged GROUP BY truth) "
        "SELECT one, other, there, back, coalesce(first.times, 0), coalesce(second.times, 0) "
        "FROM mistakes LEFT JOIN of_each AS first ON first.truth = one "
        "LEFT JOIN of_each AS second ON second.truth = other "
        f"ORDER BY there + back DESC, encode(one), encode(other) LIMIT {int(most)}"
    )
    return tuple(
        Confused(one, other, there, back, of_one, of_other)
        if there >= back
        else Confused(other, one, back, there, of_other, of_one)
        for one, other, there, back, of_one, of_other in found
    )
