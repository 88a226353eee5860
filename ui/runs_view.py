"""All runs on the screen, and what can be done with one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from golems.runs import Run, start_worker
from golems.runs.facts import RunFacts, all_facts
from golems.runs.find import remove_run
from golems.runs.name import MOST_CHARS, rename
from golems.runs.retrying import start_retry, stop_retry
from golems.runs.state import ENDED, RESUMABLE
from golems.words import counted
from ui.ahead import import_soon
from ui.errors import draw_error, errors_in_words
from ui.runs_asked import Asked, pick_runs, state_of
from ui.text import duration, local, plain

POLL_S = 2.0
LIVE = ("queued", "running", "stopping")
CHOSEN = "runs-chosen"  # id of the run
SAVED = "runs-saved"  # how many names this session has saved
COLUMNS = {
    "Settings": st.column_config.TextColumn(width=160, help="What was asked for beyond the usual"),
    "State": st.column_config.TextColumn(width=120),  # so that it stays legible when it changes
    "Started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
    "Rows": st.column_config.NumberColumn(format="localized"),
    "In all": st.column_config.NumberColumn(format="localized"),
    "Failed": st.column_config.NumberColumn(format="localized"),
    "Right": st.column_config.NumberColumn(
        format="percent", help="Accuracy by the truth that was chosen in the run's report"
    ),
    "Known": st.column_config.NumberColumn(
        format="localized", help="Rows whose results were there already"
    ),
    "Rows a second": st.column_config.NumberColumn(format="localized"),
}


def draw_runs() -> None:
    """The table of all runs, and the actions for the one that is chosen."""
    facts = all_facts()
    if not facts:
        st.info("There are no runs yet. Start one on the Batch page.", icon=":material/table_rows:")
        return
    asked = pick_runs(facts)
    # A table in which nothing changes by itself is drawn once.
    every = POLL_S if any(one.is_live for one in facts) else None
    st.fragment(draw_table, run_every=every)(asked, polled=every is not None)
    import_soon()  # a report is opened next


def draw_table(asked: Asked, *, polled: bool) -> None:
    """The runs as they are now, and what can be done with the one whose row is chosen."""
    import pandas as pd

    found = all_facts()
    if not found or any(one.is_live for one in found) != polled:
        st.rerun()
    facts = asked.of(found)
    if len(facts) < len(found):
        st.markdown(f"**{len(facts):,}** of {counted(len(found), 'run')}")
    if not facts:
        st.info("No run is like that. Search for less.", icon=":material/search_off:")
        return
    ids = [one.run.id for one in facts]
    chosen = st.session_state.get(CHOSEN)
    first = ids.index(chosen) if chosen in ids else 0
    # A row is chosen by its number: with other runs in the table it would be another run.
    event = st.dataframe(
        pd.DataFrame([as_row(one) for one in facts]),
        hide_index=True,
        placeholder="",
        column_config=COLUMNS | {"Name": st.column_config.TextColumn(width=name_width(facts))},
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [first]}},
        key=f"runs-table-{hash(tuple(ids))}",
    )
    rows = event["selection"]["rows"]
    one = facts[rows[0] if rows else first]
    st.session_state[CHOSEN] = one.run.id
    with errors_in_words():
        draw_actions(one)


def name_width(facts: Sequence[RunFacts]) -> int:
    """The width in pixels of the column of names: little where there are none."""
    return 120 if any(one.name for one in facts) else 60


def as_row(facts: RunFacts) -> dict[str, object]:
    """What the table says of a run; of a damaged one only that."""
    if facts.damage is not None or facts.state is None:
        return {"Name": "", "State": state_of(facts), "Run": facts.run.id}
    progress = facts.progress
    return {
        "Name": facts.name,
        "State": state_of(facts),
        "Golem": facts.title,
        "Dataset": facts.dataset,
        "Settings": facts.settings,
        "Rows": progress.done,
        "Failed": progress.failed,
        "Right": facts.accuracy,
        "Started": local(datetime.fromisoformat(facts.created_at)).replace(tzinfo=None),
        "In all": progress.rows,
        "Checkpoint": facts.checkpoint,
        "Known": progress.known,
        "Rows a second": rounded(progress.rows_per_s or 0.0),
        "Time": duration(progress.elapsed_s),
        "Run": facts.run.id,
    }


def draw_actions(facts: RunFacts) -> None:
    """What can be done with a run, by where it stands."""
    run, state = facts.run, facts.state
    what = f"{facts.title} on {facts.dataset}" if facts.title else run.id
    st.markdown(f"## {plain(facts.name or what)}")
    if facts.damage is not None:
        draw_error(f"{facts.damage} It can't be opened, only deleted.")
    with st.container(horizontal=True):
        if facts.damage is None:
            draw_ways_on(facts)
            draw_changes(facts)
        if facts.damage is not None or state not in ("running", "stopping"):
            draw_delete(run, disabled=facts.is_retrying)


def draw_ways_on(facts: RunFacts) -> None:
    """Open it, or make another one like it."""
    if st.button("Open the run", icon=":material/open_in_new:", type="primary", key="runs-open"):
        st.switch_page("pages/batch.py", query_params={"run": facts.run.id})
    if st.button("Report", icon=":material/bar_chart:", key="runs-report"):
        st.switch_page("pages/report.py", query_params={"run": facts.run.id})
    if st.button("New run like this", icon=":material/content_copy:", key="runs-like"):
        st.switch_page("pages/batch.py", query_params={"like": facts.run.id})


def draw_changes(facts: RunFacts) -> None:
    """Stop, resume, try again, rename."""
    run, state = facts.run, facts.state
    if state in LIVE and st.button("Stop", icon=":material/stop:", key="runs-stop"):
        run.ask_to_stop()
        st.rerun()
    if facts.is_retrying and st.button("Stop", icon=":material/stop:", key="runs-stop-retry"):
        stop_retry(run)
        st.rerun()
    if state in ENDED and not facts.is_retrying:
        if state in RESUMABLE and st.button("Resume", icon=":material/resume:", key="runs-resume"):
            run.resume()
            start_worker(run)
            st.rerun()
        if facts.progress.failed and st.button(
            "Try failed rows again", icon=":material/refresh:", key="runs-again",
            help="As they are; open the run to mend them.",
        ):  # fmt: skip
            start_retry(run)
            st.rerun()
    # Under another key it is another one, which is closed: so it closes once the name is saved.
    saved = st.session_state.get(SAVED, 0)
    with st.popover("Rename", icon=":material/edit:", key=f"runs-rename-{run.id}-{saved}"):
        name = st.text_input(
            "Name", facts.name, max_chars=MOST_CHARS, key=f"runs-name-{run.id}",
            placeholder="What you call this run",
        )  # fmt: skip
        if st.button("Save the name", key="runs-rename"):
            rename(run, name)
            st.session_state[SAVED] = saved + 1
            st.rerun()


def draw_delete(run: Run, *, disabled: bool) -> None:
    """Delete it, once that was said twice."""
    with st.popover("Delete", icon=":material/delete:", disabled=disabled):
        st.markdown("The run and its results will be gone for good.")
        if st.button("Delete it", type="primary", key="runs-delete"):
            remove_run(run)
            st.rerun()


def rounded(rows_per_s: float) -> float:
    """A rate with as many digits as mean something."""
    return round(rows_per_s, 1 if rows_per_s < 100 else 0)
