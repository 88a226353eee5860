"""The truth of a run on the command line: chosen, and how well it is met."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from golems.errors import BadInput

if TYPE_CHECKING:
    from golems.reports.metrics import Metrics
    from golems.runs import Run


def choose_truth(run: Run, given: argparse.Namespace) -> None:
    """Keep what was typed of the truth and of the names of labels; what wasn't stays as it is.

    Raises:
        BadInput: A column or label that isn't there, or a pair without ``=``.
    """
    asked = (given.truth, given.truth_label, given.label_name, given.positive)
    if all(one is None or one == [] for one in asked):
        return
    from golems.reports.choices import choices_of
    from golems.reports.metrics import choose_judged
    from golems.reports.truth import golem_labels, truth_values, with_names, with_truth
    from golems.reports.view import view_of

    choices = choices_of(run)
    if given.label_name:
        with view_of(run, choices) as view:
            names = pairs("--label-name", given.label_name)
            refuse_unknown("--label-name", names, [*golem_labels(view)])
            choices = with_names(view, {**choices.names, **names})
    if given.truth == "":
        if given.truth_label:
            raise BadInput('--truth "" says that there is no truth, so --truth-label has none.')
        choices = with_truth(choices, None, {})
    elif given.truth is not None or given.truth_label:
        column = choices.truth if given.truth is None else given.truth
        if column is None:
            raise BadInput("--truth-label needs --truth, the column whose values it is about.")
        with view_of(run, choices) as view:
            known = truth_values(view, column).mapping
        if column == choices.truth:
            known = {**known, **choices.truth_labels}
        choices = with_truth(
            choices, column, {**known, **pairs("--truth-label", given.truth_label)}
        )
    if given.positive:
        with view_of(run, choices) as view:
            refuse_unknown("--positive", [given.positive], [*golem_labels(view).values()])
        choices = choices.model_copy(update={"positive": given.positive})
    choose_judged(run, choices)


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


def refuse_unknown(option: str, labels: Sequence[str] | dict[str, str], known: list[str]) -> None:
    """See that labels are the golem's.

    Raises:
        BadInput: One isn't.
    """
    for label in labels:
        if label not in known:
            shown = ", ".join(known[:20]) or "none"
            raise BadInput(f"{option}: '{label}' is no label of this run; labels are: {shown}.")


def metrics_of(run: Run) -> Metrics | None:
    """How well the truth is met; None where none was chosen."""
    from golems.reports.choices import choices_of
    from golems.reports.metrics import metrics
    from golems.reports.view import view_of

    if choices_of(run).truth is None or "predicted_label" not in run.manifest().result_columns:
        return None
    with view_of(run) as view:
        return metrics(view)


def truth_as_dict(run: Run) -> dict[str, Any] | None:
    """The figures as plain numbers; None without a truth."""
    from golems.reports.choices import choices_of

    found = metrics_of(run)
    return None if found is None else {"column": choices_of(run).truth, **asdict(found)}


def truth_lines(run: Run) -> Iterator[str]:
    """The figures for people; nothing without a truth."""
    from golems.reports.choices import choices_of
    from golems.reports.words import counted

    found = metrics_of(run)
    if found is None:
        return
    yield f"against column {choices_of(run).truth}:"
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
