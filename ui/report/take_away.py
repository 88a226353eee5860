"""A run's results to take away: as files, and as a dataset of the Hub."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from golems.reports.downloads import FORMATS
from golems.reports.hub_push import SHARD_ROWS, Pushed, address_of, push, token_of_environment
from golems.reports.overview import counts
from golems.reports.view import View
from golems.runs import Run
from golems.runs.state import ENDED
from golems.words import counted
from ui.downloads import draw_downloads, draw_failed_download
from ui.errors import errors_in_words
from ui.report.passport import draw_passport
from ui.text import plain

HOW_TO_ALLOW = (
    "To upload, start the app with HF_TOKEN set to a token of your account that may write; the "
    "Hub's settings have them. No token is ever kept here."
)


def draw(view: View) -> None:
    """Draw the files, and the way to the Hub."""
    run = view.run
    found, columns = counts(view), len(view.columns)
    st.markdown("### Files")
    st.caption(
        f"{counted(found.rows, 'row')} with {counted(columns, 'original column')} first, then the "
        "results. " + "; ".join(f"{kind.title} is {kind.about}" for kind in FORMATS.values()) + "."
    )
    draw_downloads(run)
    if found.failed:
        st.caption(f"{counted(found.failed, 'row')} without a prediction, with the reasons:")
        draw_failed_download(run)
    st.markdown("### Passport and code")
    draw_passport(view)
    st.markdown("### Hugging Face Hub")
    if run.state() not in ENDED:
        st.caption("Results can be uploaded once the run has ended.")
        return
    draw_hub(run, found.rows, [*view.columns])


def draw_hub(run: Run, rows: int, columns: list[str]) -> None:
    """Ask where to, say what will be sent, and send it when told to."""
    st.caption("Upload the results as a dataset with a card that says what was run on what.")
    repo_id = st.text_input(
        "Name of the dataset", placeholder="owner/name", key="report-take-away-name", width=420
    ).strip()
    private = st.checkbox(
        "Private: only you, or members of your organization, can see it", value=True,
        key="report-take-away-private",
    )  # fmt: skip
    token = token_of_environment()
    if token is None:
        st.info(HOW_TO_ALLOW, icon=":material/key:")
    elif repo_id:
        st.caption(what_is_sent(rows, columns, repo_id))
        if not private:
            st.warning(
                plain("Everybody will be able to read these rows, the original columns too."),
                icon=":material/public:",
            )
    asked = st.button(
        "Upload to the Hub", icon=":material/cloud_upload:", key="report-take-away-upload",
        disabled=token is None or not repo_id,
    )  # fmt: skip
    kept = f"report-take-away-pushed-{run.id}"
    if asked:
        st.session_state.pop(kept, None)
        bar = st.progress(0.0, text="Uploading; stay on this page …")
        with errors_in_words():
            try:
                pushed = push(run, repo_id, private=private, progress=partial(draw_share, bar))
            finally:
                bar.empty()
            st.session_state[kept] = pushed
    done: Pushed | None = st.session_state.get(kept)
    if done is not None:
        draw_done(done)


def what_is_sent(rows: int, columns: list[str], repo_id: str) -> str:
    """What leaves this machine, and where it goes."""
    files = max(1, -(-rows // SHARD_ROWS))
    named = ", ".join(columns)
    return plain(
        f"This sends {counted(rows, 'row')} with their original columns ({named}) and results as "
        f"{files:,} Parquet {'file' if files == 1 else 'files'}, a README.md and the run's "
        f"manifest.json to {address_of(repo_id)}. The manifest there names neither you nor "
        "folders of this machine."
    )


def draw_share(bar: DeltaGenerator, share: float) -> None:
    bar.progress(share, text=f"Uploading; stay on this page … {share:.0%}")


def draw_done(pushed: Pushed) -> None:
    """Where the results are now."""
    seen = "private" if pushed.private else "public"
    st.success(plain(f"Uploaded, {seen}: {pushed.address}"), icon=":material/cloud_done:")
    st.link_button("Open it on the Hub", pushed.address, icon=":material/open_in_new:")
