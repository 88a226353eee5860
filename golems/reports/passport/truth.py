"""How well a run's predictions meet the truth, where one was chosen."""

from __future__ import annotations

from golems.reports.charts import Chart
from golems.reports.charts.curves import precision_recall_chart, reliability_chart, roc_chart
from golems.reports.charts.truth import class_chart, confusion_matrix
from golems.reports.curves import Curves, binary_curves
from golems.reports.judging import mapping, unsaid_words
from golems.reports.metrics import Metrics, cells, metrics
from golems.reports.passport.section import Section, Table
from golems.reports.reliability import Reliability, reliability
from golems.reports.view import View
from golems.reports.words import between, percent
from golems.words import counted

MOST_CLASSES, MOST_VALUES = 100, 200


def against_truth(view: View) -> Section | None:
    """Accuracy, confusions, the labels one by one, and the curves; None without a truth."""
    if view.asked.truth is None or "predicted_label" not in view.manifest.result_columns:
        return None
    if view.unsaid:
        return Section("Against the truth", (unsaid_words(view),))
    found = metrics(view)
    said = [f"What is right is said by column {view.choices.truth}."]
    if found.accuracy is None:
        said.append("No row has both a prediction and a truth, so there is nothing to count.")
        return Section("Against the truth", tuple(said), tables=(values(view),))
    said.append(
        f"{found.hits:,} of {counted(found.n, 'row')} are right: {percent(found.accuracy)} "
        f"(95% interval {between(found.accuracy_interval)})."
    )
    said += left_out(found)
    counts = cells(view)
    charts: list[Chart] = [confusion_matrix(counts), class_chart(found.classes)]
    curves, scores = binary_curves(view), reliability(view)
    if isinstance(curves, Curves):
        charts += [roc_chart(curves), precision_recall_chart(curves)]
    if isinstance(scores, Reliability):
        charts.append(reliability_chart(scores))
    return Section(
        "Against the truth", tuple(said), tuple(charts),
        (figures(found), values(view), classes(found)),
    )  # fmt: skip


def left_out(found: Metrics) -> list[str]:
    """Rows that the figures are not about."""
    said = []
    if found.failed:
        said.append(f"{counted(found.failed, 'row')} with a truth failed and are not counted.")
    if found.without_truth:
        said.append(f"{counted(found.without_truth, 'row')} without a truth are not counted.")
    if found.left_out:
        said.append(f"{counted(found.left_out, 'row')} left out by hand: not counted.")
    return said


def values(view: View) -> Table:
    """What each value of the truth was taken for."""
    found = mapping(view)
    return Table(
        "How the truth was read",
        (f"Value in {view.choices.truth}", "Rows", "Stands for"),
        tuple(
            (one.value, one.rows, "left out" if one.label is None else one.label)
            for one in found[:MOST_VALUES]
        ),
        f"The {MOST_VALUES} most frequent of {counted(len(found), 'value')}."
        if len(found) > MOST_VALUES else "",
    )  # fmt: skip


def figures(found: Metrics) -> Table:
    """The figures of all rows, by the names that scikit-learn has for them."""
    rows: list[tuple[str, float | None]] = [
        ("Accuracy", found.accuracy),
        ("Balanced accuracy", found.balanced_accuracy),
    ]
    for name, averages in (("Macro", found.macro), ("Weighted", found.weighted)):
        if averages is not None:
            rows += [
                (f"{name} precision", averages.precision),
                (f"{name} recall", averages.recall),
                (f"{name} F1", averages.f1),
            ]
    rows += [("Cohen's kappa", found.kappa), ("Matthews' correlation coefficient", found.mcc)]
    return Table(
        f"Figures of {counted(found.n, 'row')}",
        ("Figure", "Value"),
        tuple((name, "not defined" if value is None else f"{value:.4f}") for name, value in rows),
    )


def classes(found: Metrics) -> Table:
    """Each label by itself."""
    return Table(
        "Each label",
        ("Label", "Rows", "Predicted", "Precision", "95% interval", "Recall", "95% interval",
         "F1"),
        tuple(
            (
                one.label, one.support, one.predicted, percent(one.precision),
                between(one.precision_interval), percent(one.recall),
                between(one.recall_interval), f"{one.f1:.3f}",
            )
            for one in found.classes[:MOST_CLASSES]
        ),
        f"The {MOST_CLASSES} most frequent of {counted(len(found.classes), 'label')}."
        if len(found.classes) > MOST_CLASSES else "",
    )  # fmt: skip
