"""The sections of a report; only the one that is open is worked out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from golems.reports.truncation import way_of
from golems.reports.view import View, view_of
from golems.runs import Manifest, Run
from golems.runs.state import ENDED
from golems.words import counted_of
from ui.ahead import import_soon, work_out_soon
from ui.errors import errors_in_words
from ui.report import (
    duel,
    overview,
    pictures,
    rows,
    slices,
    take_away,
    threshold,
    truncation,
    truth,
    writing,
)
from ui.report.address import PAGE
from ui.report.going import NEXT, ROW, ROWS, SECTION, follow_address
from ui.run_view import STATES, draw_title
from ui.text import plain
from ui.widgets_ahead import draw_widgets_soon

POLL_S = 3.0
Draw = Callable[[View], None]
SECTIONS: dict[str, Draw] = {
    "Overview": overview.draw,
    ROWS: rows.draw,
    "Texts": writing.draw,
    "Top labels": pictures.draw,
    "Against the truth": truth.draw,
    "Slices": slices.draw,
    "Threshold": threshold.draw,
    "Cut off": truncation.draw,
    "Compare": duel.draw,
    "Take away": take_away.draw,
}


def sections_of(manifest: Manifest) -> list[str]:
    """The sections that say something of a run."""
    labelled = "predicted_label" in manifest.result_columns
    says = {
        "Texts": manifest.task == "text-generation",
        "Top labels": manifest.task == "image-classification",
        "Against the truth": labelled,
        "Threshold": labelled,
        "Cut off": way_of(manifest) is not None,
        "Compare": labelled,
    }
    return [name for name in SECTIONS if says.get(name, True)]


def draw_report(run: Run) -> None:
    """Draw a run's report."""
    manifest = run.manifest()
    draw_title(run, manifest)
    names = sections_of(manifest)
    follow_address(run)
    if (asked := st.query_params.get(SECTION)) is not None and asked not in names:
        st.warning(
            plain(f"This report has no section '{asked[:80]}'; it has: {', '.join(names)}."),
            icon=":material/link_off:",
        )
    if (wanted := st.session_state.pop(NEXT, None)) is not None:
        st.session_state[SECTION] = wanted
    # Pills wrap on a phone without broken borders.
    section = st.pills(
        "Section", names, default=names[0], required=True, key=SECTION, bind="query-params",
        label_visibility="collapsed", on_change=forget_row,
    )  # fmt: skip
    draw = SECTIONS[str(section)]
    import_soon()
    live = run.state() not in ENDED
    if live and section == names[0]:
        st.fragment(draw_live, run_every=POLL_S)(run, draw)
        return
    if live:
        st.caption("The run goes on; this is what it gave so far.")
        st.button("Look again", icon=":material/refresh:", key="report-again")
    with view_of(run) as view:
        draw(view)
        if not live:
            work_out_soon(view)
    if section == names[0]:
        draw_widgets_soon()


def draw_live(run: Run, draw: Draw) -> None:
    """What a run gave so far, drawn again and again while it works."""
    if run.state() in ENDED or NEXT in st.session_state:
        st.rerun()
    with errors_in_words():
        progress = run.progress()
        rows = counted_of(progress.done, progress.rows, "row")
        st.caption(f"{STATES[run.state()]}: {rows} so far.")
        with view_of(run) as view:
            draw(view)


def forget_row() -> None:
    """Another section was opened: the row is closed."""
    for name in (ROW, PAGE):
        if name in st.query_params:
            del st.query_params[name]
