"""A line through the scores: what it keeps, how right that is, and what is to be looked at."""

from __future__ import annotations

import io

import streamlit as st

from golems.reports.charts.coverage import coverage_chart
from golems.reports.export import write_rows_csv
from golems.reports.figures import UNSURE
from golems.reports.label_studio import labeling_config, tasks_json
from golems.reports.selection import Selection
from golems.reports.threshold import Coverage, Line, at_threshold, coverage, least_sure
from golems.reports.view import View, view_of
from golems.runs import Run
from golems.words import counted
from ui.figures import show_chart
from ui.report.going import ask_for_rows, now
from ui.text import plain

SCORE = "report-threshold-score"
MOST_ROWS = 10_000
USUAL_ROWS = 200
NOT_SCORES = "Scores go from {:,.4g} to {:,.4g}: lines between 0 and 1 say little of them."
UNSCORED = "{:,} predicted {} a score that is no finite number; no line counts them."


def draw(view: View) -> None:
    """Draw the line with what comes of it, and the rows to hand to people."""
    found = coverage(view)
    if found.scored:
        _draw_line(view, found)
    elif "predicted_score" in view.manifest.result_columns:
        st.info("No row has a score yet, so there is nothing to draw a line through.")
    else:
        st.info("This golem gives no scores, so there is no line to draw through them.")
    _draw_hand_out(view, scored=bool(found.scored))


def _draw_line(view: View, found: Coverage) -> None:
    chosen = st.slider(
        "Score", 0.0, 1.0, UNSURE, 0.01, key=SCORE, persist_state="page",
        help="Rows that score at least this much are kept. The arrow keys move it too.",
    )  # fmt: skip
    line = at_threshold(view, round(chosen, 2))
    places = st.container(horizontal=True)
    places.metric("Kept", f"{line.kept:,}")
    places.metric("Coverage", _percent(line.coverage), help="The share of rows that is kept.")
    if found.known:
        places.metric("Accuracy of those kept", _percent(line.accuracy))
    places.metric("To be looked at", f"{line.below:,}")
    st.caption(plain(_in_words(line, found)))

    def ask_for_those_below() -> None:
        below = round(now(SCORE, chosen), 2)
        ask_for_rows(view.run, Selection(below=below), f"Score below {below:g}")

    if line.below:
        st.button(
            "Show the rows below it", key="report-threshold-show", on_click=ask_for_those_below
        )
    show_chart(coverage_chart(found, line), key="report-threshold-chart")


def _in_words(line: Line, found: Coverage) -> str:
    said = [
        f"{line.kept:,} of {counted(found.scored, 'row')} "
        f"{'scores' if line.kept == 1 else 'score'} {line.threshold:g} or more."
    ]
    if line.known:
        low, high = line.accuracy_interval
        said.append(
            f"{line.right:,} of the {line.known:,} with a truth among them are right: "
            f"{line.right / line.known:.1%}, 95% interval {low:.1%} to {high:.1%}."
        )
    elif found.known:
        said.append("None of them has a truth, so nothing is said about how right they are.")
    if found.unscored:
        said.append(
            UNSCORED.format(found.unscored, "row has" if found.unscored == 1 else "rows have")
        )
    if found.low is not None and found.high is not None and (found.low < 0 or found.high > 1):
        said.append(NOT_SCORES.format(found.low, found.high))
    return " ".join(said)


def _draw_hand_out(view: View, *, scored: bool) -> None:
    """Rows for people to check: as a table, and as tasks for Label Studio."""
    if not least_sure(view, 1):
        return
    st.subheader("The least sure rows" if scored else "The first rows")
    rows = int(
        st.number_input(
            "How many", 1, MOST_ROWS, USUAL_ROWS, key="report-threshold-rows",
            help="The lowest scores first." if scored else "In the dataset's order.",
        )
    )  # fmt: skip
    pictures = ""
    if view.manifest.task.startswith("image"):
        pictures = st.text_input(
            "Where Label Studio finds the pictures", key="report-threshold-pictures",
            placeholder="/data/local-files/?d=photos/",
            help="Goes before the names of the files; empty leaves them as the dataset has them.",
        )  # fmt: skip
    run = view.run
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV", lambda: rows_csv(run, rows), f"{run.id}-to-check.csv", "text/csv",
            icon=":material/download:", on_click="ignore", key="report-threshold-csv",
        )  # fmt: skip
        st.download_button(
            "Download as Label Studio tasks", lambda: rows_as_tasks(run, rows, pictures.strip()),
            f"{run.id}-tasks.json", "application/json",
            icon=":material/download:", on_click="ignore", key="report-threshold-tasks",
        )  # fmt: skip
        st.download_button(
            "Labeling config", lambda: config_of(run), f"{run.id}-config.xml", "application/xml",
            icon=":material/download:", on_click="ignore", key="report-threshold-config",
            help="Paste it into the settings of the Label Studio project, then import the tasks.",
        )  # fmt: skip


# A download is made when it is asked for, and the page's own view is closed by then.


def rows_csv(run: Run, rows: int) -> bytes:
    """The least sure rows, with the columns of all downloads."""
    with view_of(run) as view:
        places = least_sure(view, rows)
    text = io.StringIO(newline="")
    write_rows_csv(run, places, text)
    return text.getvalue().encode("utf-8")


def rows_as_tasks(run: Run, rows: int, pictures: str = "") -> bytes:
    """The same as tasks for Label Studio."""
    with view_of(run) as view:
        return tasks_json(view, least_sure(view, rows), pictures=pictures).encode("utf-8")


def config_of(run: Run) -> bytes:
    """The labeling interface for these tasks."""
    with view_of(run) as view:
        return labeling_config(view).encode("utf-8")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
