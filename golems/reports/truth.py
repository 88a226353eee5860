"""Which column could say what is right, and which label each of its values stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from golems.errors import BadInput
from golems.reports.choices import Choices
from golems.reports.kept import kept
from golems.reports.view import View, bare

MOST_VALUES = 1_000  # shown of a column
MOST_COLUMNS = 12  # looked at in full
BLOCKS, BLOCK_ROWS = 5, 1_000  # looked at first, spread over the run
# Words of a column's name.
TRUTHS = {
    "truth", "label", "labels", "class", "target", "sentiment", "category", "gold", "actual",
    "expected", "annotation", "y",
}  # fmt: skip
PREDICTIONS = {"predicted", "prediction", "predictions", "pred", "score", "scores"}


@dataclass(frozen=True)
class TruthValue:
    """A value of a column, without the blanks around it.

    Attributes:
        rows: With this value.
        label: As it is called, that the value is taken for; None where it is none of them.
        equal: Whether the two are the same but for case and blanks.
    """

    value: str
    rows: int
    label: str | None
    equal: bool


@dataclass(frozen=True)
class TruthColumn:
    """A column as the truth.

    Attributes:
        entries: Its values, most frequent first; at most ``MOST_VALUES``, and none where nearly
            every row has its own.
        distinct: How many there are; None where nearly every row has its own.
        named: Whether its name says that it is the truth.
    """

    column: str
    entries: tuple[TruthValue, ...]
    distinct: int | None
    named: bool

    @property
    def rows(self) -> int:
        """With one of the values."""
        return sum(one.rows for one in self.entries)

    @property
    def known(self) -> int:
        """Rows whose value is a label of the golem."""
        return sum(one.rows for one in self.entries if one.label is not None)

    @property
    def certain(self) -> bool:
        """Whether all values are labels: spelled alike, or the column's name says so as well."""
        whole = len(self.entries) == self.distinct and self.known == self.rows > 0
        return whole and (self.named or all(one.equal for one in self.entries))

    @property
    def mapping(self) -> dict[str, str]:
        """Value -> label, for ``Choices``: the values that don't stand for themselves."""
        return {
            one.value: one.label
            for one in self.entries
            if one.label is not None and one.label != one.value
        }


@kept
def golem_labels(view: View) -> dict[str, str]:
    """Label of the golem -> what it is called, in order.

    Those that were predicted for some row, and those that the first rows kept a score of: where
    every score is kept these are all that the golem has.
    """
    found = view.ask(
        "SELECT predicted FROM rows WHERE predicted IS NOT NULL UNION "
        "SELECT unnest(labels) FROM rows WHERE place < ?",
        [BLOCK_ROWS],
    )
    return {own: view.choices.names.get(own, own) for own in sorted(own for (own,) in found)}


def proposed_label(value: str, labels: Mapping[str, str]) -> tuple[str | None, bool]:
    """The label that a value means, and whether it is spelled like it.

    That is the label that equals it but for case and blanks; else the only one that begins with
    it: ``pos`` for ``POSITIVE``. Labels are known by both of their names.

    Args:
        labels: Of ``golem_labels``.
    """
    if value in labels.values():
        return value, True
    if value in labels:
        return labels[value], True
    folded = _folded(value)
    names = [(_folded(name), called) for own, called in labels.items() for name in (called, own)]
    same = {called for name, called in names if name == folded}
    if same:
        return (same.pop(), True) if len(same) == 1 else (None, False)
    longer = {called for name, called in names if name.startswith(folded)}
    return (longer.pop() if len(longer) == 1 else None), False


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


@kept
def truth_values(view: View, column: str) -> TruthColumn:
    """A column's values and the labels they mean; nothing is chosen by it.

    Raises:
        BadInput: There is no such column.
    """
    labels, cell, named = golem_labels(view), bare(view.column(column)), _named(column)
    sample = _sample(view)[column]
    if len(sample) > MOST_VALUES:
        return TruthColumn(column, (), None, named)
    found = view.ask(
        f"WITH counted AS (SELECT {cell} AS value, count(*) AS times FROM rows "
        "GROUP BY value HAVING value IS NOT NULL) "
        "SELECT value, times, count(*) OVER () FROM counted ORDER BY times DESC, value LIMIT ?",
        [MOST_VALUES],
    )
    values = tuple(
        TruthValue(value, times, *proposed_label(value, labels)) for value, times, _ in found
    )
    return TruthColumn(column, values, found[0][2] if found else 0, named)


@kept
def truth_candidates(view: View) -> tuple[TruthColumn, ...]:
    """Columns that could be the truth, best first.

    They have few values, some of which are labels, or a name that says so. What the golem reads,
    and what is called a prediction, is none of them.
    """
    labels, read = golem_labels(view), view.manifest.dataset.column
    likely = []
    for column, values in _sample(view).items():
        foreign = column == read or PREDICTIONS & _words(column)
        if foreign or not values or len(values) > MOST_VALUES:
            continue
        share = sum(proposed_label(one, labels)[0] is not None for one in values) / len(values)
        if share or _named(column):
            likely.append(((share == 1, _named(column), share), column))
    likely.sort(key=lambda one: one[0], reverse=True)
    found = [truth_values(view, column) for _, column in likely[:MOST_COLUMNS]]
    few = [one for one in found if one.distinct is not None and one.distinct <= MOST_VALUES]
    return tuple(
        sorted(few, key=lambda one: (one.certain, one.named, one.known / one.rows), reverse=True)
    )


def found_truth(view: View) -> TruthColumn | None:
    """The column that is the truth as far as can be seen: every value is a label of the golem.

    Whoever takes it without being asked to has to say so.
    """
    return next((one for one in truth_candidates(view) if one.certain), None)


def with_truth(choices: Choices, column: str | None, labels: Mapping[str, str]) -> Choices:
    """The choices with another truth.

    Args:
        column: None for no truth.
        labels: Value -> the label it stands for; "" leaves its rows out.
    """
    said = {value: label for value, label in labels.items() if value != label}
    return choices.model_copy(update={"truth": column, "truth_labels": said if column else {}})


def with_names(view: View, names: Mapping[str, str]) -> Choices:
    """The choices of a view with its labels called otherwise; what they meant, they still mean.

    Args:
        names: Label of the golem -> what it is called from now on.

    Raises:
        BadInput: Two labels would have the same name, or one would have none.
    """
    choices, old = view.choices, golem_labels(view)
    new = {own: names.get(own, called).strip() for own, called in old.items()}
    if nameless := [own for own, called in new.items() if not called]:
        raise BadInput(f"Label '{nameless[0]}' needs a name.")
    taken: dict[str, str] = {}
    for own, called in new.items():
        if called in taken:
            both = f"'{taken[called]}' and '{own}'"
            raise BadInput(f"{both} can't both be called '{called}'; give each its own name.")
        taken[called] = own
    moved = {old[own]: called for own, called in new.items() if old[own] != called}
    said = {value: moved.get(label, label) for value, label in choices.truth_labels.items()}
    if choices.truth is not None:
        # Values that stood for themselves stand for the same labels as before.
        said = {**moved, **said}
    return choices.model_copy(
        update={
            "names": {own: called for own, called in new.items() if own != called},
            "truth_labels": {value: label for value, label in said.items() if value != label},
            "positive": moved.get(choices.positive or "", choices.positive),
        }
    )


def _named(column: str) -> bool:
    words = _words(column)
    return bool(TRUTHS & words) and not PREDICTIONS & words


def _words(name: str) -> set[str]:
    """``groundTruth_1`` -> ground, truth, 1."""
    return {one.lower() for one in re.findall(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+", name)}


@kept
def _sample(view: View) -> dict[str, set[str]]:
    """Column -> its different values in some blocks of rows."""
    if not view.columns:
        return {}
    ((last,),) = view.ask("SELECT max(place) FROM rows")
    step = max(BLOCK_ROWS, ((last or 0) + 1) // BLOCKS)
    blocks = " OR ".join(
        f"place BETWEEN {first} AND {first + BLOCK_ROWS - 1}"
        for first in range(0, step * BLOCKS, step)
    )
    several = ", ".join(f"list(DISTINCT {bare(one)})" for one in view.columns.values())
    ((*found,),) = view.ask(f"SELECT {several} FROM rows WHERE {blocks}")
    return {
        column: set(values or ()) - {None}
        for column, values in zip(view.columns, found, strict=True)
    }
