"""A run's results as files, made when they are asked for."""

from __future__ import annotations

import io

import streamlit as st

from golems.reports import write_csv, write_parquet
from golems.runs import Run


def draw_downloads(run: Run) -> None:
    """All rows, as CSV and as Parquet."""
    with st.container(horizontal=True):
        st.download_button(
            "Download CSV", lambda: csv_bytes(run), f"{run.id}.csv", "text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Download Parquet", lambda: parquet_bytes(run), f"{run.id}.parquet",
            "application/vnd.apache.parquet", icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def csv_bytes(run: Run, *, failed: bool = False) -> bytes:
    text = io.StringIO(newline="")
    write_csv(run, text, failed=failed)
    return text.getvalue().encode("utf-8")


def parquet_bytes(run: Run) -> bytes:
    buffer = io.BytesIO()
    write_parquet(run, buffer)
    return buffer.getvalue()
