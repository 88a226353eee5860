"""What can be taken away from a report: its passport, and the code behind it."""

from __future__ import annotations

import io
import shlex

import streamlit as st

from golems.reports.passport import write_passport
from golems.reports.script import script, script_arguments
from golems.reports.view import View
from golems.runs import Run
from ui.errors import errors_in_words


def draw_passport(view: View) -> None:
    """Draw the button that gives the passport, and the run as a script."""
    st.download_button(
        "Download the passport", lambda: passport_bytes(view.run), f"{view.run.id}.html",
        "text/html", icon=":material/badge:", on_click="ignore", key="report-passport-download",
    )  # fmt: skip
    st.caption(
        "One HTML file of about 2 MB that opens without a network: what was run on what, the "
        "charts, some rows with their texts, and how to do it again."
    )
    with st.expander("Show me the code", icon=":material/code:"), errors_in_words():
        code = script(view.manifest)
        st.caption("A script that predicts the same with transformers and pandas. On this machine:")
        name, where = f"{view.run.id}.py", script_arguments(view.manifest)
        st.code(shlex.join(["python", name, *where]), language="bash", wrap_lines=True)
        # Lines that don't fit are wrapped: keys can't scroll the box sideways.
        st.code(code, language="python", wrap_lines=True)
        st.download_button(
            "Download the script", code, name, "text/x-python",
            icon=":material/download:", on_click="ignore", key="report-passport-code",
        )  # fmt: skip


def passport_bytes(run: Run) -> bytes:
    file = io.BytesIO()
    write_passport(run, file)
    return file.getvalue()
