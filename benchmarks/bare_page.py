"""A page of Streamlit alone, with figures and charts like a report's and nothing behind them: what
the first paint of any such page takes on this machine. Served by ``benchmarks.reports``.
"""

import plotly.graph_objects as go
import streamlit as st

with st.container(horizontal=True):
    for name in ("Rows", "Predicted", "Failed"):
        st.metric(name, "1,000,000", width="content")
for number, place in enumerate(st.columns(2) * 2):
    with place:
        st.plotly_chart(go.Figure(go.Bar(x=["a", "b"], y=[1, 2])), key=f"chart-{number}")
