"""What generated texts are like: how long, how varied, how often empty or the same.

An *output* is what the model wrote: the generated text without the prompt that it begins with, or
all of it where the prompt was an instruction. A *word* is what stands between white space (that of
Unicode, as Python's ``str.split`` has it), lower-cased character by character; punctuation stays
on it. An *n-gram* is n words that follow each other in one output.

- distinct-n: different n-grams / all n-grams, over all outputs together. J. Li et al., A
  Diversity-Promoting Objective Function for Neural Conversation Models, NAACL 2016. It falls as
  there is more text, so only compare runs of like size.
- rep-n: 1 - different / all n-grams of one output, averaged over the outputs that have any. S.
  Welleck et al., Neural Text Generation with Unlikelihood Training, ICLR 2020 (there seq-rep-n,
  over tokens).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from golems.reports.kept import kept
from golems.reports.outputs import FACTS, REPEATED, SHARED, outputs_of, read_some
from golems.reports.view import View

TASK = "text-generation"
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
READ = 10_000  # outputs that n-grams are counted in, unless all are asked for
BINS = 24
LISTED, MOST_LISTED = 100, 1000
DISTINCT = (1, 2, 3)  # n
Unit = Literal["words", "chars"]
GroupName = Literal["empty", "repetitive", "longest", "shortest", "the same"]


@dataclass(frozen=True)
class Lengths:
    """How long the outputs are, in words or in characters.

    Attributes:
        quantiles: Those of ``QUANTILES``; empty without outputs, as are the bins.
        bins: From, to (both with it) and outputs; the last one takes all that are longer.
    """

    unit: Unit
    mean: float | None
    quantiles: tuple[float, ...]
    bins: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Grams:
    """N-grams of all outputs together, and of each.

    Attributes:
        different, every: N-grams over all outputs.
        distinct: distinct-n, for n up to 3; None where no output has so many words.
        repetition: rep-n, for n = 4; None likewise.
        outputs: Those with at least one n-gram.
    """

    n: int
    different: int
    every: int
    repetition: float | None
    outputs: int

    @property
    def distinct(self) -> float | None:
        return self.different / self.every if self.every else None


@dataclass(frozen=True)
class Same:
    """One output that several prompts were given."""

    output: str
    rows: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """Some outputs worth a look; ``rows`` in all, of which the places are the first ones."""

    rows: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Writing:
    """What the outputs of a run are like.

    Attributes:
        rows: Rows so far; those without an output failed.
        empty: Outputs without a word.
        read: Outputs whose n-grams were counted, drawn evenly where they aren't all.
        grams: For n from 1 to 4.
        repeating: Outputs of those read in which the same four words come more than once.
        same_rows, same_texts: Outputs that other prompts were given too, and how many different
            ones they are; empty ones are none.
        same: The most frequent of them.
        groups: Name -> the outputs worth a look.
    """

    rows: int
    outputs: int
    empty: int
    words: Lengths
    chars: Lengths
    read: int
    grams: tuple[Grams, ...]
    repeating: int
    same_rows: int
    same_texts: int
    same: tuple[Same, ...]
    groups: Mapping[GroupName, Group]


@kept
def writing(view: View, most: int | None = READ) -> Writing:
    """Count what there is to say of a run's outputs.

    Args:
        most: Outputs that n-grams are counted in, drawn evenly; None for all. Everything else is
            always counted over all.
    """
    rows = int(view.ask("SELECT count(*) FROM rows")[0][0])
    with outputs_of(view):
        view.ask(f"CREATE TEMP TABLE facts AS {FACTS} FROM outputs")
        outputs, empty = view.ask("SELECT count(*), count(*) FILTER (words = 0) FROM facts")[0]
        read = read_some(view, most)
        grams = tuple(_grams(view, n) for n in (*DISTINCT, REPEATED))
        same_rows, same_texts = view.ask(f"SELECT coalesce(sum(times), 0), count(*) FROM {SHARED}")[
            0
        ]
        return Writing(
            rows, outputs, empty, _lengths(view, "words"), _lengths(view, "chars"), read, grams,
            _count(view, "SELECT count(*) FROM read WHERE repetition > 0"),
            int(same_rows), same_texts, _most_frequent(view), _groups(view),
        )  # fmt: skip


def _count(view: View, sql: str) -> int:
    return int(view.ask(sql)[0][0])


def _grams(view: View, n: int) -> Grams:
    different, every = 0, 0
    if n in DISTINCT:
        # Of a list that ends earlier the rest is NULL.
        parts = ", ".join(f"unnest(words[{step + 1}:]) AS word_{step}" for step in range(n))
        one = ", ".join(f"word_{step}" for step in range(n))
        different, every = view.ask(
            f"SELECT count(DISTINCT hash({one})), count(*) FROM (SELECT {parts} FROM read) "
            f"WHERE word_{n - 1} IS NOT NULL"
        )[0]
    mean, outputs = None, _count(view, f"SELECT count(*) FROM read WHERE len(words) >= {n}")
    if n == REPEATED:
        mean = view.ask("SELECT avg(repetition) FROM read")[0][0]
    return Grams(n, different, every, mean, outputs)


def _lengths(view: View, unit: Unit) -> Lengths:
    mean, quantiles, usual, most = view.ask(
        f"SELECT avg({unit}), quantile_cont({unit}, {list(QUANTILES)}), "
        f"quantile_disc({unit}, 0.99), max({unit}) FROM facts"
    )[0]
    if most is None:
        return Lengths(unit, None, (), ())
    width = _width(usual)
    last = usual // width
    counts = dict(
        view.ask(f"SELECT least({unit} // {width}, {last})::INT, count(*) FROM facts GROUP BY 1")
    )
    return Lengths(
        unit,
        mean,
        tuple(quantiles),
        tuple(
            (at * width, max(most, at * width) if at == last else (at + 1) * width - 1,
             counts.get(at, 0))
            for at in range(last + 1)
        ),
    )  # fmt: skip


def _width(most: int) -> int:
    """A round width of bins of which about ``BINS`` reach from 0 to ``most``."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if step * scale * BINS > most:
                return step * scale
        scale *= 10


def _most_frequent(view: View, most: int = 5) -> tuple[Same, ...]:
    found = view.ask(
        f"SELECT output, times, same FROM {SHARED} JOIN outputs ON outputs.place = first "
        f"ORDER BY times DESC, first LIMIT {most}"
    )
    return tuple(
        Same(output, times, _group(view, f"facts WHERE same = {same}", "place", MOST_LISTED).places)
        for output, times, same in found
    )


def _groups(view: View) -> dict[GroupName, Group]:
    asked: dict[GroupName, tuple[str, str, int]] = {
        "empty": ("facts WHERE words = 0", "place", MOST_LISTED),
        "repetitive": ("read WHERE repetition > 0", "repetition DESC, place", MOST_LISTED),
        "longest": ("facts WHERE words > 0", "words DESC, chars DESC, place", LISTED),
        "shortest": ("facts WHERE words > 0", "words, chars, place", LISTED),
        "the same": (
            f"facts JOIN {SHARED} USING (same)",
            "times DESC, first, place",
            MOST_LISTED,
        ),
    }
    return {
        name: _group(view, source, order, most) for name, (source, order, most) in asked.items()
    }


def _group(view: View, source: str, order: str, most: int) -> Group:
    places = view.ask(f"SELECT place FROM {source} ORDER BY {order} LIMIT {most}")
    rows = _count(view, f"SELECT count(*) FROM {source}")
    return Group(rows, tuple(place for (place,) in places))


@kept
def of_length(view: View, unit: Unit, low: int, high: int) -> Group:
    """Outputs of so many words or characters, both bounds with it; the first in the dataset."""
    with outputs_of(view):
        view.ask(f"CREATE TEMP TABLE facts AS {FACTS} FROM outputs")
        within = f"facts WHERE {unit} BETWEEN {int(low)} AND {int(high)}"
        return _group(view, within, "place", MOST_LISTED)


def pairs(view: View, places: tuple[int, ...]) -> list[tuple[int, str | None, str]]:
    """Place, prompt and output of some rows, in the order of the places."""
    with outputs_of(view):
        found = view.ask(
            "SELECT place, prompt, output FROM outputs WHERE place IN (SELECT unnest(?))",
            [list(places)],
        )
    by_place = {row[0]: row for row in found}
    return [by_place[place] for place in places if place in by_place]
