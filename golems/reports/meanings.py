"""Which label each value of a column of truths stands for: surely, likely, or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from golems.reports.meaning_words import MISSING, NEGATIVE, NEUTRAL, POSITIVE

LEFT_OUT = ""  # what a value means whose rows are to be left out
FEW = 20  # labels among which a shortened word is recognized
SCALE = 10  # ids up to here could as well be stars or grades
State = Literal["equal", "proposed", "unknown"]
_NUMBER = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?) *(?:/ *5|\*|stars?|★|⭐)?", re.IGNORECASE)
_STARS = re.compile(r"([★⭐*]\ufe0f?)+[☆✩]*")
_LABEL = re.compile(r"label[ _-]*([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """What a value is taken for.

    Attributes:
        state: ``equal``: it is the label's name, or one of several names of it. ``proposed``: a
            person has to say yes. ``unknown``: a person has to say what it is.
        label: As it is called; ``LEFT_OUT``; None where it is unknown.
    """

    state: State
    label: str | None


UNKNOWN = Meaning("unknown", None)


@dataclass(frozen=True)
class Labels:
    """The labels of a golem, for looking up what somebody else calls them.

    Attributes:
        called: Its own name of a label -> what it is called.
        ids: Number of the model -> its own name; empty where nobody knows.
    """

    called: Mapping[str, str]
    ids: Mapping[int, str]

    @cached_property
    def _folded(self) -> dict[str, set[str]]:
        return self._by(lambda name: {fold(name)})

    @cached_property
    def _parts(self) -> dict[str, set[str]]:
        return self._by(several)

    def _by(self, spelled: Callable[[str], set[str]]) -> dict[str, set[str]]:
        """What labels are called by other spellings of both of their names."""
        found: dict[str, set[str]] = {}
        for own, called in self.called.items():
            for one in spelled(own) | spelled(called):
                found.setdefault(one, set()).add(called)
        return found

    def equal(self, value: str) -> str | None:
        """The label that a value is another spelling of; None where that is none, or several."""
        if value in self.called.values():
            return value
        if value in self.called:
            return self.called[value]
        folded = fold(value)
        same = (self._folded.get(folded) or self._parts.get(folded, set())) if folded else set()
        return next(iter(same)) if len(same) == 1 else None

    def numbered(self) -> dict[float, str]:
        """Number -> the label with it, where each has one of its own: ``4 stars``, ``LABEL_4``."""
        for names in (self.called.keys(), self.called.values()):
            found: dict[float, str] = {
                number: called
                for name, called in zip(names, self.called.values(), strict=True)
                if (number := number_in(name)) is not None
            }
            if len(found) == len(self.called):
                return found
        return {}

    def begun(self, value: str) -> str | None:
        """The only label that a value is the beginning of: its first words, or of few a part."""
        folded = fold(value)
        if not folded or number_of(value) is not None:
            return None
        few = len(self.called) <= FEW
        found: set[str] = set()
        for name, called in self._folded.items():
            if name.startswith(folded) and (few or not name[len(folded) :][:1].isalnum()):
                found |= called
        return found.pop() if len(found) == 1 else None

    def of_id(self, number: int) -> str | None:
        """The label of the model with this number."""
        own = self.ids.get(number)
        return None if own is None else self.called.get(own)

    def poles(self) -> tuple[str, str] | None:
        """The labels that say no and yes; None where there aren't both, and one of each."""
        found = self._only(NEGATIVE), self._only(POSITIVE)
        if found == (None, None) and len(self.called) == 2:
            numbered = self.numbered()
            found = numbered.get(0), numbered.get(1)
        negative, positive = found
        return None if negative is None or positive is None else (negative, positive)

    def neutral(self) -> str | None:
        """The label between them."""
        return self._only(NEUTRAL)

    def _only(self, words: frozenset[str]) -> str | None:
        found = {one for name, called in self._folded.items() if name in words for one in called}
        return found.pop() if len(found) == 1 else None


def meanings(
    values: Sequence[str], labels: Labels, classes: Sequence[str] = ()
) -> dict[str, Meaning]:
    """What the values of a column stand for; each depends on which others there are.

    Args:
        values: Without blanks around them.
        classes: What the dataset itself calls its numbers, from 0; empty where it doesn't.
    """
    found = {value: _equal(value, labels) for value in values}
    rest = [value for value in values if found[value] is UNKNOWN]
    numbers = {value: number for value in rest if (number := number_of(value)) is not None}
    if classes:
        said = {value: _of_class(number, labels, classes) for value, number in numbers.items()}
    else:
        said = _scheme(numbers, labels)
    for value in rest:
        label = said[value] if value in numbers else _word(value, labels)
        if label is not None:
            found[value] = Meaning("proposed", label)
    return found


def fold(text: str) -> str:
    """A name without its case, and with one blank for whatever stands between its words."""
    text = unicodedata.normalize("NFKC", text).strip(" \t\r\n_").casefold()
    return re.sub(r"(?<=[^\W_])[\s_-]+(?=[^\W_])", " ", text)


def several(name: str) -> set[str]:
    """The names that stand between the commas or parentheses of one."""
    parts = {fold(part) for part in re.split(r"[,;()]", name)}
    return parts - {""} if len(parts) > 1 else set()


def number_of(value: str) -> float | None:
    """The number that a value is: ``1``, ``1.0``, ``4 stars``, ``★★★★``; None where it is none."""
    if _STARS.fullmatch(value):
        return len(re.findall("[★⭐*]", value))
    found = _NUMBER.fullmatch(value)
    return float(found[1]) if found else None


def number_in(name: str) -> int | None:
    """The number a label's name begins or ends with, where there is one in it."""
    found = re.findall(r"[0-9]+", name)
    if len(found) != 1 or not re.search(r"^[0-9]|[0-9]$", name.strip()):
        return None
    return int(found[0])


def _equal(value: str, labels: Labels) -> Meaning:
    label = labels.equal(value)
    return UNKNOWN if label is None else Meaning("equal", label)


def _of_class(number: float, labels: Labels, classes: Sequence[str]) -> str | None:
    """A number of the dataset by the name that it gives it; -1 is none there."""
    if number == -1:
        return LEFT_OUT
    if number not in range(len(classes)):
        return None
    name = classes[int(number)].strip()
    label = labels.equal(name)
    return _word(name, labels) if label is None else label


def _scheme(numbers: Mapping[str, float], labels: Labels) -> dict[str, str | None]:
    """What numbers stand for; nothing where not all of them fit one way to number labels."""
    said = _numbering({*numbers.values()}, labels)
    return {value: said.get(number) for value, number in numbers.items()}


def _numbering(there: set[float], labels: Labels) -> dict[float, str]:
    """Number -> label."""
    if not there:
        return {}
    if numbered := labels.numbered():
        return numbered if there <= numbered.keys() else {}
    poles, by_id = labels.poles(), {id_: labels.of_id(id_) for id_ in labels.ids}
    if there == {0, 1} and len(labels.called) == 2:
        # A model that numbers them the other way round than nearly everybody is no help.
        if poles is not None:
            return dict(enumerate(poles)) if by_id.get(0) in (None, poles[0]) else {}
    elif poles is not None and min(there) >= 1 and 4 <= max(there) <= 5:
        middle = labels.neutral() or LEFT_OUT
        if len(labels.called) == (3 if middle else 2):
            return {one: middle if one == 3 else poles[one > 3] for one in there}
    elif there <= {0, 1}:
        return {}
    ids = {float(id_): label for id_, label in by_id.items() if label is not None}
    # Without a 0 they may be counted from 1.
    return ids if there <= ids.keys() and (0 in there or max(there) > SCALE) else {}


def _word(value: str, labels: Labels) -> str | None:
    """What a word stands for."""
    folded, poles = fold(value), labels.poles()
    if (found := _LABEL.fullmatch(value)) is not None:
        return labels.of_id(int(found[1]))
    if poles is not None:
        neutral = labels.neutral()
        if folded in NEUTRAL:
            return LEFT_OUT if neutral is None else neutral
        if folded in NEGATIVE and not (folded == "n" and neutral is not None):
            return poles[0]
        if folded in POSITIVE:
            return poles[1]
    return LEFT_OUT if folded in MISSING else labels.begun(value)
