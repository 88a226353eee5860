"""The quarantine desk: the failed rows of a run, to be mended, skipped and tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from golems.runs import Manifest, Run
from golems.runs.own_input import kept_for_a_run
from golems.runs.retrying import Attempt, last_attempt, start_retry, stop_retry
from golems.tasks import task_class
from ui.desk import (
    LONG_CHARS,
    REASON,
    ROW,
    SKIP,
    TEXT,
    Desk,
    catch_up,
    desk_of,
    open_page,
    table_key,
    take_edits,
)
from ui.downloads import draw_failed_download
from ui.errors import draw_error, errors_in_words
from ui.text import plain, when

POLL_S = 1.0
PAGE_ROWS = 100


def draw_failed_rows(run: Run, failed: int) -> None:
    """Draw the desk, or how far it is with those that are being tried again."""
    attempt = last_attempt(run)
    if not failed and attempt is None:
        return
    st.markdown("### Failed rows")
    watch(run, attempt)
    if attempt is not None and not attempt.is_over:
        return
    catch_up(desk_of(run), run, attempt)
    if attempt is not None:
        draw_outcome(attempt)
    if failed:
        draw_desk(run, failed)


@st.fragment(run_every=POLL_S)
def watch(run: Run, drawn: Attempt | None) -> None:
    """See whether rows are being tried again, here or in another tab; then how far that is.

    Args:
        drawn: The last attempt as the page around this was drawn.
    """
    with errors_in_words():
        now = last_attempt(run)
        if (now and (now.at, now.is_over)) != (drawn and (drawn.at, drawn.is_over)):
            st.rerun()
        if now is not None and not now.is_over:
            draw_working(run, now)


def draw_working(run: Run, attempt: Attempt) -> None:
    """How far the rows are that are being tried again."""
    with st.container(border=True):
        st.markdown(f":material/sync: **Trying the failed rows again** · {plain(attempt.stage)} …")
        st.caption(
            "You can close this page; it goes on. The results stay as they are until its end."
        )
        if st.button("Stop", icon=":material/stop:", key="desk-stop"):
            stop_retry(run)


def draw_outcome(attempt: Attempt) -> None:
    """What came of the rows that were tried again the last time."""
    if attempt.error is not None:
        draw_error(attempt.outcome())
        return
    said = f"{plain(attempt.outcome())} · {plain(when(datetime.fromtimestamp(attempt.at, UTC)))}"
    if attempt.failed:
        st.warning(said, icon=":material/healing:")
    else:
        st.success(said, icon=":material/healing:")


@st.fragment
def draw_desk(run: Run, failed: int) -> None:
    """The failed rows, a page at a time, and what can be done with them."""
    with errors_in_words():
        manifest = run.manifest()
        is_text = task_class(manifest.task).content == "text"
        desk = desk_of(run)
        st.caption(explanation(manifest, is_text=is_text))
        draw_page(run, manifest, desk, failed, is_text=is_text)
        left = failed - len(desk.skip)
        facts = [f"{left:,} of {failed:,} will be tried"]
        if desk.edits:
            facts.insert(0, f"{len(desk.edits):,} edited")
        if desk.skip:
            facts.insert(-1, f"{len(desk.skip):,} skipped")
        st.caption(" · ".join(facts))
        with st.container(horizontal=True):
            again = st.button(
                "Try again", icon=":material/refresh:", type="primary", key="desk-again",
                disabled=not left,
            )  # fmt: skip
            draw_failed_download(run)
        if again:
            skip = frozenset(desk.skip)
            start_retry(run, {p: text for p, text in desk.edits.items() if p not in skip}, skip)
            desk.asked = True
            st.rerun()


def explanation(manifest: Manifest, *, is_text: bool) -> str:
    """What can be done here, in words."""
    if is_text:
        return (
            "Click into a text to mend it, tick Skip to leave a row as it is, then try again. The "
            "new results take their places in this run."
        )
    path = manifest.dataset.path
    if manifest.dataset.kind == "hub" or kept_for_a_run(Path(path)) is not None:
        where = "are of a dataset of the Hub" if manifest.dataset.kind == "hub" else "were uploaded"
        return (
            f"These pictures {where}, so they can't be mended here: mend your own copies, and "
            "start a new run with them. Try again where the reason was another, such as a "
            "full memory; tick Skip to leave one as it is."
        )
    return (
        "Mend the pictures where they lie, tick Skip to leave one as it is, then try again. The "
        "new results take their places in this run."
    )


def draw_page(run: Run, manifest: Manifest, desk: Desk, failed: int, *, is_text: bool) -> None:
    """One page of the failed rows as a table to edit."""
    pages = -(-failed // PAGE_ROWS)
    page = 1
    if pages > 1:
        page = int(
            st.number_input(f"Page of {pages:,}", 1, pages, 1, key=f"desk-page-{run.id}", width=160)
        )
    table = open_page(desk, run, manifest, page, PAGE_ROWS)
    st.data_editor(
        table,
        hide_index=True,
        num_rows="fixed",
        disabled=[ROW, REASON] if is_text else [ROW, TEXT, REASON],
        column_order=[ROW, SKIP, TEXT, REASON],
        column_config={
            ROW: st.column_config.NumberColumn(width="small", format="localized"),
            SKIP: st.column_config.CheckboxColumn(width="small"),
            TEXT: st.column_config.TextColumn(TEXT if is_text else "File", width="medium"),
            REASON: st.column_config.TextColumn("Why it failed", width="large"),
        },
        key=table_key(desk, run),
        on_change=take_edits,
        args=(run,),
    )
    take_edits(run)
    if is_text and table["was"].str.len().gt(LONG_CHARS).any():
        st.caption(
            f"Of a text with more than {LONG_CHARS:,} characters start and end are shown; what you "
            "write there takes the place of all of it."
        )
