"""The truth of a run on the command line: chosen, and how well it is met."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Any

from golems.errors import BadInput

if TYPE_CHECKING:
    from golems.reports.metrics import Metrics
    from golems.reports.truth import TruthColumn, TruthValue
    from golems.reports.view import View
    from golems.runs import Run

MOST_VALUES = 20  # in a message


def choose_truth(run: Run, given: argparse.Namespace) -> None:
    """Keep what was typed of the truth and of the names of labels; what wasn't stays as it is.

    Raises:
        BadInput: A column, value or label that isn't there, a pair without ``=``, or a truth with
            values of which nobody has said what they stand for.
    """
    asked = (given.truth, given.truth_label, given.label_name, given.positive)
    if all(one is None or one == [] for one in asked) and not _sweeping(given):
        return
    from golems.reports.choices import choices_of
    from golems.reports.judging import choose_judged
    from golems.reports.known_labels import golem_labels
    from golems.reports.truth import with_names, with_truth
    from golems.reports.view import view_of

    choices = choices_of(run)
    if given.label_name:
        with view_of(run, choices) as view:
            typed, own = pairs("--label-name", given.label_name), [*golem_labels(view)]
            names = {one_of("--label-name", label, own): name for label, name in typed.items()}
            choices = with_names(view, {**choices.names, **names})
    if given.truth == "":
        if given.truth_label or _sweeping(given):
            raise BadInput('--truth "" says that there is no truth, so its values stand for none.')
        choices = with_truth(choices, None, {})
    elif given.truth is not None or given.truth_label or _sweeping(given):
        column = choices.truth if given.truth is None else given.truth
        if column is None:
            raise BadInput("--truth-label needs --truth, the column whose values it is about.")
        kept = choices.truth_labels if column == choices.truth else {}
        with view_of(run, with_truth(choices, None, {})) as view:
            choices = with_truth(choices, column, meant(view, column, kept, given))
    if given.positive:
        with view_of(run, choices) as view:
            positive = one_of("--positive", given.positive, [*golem_labels(view).values()])
        choices = choices.model_copy(update={"positive": positive})
    choose_judged(run, choices)


def _sweeping(given: argparse.Namespace) -> bool:
    return bool(given.truth_as_proposed or given.truth_rest_out)


def meant(
    view: View, column: str, kept: Mapping[str, str], given: argparse.Namespace
) -> dict[str, str]:
    """What each value of a column stands for, as it was typed.

    Args:
        kept: What was said of the column before.

    Raises:
        BadInput: A value or label that isn't there, or a value of which nothing was said.
    """
    from golems.reports.known_labels import golem_labels
    from golems.reports.meanings import LEFT_OUT
    from golems.reports.truth import truth_values

    found, called = truth_values(view, column), [*golem_labels(view).values()]
    there = [one.value for one in found.entries]
    typed = {
        one_of("--truth-label", value.strip(), there, f"value of '{column}'"): label
        and one_of("--truth-label", label, called)
        for value, label in pairs("--truth-label", given.truth_label).items()
    }
    proposed = found.proposed if given.truth_as_proposed else {}
    said = {**found.equal, **proposed, **kept, **typed}
    if given.truth_rest_out:
        said = {**dict.fromkeys(there, LEFT_OUT), **said}
    if unsaid := [one for one in found.entries if one.value not in said]:
        raise BadInput(_how_to_say(found, unsaid, called))
    return said


def _how_to_say(found: TruthColumn, unsaid: Sequence[TruthValue], called: Sequence[str]) -> str:
    """Which values have to be said, what they likely stand for, and what to type."""
    from golems.reports.judging import some_of
    from golems.words import counted

    shown = []
    for one in unsaid[:MOST_VALUES]:
        guess = "" if one.label is None else f", perhaps {one.label or 'to be left out'}"
        name = f", {one.name} in the dataset" if one.name else ""
        shown.append(f"'{one.value}' ({counted(one.rows, 'row')}{name}{guess})")
    more = f" and {len(unsaid) - MOST_VALUES:,} more" if len(unsaid) > MOST_VALUES else ""
    said = [
        f"Column '{found.column}' has values that are no labels of this golem, and nothing is "
        f"counted before each is said to stand for one or is left out: {', '.join(shown)}{more}.",
        f"Labels are: {some_of(called)}.",
    ]
    if flags := [
        f"--truth-label {quote(f'{one.value}={one.label}')}"
        for one in unsaid[:MOST_VALUES]
        if one.label is not None
    ]:
        said.append(f"To take what is proposed: --truth-as-proposed, or {' '.join(flags)}.")
    if others := [one.value for one in unsaid if one.label is None]:
        said.append(
            f"For the others: --truth-label {quote(f'{others[0]}=LABEL')} and so on, with nothing "
            "after the = to leave the rows out; --truth-rest-out leaves out all that is not said."
        )
    return " ".join(said)


def pairs(option: str, typed: Sequence[str]) -> dict[str, str]:
    """``VALUE=LABEL`` as pairs; a value may have ``=`` in it, a label may not.

    Raises:
        BadInput: There is none in one.
    """
    found = {}
    for one in typed:
        value, sign, label = one.rpartition("=")
        if not sign:
            raise BadInput(f"{option} {one} has no '='; write it like pos=POSITIVE.")
        found[value] = label
    return found


def one_of(option: str, typed: str, known: Sequence[str], what: str = "label of this run") -> str:
    """A label or value as it is spelled there; case and blanks don't matter.

    Raises:
        BadInput: It isn't there, or is the spelling of several.
    """
    from golems.reports.judging import some_of
    from golems.reports.meanings import fold

    if typed in known:
        return typed
    same = [one for one in known if fold(one) == fold(typed)]
    if len(same) != 1:
        noun = "labels" if what.startswith("label") else "values"
        raise BadInput(f"{option}: '{typed}' is no {what}; {noun} are: {some_of(known)}.")
    return same[0]


def metrics_of(run: Run) -> tuple[str, Metrics | str] | None:
    """The column of the truth, and how well it is met, or why nobody can say; None without one."""
    from golems.reports.choices import choices_of
    from golems.reports.judging import keep_accuracy, unsaid_words
    from golems.reports.metrics import metrics
    from golems.reports.view import view_of

    column = choices_of(run).truth
    if column is None or "predicted_label" not in run.manifest().result_columns:
        return None
    with view_of(run) as view:
        if why_not := unsaid_words(view):
            return column, why_not
        found = metrics(view)
        keep_accuracy(view, found)
        return column, found


def truth_as_dict(run: Run) -> dict[str, Any] | None:
    """The figures as plain numbers; None without a truth."""
    if (judged := metrics_of(run)) is None:
        return None
    column, found = judged
    return {"column": column, **({"problem": found} if isinstance(found, str) else asdict(found))}


def truth_lines(run: Run) -> Iterator[str]:
    """The figures for people; nothing without a truth."""
    from golems.words import counted

    if (judged := metrics_of(run)) is None:
        return
    column, found = judged
    if isinstance(found, str):
        yield found
        return
    yield f"against column {column}:"
    if found.accuracy is None:
        yield "no row has both a prediction and a truth"
        return
    low, high = found.accuracy_interval
    yield (
        f"accuracy {found.accuracy:.1%} of {counted(found.n, 'row')} "
        f"(95% interval {low:.1%} to {high:.1%})"
    )
    macro = f", macro F1 {found.macro.f1:.4f}" if found.macro else ""
    kappa = f", kappa {found.kappa:.4f}" if found.kappa is not None else ""
    yield f"balanced accuracy {found.balanced_accuracy:.4f}{macro}{kappa}"
    for one in found.classes[:20]:
        yield (
            f"{one.support:>10,}  precision {one.precision:.3f}  recall {one.recall:.3f}  "
            f"F1 {one.f1:.3f}  {one.label}"
        )
