"""A run's results as files, made when they are asked for."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from golems.reports.downloads import FORMATS, download
from golems.reports.excel import MOST_ROWS
from golems.runs import Run
from golems.words import counted
from ui.routes import PATH, are_served

BOM = "download-bom"
# A link that looks as Streamlit's buttons do, in light and in dark.
STYLE = """<style>
a.take-away {
    display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.5rem;
    padding: 0.25rem 0.75rem; border-radius: 0.6rem; color: inherit !important;
    text-decoration: none !important; white-space: nowrap; font-size: 0.875rem;
    border: 1px solid color-mix(in srgb, currentColor 20%, transparent);
}
a.take-away:hover { background: color-mix(in srgb, currentColor 6%, transparent); }
a.take-away:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
a.take-away span { font-family: "Material Symbols Rounded"; font-size: 1.25rem; line-height: 1; }
</style>"""


def draw_downloads(run: Run) -> None:
    """All rows, in each format that holds them."""
    rows = run.progress().done  # without a look into each part
    with st.container(horizontal=True, vertical_alignment="center"):
        for suffix, kind in FORMATS.items():
            if suffix != "xlsx" or rows <= MOST_ROWS:
                draw_download(run, suffix, f"Download {kind.title}")
        st.checkbox(
            "CSV for Excel", key=BOM,
            help="Begins each CSV with a byte order mark, by which Excel knows that it is UTF-8.",
        )  # fmt: skip
    if rows > MOST_ROWS:
        st.caption(f"A sheet of Excel holds {counted(MOST_ROWS, 'row')}; the run has {rows:,}.")


def draw_failed_download(run: Run, label: str = "Download errors.csv") -> None:
    """The failed rows alone, as CSV."""
    draw_download(run, "csv", label, failed=True)


def draw_download(run: Run, suffix: str, label: str, *, failed: bool = False) -> None:
    """One file: a link, where the server sends it as it is made.

    Else it is made in memory when the button is clicked.
    """
    bom = suffix == "csv" and bool(st.session_state.get(BOM))
    if are_served():
        # From the address of the page, which may have anything in front where a proxy says so.
        asked = urlencode({name: 1 for name, is_so in (("failed", failed), ("bom", bom)) if is_so})
        address = f"{PATH}/{run.id}.{suffix}{asked and f'?{asked}'}"
        st.html(
            f'{STYLE}<a class="take-away" download href="{escape(address)}">'
            f'<span aria-hidden="true">download</span>{escape(label)}</a>',
            width="content",
        )
        return
    st.download_button(
        label, lambda: whole(run, suffix, failed=failed, bom=bom),
        f"{run.id}{'-errors' if failed else ''}.{suffix}", FORMATS[suffix].media_type,
        icon=":material/download:", on_click="ignore",
        key=f"download-{suffix}{'-errors' if failed else ''}",
    )  # fmt: skip


def whole(run: Run, suffix: str, *, failed: bool = False, bom: bool = False) -> bytes:
    """A file in memory."""
    return b"".join(download(run, suffix, failed=failed, bom=bom)[1])
