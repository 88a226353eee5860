"""A run on the screen: while it works, and what it gave."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from golems.errors import RunFailed
from golems.reports import (
    UNSURE,
    Summary,
    count_below,
    parity_sentence,
    score_histogram,
    summarize,
)  # fmt: skip
from golems.reports.charts import colours
from golems.runs import Manifest, Run, start_worker, start_workers
from golems.runs.name import name_of
from golems.runs.queue import runs_before
from golems.runs.retrying import is_retrying
from golems.runs.state import ENDED, RESUMABLE
from golems.words import counted
from ui.downloads import draw_downloads
from ui.errors import draw_error, errors_in_words
from ui.figures import MOST_BARS, bars, draw_chart, histogram
from ui.quarantine import draw_failed_rows
from ui.results_table import draw_rows
from ui.text import KNOWN, duration, plain, rate, short_commit, when

POLL_S = 1.0
# A small run is over before a second is; for a long one it would be the worker's time.
FIRST_POLL_S = 0.2
FIRST_S = 20.0
MOST_NAMED = 3
STATES = {
    "queued": "Waiting to start",
    "running": "Running",
    "stopping": "Stopping",
    "stopped": "Stopped",
    "interrupted": "Interrupted",
    "failed": "Failed",
    "done": "Done",
}


def draw_run(run: Run) -> None:
    """Draw a run; while it works, look again and again."""
    manifest = run.manifest()
    draw_title(run, manifest)
    if run.state() not in ENDED:
        young = age_s(manifest) < FIRST_S
        st.fragment(draw_working, run_every=FIRST_POLL_S if young else POLL_S)(run, young=young)
        return
    try:
        summary = summarize(run)
    except RunFailed as error:
        draw_error(str(error))
        if run.is_resumable():
            draw_resume(run)
        return
    if manifest.dataset.notes:
        st.caption(plain(" ".join(manifest.dataset.notes)))
    draw_end(run, summary.rows)
    if summary.rows:
        draw_results(run, summary)


def draw_title(run: Run, manifest: Manifest) -> None:
    """The run's name, what it is, and when it was started."""
    what, name = f"{manifest.title} on {manifest.dataset.name}", name_of(run)
    st.header(plain(name or what))
    began = f"Started {when(datetime.fromisoformat(manifest.created_at))}"
    st.caption(plain(f"{what} · {began}" if name else began))


def draw_working(run: Run, *, young: bool) -> None:
    """Progress, rate, time left and Stop."""
    if young and age_s(run.manifest()) >= FIRST_S:
        st.rerun()  # to look less often
    with errors_in_words():
        draw_progress(run)


def age_s(manifest: Manifest) -> float:
    """Seconds since a run was made."""
    return (datetime.now(UTC) - datetime.fromisoformat(manifest.created_at)).total_seconds()


def draw_progress(run: Run) -> None:
    state, progress = run.state(), run.progress()
    if state in ENDED:
        st.rerun()
    if state == "queued":
        start_workers()  # whoever was to do it may be gone
    of = f"{progress.done:,} of " if progress.rows is not None else ""
    rows = counted(progress.done if progress.rows is None else progress.rows, "row")
    stage = STATES[state] if state != "running" else progress.stage
    st.progress(progress.share, text=f"{stage}: {of}{rows}")
    facts = []
    if state == "queued" and (before := runs_before(run)):
        facts.append(f"{before:,} {'runs wait' if before > 1 else 'run waits'} in front of it")
    if progress.said:
        facts.append(progress.said)
    if progress.is_predicting and progress.rows_per_s:
        facts.append(f"{rate(progress.rows_per_s)} rows a second")
    if progress.is_predicting and progress.left_s is not None:
        facts.append(f"about {duration(progress.left_s)} left")
    if progress.known:
        facts.append(f"{progress.known:,} known already")
    if progress.failed:
        facts.append(f"{progress.failed:,} failed so far")
    wakes = not progress.is_predicting
    waits = "The golem wakes; this takes some seconds." if wakes else "The first rows are read."
    st.caption(" · ".join(facts) or waits)
    st.caption("You can close this page. Its address finds the run again.")
    if st.button("Stop", icon=":material/stop:", disabled=state == "stopping", key="run-stop"):
        run.ask_to_stop()
        st.rerun(scope="fragment")


def draw_end(run: Run, rows: int) -> None:
    """How a run ended, where it wasn't the good way."""
    state, end = run.state(), run.end()
    reason = end.reason if end else None
    are = "is" if rows == 1 else "are"
    written = f"The {counted(rows, 'row')} written until then {are} below."
    left = written if rows else "No row was written."
    if state == "failed":
        draw_error(reason or "The run failed; its log.txt says why.")
    elif state == "stopped":
        st.warning(plain(reason or f"Stopped. {left}"))
    elif state == "interrupted":
        st.warning(plain(f"{reason or 'The worker ended without a word.'} {left}"))
    if state in RESUMABLE:
        draw_resume(run)


def draw_resume(run: Run) -> None:
    """The button that goes on."""
    if st.button("Resume", icon=":material/resume:", key="run-resume", disabled=is_retrying(run)):
        run.resume()
        start_worker(run)
        st.rerun()


def draw_results(run: Run, summary: Summary) -> None:
    """Figures, charts, tables and downloads of a run that has ended."""
    ok = summary.rows - summary.failed
    with st.container(horizontal=True):
        st.metric("Rows", f"{summary.rows:,}", width="content")
        st.metric("Predicted", f"{ok:,}", width="content")
        st.metric("Failed", f"{summary.failed:,}", width="content")
        if known := summary.known + summary.repeated:
            st.metric("Known already", f"{known:,}", width="content", help=KNOWN)
        if summary.cut_off is not None:
            st.metric("Cut off", f"{summary.cut_off:,}", width="content")
        if summary.hardly_read:
            st.metric("Hardly read", f"{summary.hardly_read:,}", width="content")
        st.metric("Time", duration(summary.seconds), width="content")
    if st.button("Open the report", icon=":material/bar_chart:", key="run-report"):
        st.switch_page("pages/report.py", query_params={"run": run.id})
    if summary.labels:
        draw_labels(summary)
        draw_scores(run)
    st.markdown("### Rows")
    draw_rows(run, summary.rows)
    draw_failed_rows(run, summary.failed)
    draw_downloads(run)
    speed = f"{rate(per_s)} rows a second" if (per_s := summary.rows_per_second) else ""
    commit = f"{summary.checkpoint} at {short_commit(summary.commit or '')}"
    facts = [plain(commit), f"{summary.precision} on {summary.device}", speed, summary.run]
    if asker := summary.asked_by:
        facts.append(plain(f"asked for {asker if asker.startswith('on ') else f'by {asker}'}"))
    facts.append(parity_sentence(summary.parity, summary.task))
    st.caption(" · ".join(filter(None, facts)))


def draw_labels(summary: Summary) -> None:
    """How often each label was predicted."""
    first = summary.labels[:MOST_BARS]
    of = colours(entry.label for entry in summary.labels)  # as in the report
    st.markdown("### Labels")
    more = len(summary.labels) - len(first)
    tail = f" The {more:,} rarer labels are in the table." if more else ""
    draw_chart(
        bars(
            [entry.label for entry in first],
            [entry.count for entry in first],
            texts=[f"{entry.count:,} ({entry.share:.1%})" for entry in first],
            axis="Rows",
            fills=[of[entry.label] for entry in first],
        ),
        f"{label_sentence(summary)}{tail}",
        [(entry.label, entry.count, entry.share) for entry in summary.labels],
        ["Label", "Rows", "Share"],
        key="run-labels",
    )


def label_sentence(summary: Summary) -> str:
    """Which label is the most frequent, or which ones are."""
    top, most = summary.labels[0], summary.labels[0].count
    if len(summary.labels) == 1:
        if most == 1:
            return f"The only predicted row is {top.label}."
        return f"All {most:,} predicted rows are {top.label}."
    first = [entry.label for entry in summary.labels if entry.count == most]
    if len(first) == 1:
        return (
            f"{top.label} is the most frequent of {counted(len(summary.labels), 'label')}: "
            f"{counted(most, 'row')}, {top.share:.1%} of those predicted."
        )
    if len(first) <= MOST_NAMED:
        names = f"{', '.join(first[:-1])} and {first[-1]}"
    else:
        names = counted(len(first), "label")
    each = f"{counted(most, 'row')} each"
    if len(first) == len(summary.labels):
        return f"{names} are equally frequent: {each}."
    return f"{names} are the most frequent of {counted(len(summary.labels), 'label')}: {each}."


def draw_scores(run: Run) -> None:
    """How the scores of the predicted labels are spread."""
    bins = score_histogram(run)
    total = sum(count for *_, count in bins)
    below = count_below(run)
    of, verb = counted(total, "row"), "scores" if total == 1 else "score"
    sentence = f"{below:,} of {of} {verb} below {UNSURE}"
    st.markdown("### Scores")
    draw_chart(
        histogram(bins, axis="Score of the predicted label"),
        f"{sentence}: the golem was least sure of those." if below else f"{sentence}.",
        bins,
        ["From", "To", "Rows"],
        key="run-scores",
    )
