"""Which column could say what is right, and which label each of its values stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from golems.errors import BadInput
from golems.reports.choices import Choices
from golems.reports.kept import kept
from golems.reports.known_labels import golem_labels, labels_of
from golems.reports.meanings import LEFT_OUT, meanings
from golems.reports.sampled import sampled_values
from golems.reports.view import View, bare

MOST_VALUES = 1_000  # shown of a column
MOST_COLUMNS = 12  # looked at in full
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
        label: As it is called, that the value is taken for; ``LEFT_OUT`` where its rows are to be
            left out, None where nobody can tell.
        equal: Whether the value is the label, in other spelling at most. Else a person has to say
            yes to it.
        name: What the dataset itself calls the value; empty where it doesn't.
    """

    value: str
    rows: int
    label: str | None
    equal: bool
    name: str = ""


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
        """Rows whose value is a label of the golem, or is proposed to be one."""
        return sum(one.rows for one in self.entries if one.label)

    @property
    def certain(self) -> bool:
        """Whether all values are labels of the golem, and nobody needs to be asked."""
        whole = len(self.entries) == self.distinct and self.rows > 0
        return whole and all(one.equal for one in self.entries)

    @property
    def equal(self) -> dict[str, str]:
        """Value -> label, for ``Choices``: the values that are labels."""
        return {one.value: one.label or LEFT_OUT for one in self.entries if one.equal}

    @property
    def proposed(self) -> dict[str, str]:
        """Value -> label: those that nobody may take without having been told to."""
        return {
            one.value: one.label for one in self.entries if one.label is not None and not one.equal
        }


@kept
def truth_values(view: View, column: str) -> TruthColumn:
    """A column's values and the labels they mean; nothing is chosen by it.

    Raises:
        BadInput: There is no such column.
    """
    cell, named = bare(view.column(column)), _named(column)
    sample = sampled_values(view)[column]
    if len(sample) > MOST_VALUES:
        return TruthColumn(column, (), None, named)
    found = view.ask(
        f"WITH counted AS (SELECT {cell} AS value, count(*) AS times FROM rows "
        "GROUP BY value HAVING value IS NOT NULL) "
        "SELECT value, times, count(*) OVER () FROM counted ORDER BY times DESC, value LIMIT ?",
        [MOST_VALUES],
    )
    classes = view.manifest.dataset.classes.get(column, ())
    said = meanings([value for value, *_ in found], labels_of(view), classes)
    names = {str(number): name for number, name in enumerate(classes)}
    values = tuple(
        TruthValue(
            value, times, said[value].label, said[value].state == "equal", names.get(value, "")
        )
        for value, times, _ in found
    )
    return TruthColumn(column, values, found[0][2] if found else 0, named)


@kept
def truth_candidates(view: View) -> tuple[TruthColumn, ...]:
    """Columns that could be the truth, best first.

    They have few values, some of which are labels or can be, or a name that says so. What the
    golem reads, and what is called a prediction, is none of them.
    """
    labels, dataset = labels_of(view), view.manifest.dataset
    likely = []
    for column, values in sampled_values(view).items():
        foreign = column == dataset.column or PREDICTIONS & _words(column)
        if foreign or not values or len(values) > MOST_VALUES:
            continue
        found = meanings([*values], labels, dataset.classes.get(column, ())).values()
        equal, known = (
            sum(one.state in states for one in found) / len(found)
            for states in (("equal",), ("equal", "proposed"))
        )
        if equal or known == 1 or _named(column):
            likely.append(((equal == 1, _named(column), equal, known), column))
    likely.sort(key=lambda one: one[0], reverse=True)
    found_columns = [truth_values(view, column) for _, column in likely[:MOST_COLUMNS]]
    few = [one for one in found_columns if one.distinct is not None and one.distinct <= MOST_VALUES]
    return tuple(
        sorted(few, key=lambda one: (one.certain, one.named, one.known / one.rows), reverse=True)
    )


def found_truth(view: View) -> TruthColumn | None:
    """The column that is the truth as far as can be seen: by its values, or else by its name.

    Nothing is chosen by it; whoever proposes it has to say so.
    """
    return next((one for one in truth_candidates(view) if one.certain or one.named), None)


def with_truth(choices: Choices, column: str | None, labels: Mapping[str, str]) -> Choices:
    """The choices with another truth.

    Args:
        column: None for no truth.
        labels: Value -> the label it stands for; ``LEFT_OUT`` leaves its rows out.
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
    choices, old = view.asked, golem_labels(view)
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
